// SPDX-License-Identifier: Apache-2.0
//
// Whose image is it?  Each case says what was seen and what the answer must be.
#include <gtest/gtest.h>

#include "core/origin/estate_test.h"

namespace hullmark::origin {
namespace {

constexpr std::string_view kShop1 = "registry.example/shop:1.0";

const OriginCase kCases[] = {
    {"built_and_pushed",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}});
     },
     D("aa"), "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"reported_before_any_registry_is_connected",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0", .known_kind = false});
     },
     D("aa"), "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"said_by_an_import_is_only_declared",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"}, model::SourceKind::kImport);
     },
     D("aa"), "aa: declared built by github.com/acme/shop@c1 run 7\n"},

    {"nobody_else_moves_a_reported_push_to_another_run_or_commit",
     [](EstateForTest& e) {
       const Pushed pushed{.digest = D("aa"), .to = "registry.example/shop:1.0"};
       e.Report(pushed);
       e.Contradict(pushed, model::SourceKind::kImport);
     },
     D("aa"), "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"nor_by_saying_so_before_the_report_came",
     [](EstateForTest& e) {
       const Pushed pushed{.digest = D("aa"), .to = "registry.example/shop:1.0"};
       e.Report({.digest = D("bb"), .to = "registry.example/shop:0.9", .run = 6});
       e.Contradict(pushed, model::SourceKind::kScm);
       e.Report(pushed);
     },
     D("aa"), "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"copy_in_a_second_registry_has_the_same_digest",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}});
       e.Store({.digest = D("aa"), .tags = {"mirror.example/shop:1.0"}});
     },
     "mirror.example/shop:1.0", "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"promotion_job_is_shown_after_the_builder",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"),
                       .to = "prod.example/shop:1.0",
                       .how = "republished",
                       .repository = "deploy",
                       .run = 90,
                       .commit = "d1"});
       e.At(5).Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
     },
     D("aa"),
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "aa: reported republished by github.com/acme/deploy@d1 run 90\n"},

    {"known_only_from_a_copy",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"),
                 .to = "prod.example/shop:1.0",
                 .how = "republished",
                 .repository = "deploy"});
     },
     D("aa"), "aa: reported republished by github.com/acme/deploy@c1 run 7\n"},

    {"two_runs_pushed_the_same_digest",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"), .to = "registry.example/shop:1.0", .run = 7});
       e.At(9).Report(
           {.digest = D("aa"), .to = "registry.example/shop:1.1", .run = 8, .commit = "c2"});
     },
     D("aa"),
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "aa: reported built by github.com/acme/shop@c2 run 8\n"},

    {"a_rerun_is_an_origin_of_its_own",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"), .to = "registry.example/shop:1.0", .attempt = 1});
       e.At(2).Report({.digest = D("bb"), .to = "registry.example/shop:1.0", .attempt = 2});
     },
     D("bb"), "bb: reported built by github.com/acme/shop@c1 run 7\n"},

    {"jobs_of_one_run_are_one_origin",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0", .job = "build (1)"});
       e.Report({.digest = D("aa"), .to = "registry.example/shop:latest", .job = "build (2)"});
     },
     D("aa"), "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"pushed_by_two_repositories_none_says_built",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"), .to = "registry.example/shop:1.0", .how = "unknown"});
       e.At(2).Report({.digest = D("aa"),
                       .to = "registry.example/shop:1.0",
                       .how = "unknown",
                       .repository = "evil",
                       .run = 66,
                       .commit = "e1"});
     },
     D("aa"),
     "aa: reported unknown by github.com/acme/shop@c1 run 7\n"
     "aa: reported unknown by github.com/acme/evil@e1 run 66\n"
     "aa: contested: github.com/acme/shop github.com/acme/evil\n"},

    {"one_of_two_says_built",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"),
                       .to = "registry.example/shop:1.0",
                       .how = "unknown",
                       .repository = "tools",
                       .run = 66,
                       .commit = "e1"});
       e.At(2).Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
     },
     D("aa"),
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "aa: reported unknown by github.com/acme/tools@e1 run 66\n"},

    {"the_same_digest_built_twice_is_shared_not_contested",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.At(2).Report(
           {.digest = D("aa"), .to = "registry.example/fork:1.0", .repository = "fork", .run = 9});
     },
     D("aa"),
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "aa: reported built by github.com/acme/fork@c1 run 9\n"},

    {"two_copiers_contest_nothing",
     [](EstateForTest& e) {
       e.At(1).Report(
           {.digest = D("aa"), .to = "a.example/x:1", .how = "republished", .repository = "a"});
       e.At(2).Report(
           {.digest = D("aa"), .to = "b.example/x:1", .how = "republished", .repository = "b"});
     },
     D("aa"),
     "aa: reported republished by github.com/acme/a@c1 run 7\n"
     "aa: reported republished by github.com/acme/b@c1 run 7\n"},

    {"members_of_an_index_that_was_built",
     [](EstateForTest& e) {
       e.Report({.digest = D("11"), .to = "registry.example/shop:1.0", .index = true});
       e.StoreIndex(D("11"), {"registry.example/shop:1.0"}, {D("aa"), D("bb")});
     },
     "registry.example/shop:1.0",
     "aa: reported built by github.com/acme/shop@c1 run 7 via index-member 11\n"
     "bb: reported built by github.com/acme/shop@c1 run 7 via index-member 11\n"},

    {"an_image_in_an_index_of_an_index",
     [](EstateForTest& e) {
       e.Report({.digest = D("11"), .to = "registry.example/shop:1.0", .index = true});
       e.StoreIndex(D("22"), {"registry.example/shop:inner"}, {D("aa")});
       e.StoreIndex(D("11"), {"registry.example/shop:1.0"}, {D("22")});
     },
     "registry.example/shop:1.0",
     "aa: reported built by github.com/acme/shop@c1 run 7 via index-member 22 via index-member "
     "11\n"},

    {"an_image_in_two_indexes",
     [](EstateForTest& e) {
       e.Report({.digest = D("11"), .to = "registry.example/shop:1.0", .index = true});
       e.StoreIndex(D("11"), {"registry.example/shop:1.0"}, {D("bb")});
       e.StoreIndex(D("33"), {"registry.example/all:1.0"}, {D("bb")});
     },
     "registry.example/all:1.0",
     "bb: reported built by github.com/acme/shop@c1 run 7 via index-member 11\n"},

    {"an_assembled_index_says_who_assembled",
     [](EstateForTest& e) {
       e.Report({.digest = D("11"),
                 .to = "registry.example/shop:1.0",
                 .how = "assembled",
                 .index = true});
       e.StoreIndex(D("11"), {"registry.example/shop:1.0"}, {D("aa")});
     },
     D("aa"), "aa: reported assembled by github.com/acme/shop@c1 run 7 via index-member 11\n"},

    {"members_prefer_their_own_push",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("11"),
                       .to = "registry.example/all:1.0",
                       .how = "assembled",
                       .repository = "release",
                       .run = 50,
                       .index = true});
       e.At(2).Report({.digest = D("aa"), .to = "registry.example/shop:amd64"});
       e.StoreIndex(D("11"), {"registry.example/all:1.0"}, {D("aa")});
     },
     D("aa"),
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "aa: reported assembled by github.com/acme/release@c1 run 50 via index-member 11\n"},

    {"anothers_image_in_ones_own_index_is_not_built_by_it",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.At(2).Report({.digest = D("11"),
                       .to = "registry.example/evil:1.0",
                       .how = "built",
                       .repository = "evil",
                       .run = 66,
                       .index = true});
       e.StoreIndex(D("11"), {"registry.example/evil:1.0"}, {D("aa")});
     },
     D("aa"),
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "aa: reported assembled by github.com/acme/evil@c1 run 66 via index-member 11\n"},

    {"no_pipeline_ever_reported",
     [](EstateForTest& e) { e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}}); },
     D("aa"),
     "Image aa: it is in registry.example/shop, and no pipeline has reported to this server yet; "
     "mend: if it is "
     "yours, add a `hullmark-ci report` step to the pipeline job that pushes to "
     "registry.example/shop\n"},
};

class OriginCases : public testing::TestWithParam<OriginCase> {};

TEST_P(OriginCases, AnswersAsItMust) {
  EstateForTest estate;
  GetParam().see(estate);
  EXPECT_EQ(Summary(estate.Trace(GetParam().ref)), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Cases, OriginCases, testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Origins, SayWhyAndWhoCouldHaveLied) {
  EstateForTest estate;
  estate.Report({.digest = D("aa"), .to = std::string(kShop1)});
  const Origin origin = estate.Trace(D("aa")).origins.at(0);
  EXPECT_EQ(origin.why,
            "the pipeline job, by its CI's token, reported that it built and pushed this digest");
  EXPECT_EQ(origin.job, "build");
  EXPECT_EQ(origin.run.actor, "ada");
  EXPECT_EQ(origin.pipeline, ".github/workflows/build.yml");
  EXPECT_EQ(origin.run.url, "https://github.com/acme/shop/actions/runs/7/attempts/1");
  ASSERT_EQ(origin.evidence.size(), 1U);
  EXPECT_EQ(origin.evidence[0].kind, "ci-report");
  EXPECT_EQ(origin.evidence[0].binding.push, "named");
  EXPECT_EQ(origin.evidence[0].source, "ci:github.com");
  EXPECT_EQ(origin.evidence[0].detail, "pushed to registry.example/shop:1.0, how: built");
  EXPECT_NE(origin.evidence[0].who_could_have_lied.find("any step of that job"), std::string::npos);
}

TEST(Origins, SharedOnesSaySo) {
  EstateForTest estate;
  estate.Report({.digest = D("aa"), .to = std::string(kShop1)});
  estate.Report({.digest = D("aa"), .to = "registry.example/fork:1.0", .repository = "fork"});
  const TraceAnswer answer = estate.Trace(D("aa"));
  EXPECT_TRUE(answer.conflicts.empty());
  for (const Origin& origin : answer.origins) {
    EXPECT_NE(origin.why.find("shared: 2 repositories built this same digest"), std::string::npos);
  }
}

TEST(Origins, OriginsOfGivesTheSameWithoutATrace) {
  EstateForTest estate;
  estate.Report({.digest = D("aa"), .to = std::string(kShop1)});
  const auto snapshot = estate.Snapshot();
  const std::vector<Origin> origins =
      OriginsOf(*snapshot, estate.Find(model::EntityKind::kImage, D("aa")), nullptr);
  ASSERT_EQ(origins.size(), 1U);
  EXPECT_EQ(origins[0].repository.name, "github.com/acme/shop");
  EXPECT_EQ(origins[0].run.actor, "github.com#5");  // nobody gave a name
}

}  // namespace
}  // namespace hullmark::origin
