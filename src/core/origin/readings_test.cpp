// SPDX-License-Identifier: Apache-2.0
//
// Every way to name an image, on one estate: what the reference matched, by which reading, and
// which images it led to.
#include "core/origin/readings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/origin/estate_test.h"

namespace hullmark::origin {
namespace {

/// shop: image aa (config c0, layers d1 d2) tagged 1.0 and latest, and bb in the index 11
/// tagged 2.0; nginx from Docker Hub; a pod of each, one whose digest nobody knows, one not yet
/// pulled.
EstateForTest MakeEstate() {
  EstateForTest e;
  e.At(1).Report({.digest = D("aa"), .to = "127.0.0.1:5000/acme/shop:1.0"});
  e.Store({.digest = D("aa"),
           .tags = {"127.0.0.1:5000/acme/shop:1.0", "127.0.0.1:5000/acme/shop:latest"},
           .config = D("c0"),
           .diff_ids = {D("d1"), D("d2")}});
  e.Report({.digest = D("11"),
            .to = "127.0.0.1:5000/acme/shop:2.0",
            .run = 8,
            .commit = "c2",
            .index = true});
  e.Store({.digest = D("bb"),
           .tags = {"127.0.0.1:5000/acme/shop:2.0-amd64"},
           .config = D("c4"),
           .diff_ids = {D("d1"), D("d2"), D("d3")}});
  e.Store({.digest = D("b7"),
           .tags = {"127.0.0.1:5000/acme/shop:2.0-arm64"},
           .platform = "linux/arm64/v8"});
  e.StoreIndex(D("11"), {"127.0.0.1:5000/acme/shop:2.0"}, {D("bb"), D("b7")});
  e.Store({.digest = D("ff"), .tags = {"docker.io/library/nginx:latest"}});
  e.Report({.digest = D("99"),
            .to = "unread.example/tool:3",
            .repository = "tool",
            .run = 5,
            .commit = "ab",
            .known_kind = false});
  e.Run({.pod = "prod/shop/web-1", .digest = D("aa"), .workload = "Deployment/web"});
  e.Run({.pod = "prod/shop/web-2", .digest = D("11"), .architecture = "amd64"});
  e.Run({.pod = "prod/shop/side", .digest = D("c0"), .container = "loaded"});
  e.Run({.pod = "test/shop/web-1", .digest = D("ff"), .image = "nginx"});
  e.Run({.pod = "prod/shop/odd", .digest = D("77"), .image = "quay.example/odd:1"});
  e.Run({.pod = "prod/shop/pending", .digest = "", .image = "registry.example/new:1"});
  return e;
}

struct ReadingCase {
  std::string_view name;
  std::string ref;
  std::string matched;      ///< "<kind> <key> by <reading>", digests short; joined with ", "
  std::string_view images;  ///< of origins
};

const ReadingCase kReadings[] = {
    {"tag", "127.0.0.1:5000/acme/shop:1.0", "Tag 127.0.0.1:5000/acme/shop:1.0 by tag", "aa"},
    {"tag_of_an_index", "127.0.0.1:5000/acme/shop:2.0", "Tag 127.0.0.1:5000/acme/shop:2.0 by tag",
     "b7 bb"},
    {"tag_is_latest_by_default", "127.0.0.1:5000/acme/shop",
     "Tag 127.0.0.1:5000/acme/shop:latest by tag", "aa"},
    {"docker_hub_defaults", "nginx", "Tag docker.io/library/nginx:latest by tag", ""},
    {"docker_hub_in_full", "docker.io/library/nginx:latest",
     "Tag docker.io/library/nginx:latest by tag", ""},
    {"end_of_a_tag", "acme/shop:1.0", "Tag 127.0.0.1:5000/acme/shop:1.0 by tag", "aa"},
    {"end_of_a_tag_without_folder", "shop:1.0", "Tag 127.0.0.1:5000/acme/shop:1.0 by tag", "aa"},
    {"place_of_a_push_that_no_registry_told_of", "unread.example/tool:3",
     "Digest 99 by push destination", "99"},
    {"manifest_digest", D("aa"), "Image aa by manifest digest", "aa"},
    {"index_digest", D("11"), "ImageIndex 11 by index digest", "b7 bb"},
    {"config_digest", D("c0"), "Image aa by config digest", "aa"},
    {"config_digest_that_nobody_runs", D("c4"), "Image bb by config digest", "bb"},
    {"bare_image_id", D("c0").substr(7), "Image aa by config digest", "aa"},
    {"digest_of_unknown_kind", D("99"), "Digest 99 by digest", "99"},
    {"last_layer", D("d3"), "Image bb by diff id", "bb"},
    {"last_layer_of_one_of_two", D("d2"), "Image aa by diff id, Image bb by diff id", "aa"},
    {"layer_below", D("d1"), "Image aa by diff id, Image bb by diff id", ""},
    {"repository_and_digest", "127.0.0.1:5000/acme/shop@" + D("aa"), "Image aa by manifest digest",
     "aa"},
    {"any_repository_and_digest", "other.example/x@" + D("aa"), "Image aa by manifest digest",
     "aa"},
    {"tag_and_digest", "127.0.0.1:5000/acme/shop:1.0@" + D("aa"),
     "Image aa by manifest digest, Tag 127.0.0.1:5000/acme/shop:1.0 by tag", "aa"},
    {"as_dockershim_writes_it", "docker-pullable://127.0.0.1:5000/acme/shop@" + D("11"),
     "ImageIndex 11 by index digest", "b7 bb"},
    {"as_docker_writes_an_id", "docker://" + D("c0"), "Image aa by config digest", "aa"},
    {"pod_in_two_clusters", "shop/web-1",
     "Pod uid-of-prod/uid-of-shop-web-1 by pod, Pod uid-of-test/uid-of-shop-web-1 by pod", "aa"},
    {"pod_of_a_cluster", "prod/shop/web-1", "Pod uid-of-prod/uid-of-shop-web-1 by pod", "aa"},
    {"pod_said_to_be_one", "pod:test/shop/web-1", "Pod uid-of-test/uid-of-shop-web-1 by pod", ""},
    {"pod_said_to_be_one_in_any_cluster", "pod:shop/web-2",
     "Pod uid-of-prod/uid-of-shop-web-2 by pod", "bb"},
    {"pod_by_key", "uid-of-prod/uid-of-shop-web-1", "Pod uid-of-prod/uid-of-shop-web-1 by pod",
     "aa"},
    {"pod_that_runs_a_config_digest", "prod/shop/side", "Pod uid-of-prod/uid-of-shop-side by pod",
     "aa"},
    {"digest_that_only_runs", D("77"), "Digest 77 by running digest", ""},
    {"commit", Sha("c1"), "Commit github.com#101@" + Sha("c1") + " by commit", "aa"},
    {"commit_prefix", "c2c2c2c", "Commit github.com#101@" + Sha("c2") + " by commit prefix",
     "b7 bb"},
    {"commit_by_key", "github.com#101@" + Sha("c1"),
     "Commit github.com#101@" + Sha("c1") + " by commit", "aa"},
    {"commit_by_name", "github.com/acme/shop@" + Sha("c1"),
     "Commit github.com#101@" + Sha("c1") + " by commit", "aa"},
    {"run_url", "https://github.com/acme/shop/actions/runs/7",
     "PipelineRun github.com#101/runs/7/attempts/1 by run URL", "aa"},
    {"run_url_of_an_attempt", "https://github.com/acme/shop/actions/runs/8/attempts/1/",
     "PipelineRun github.com#101/runs/8/attempts/1 by run URL", "b7 bb"},
    {"run_url_from_a_browser", "HTTPS://github.com/acme/shop/actions/runs/7?pr=3#summary",
     "PipelineRun github.com#101/runs/7/attempts/1 by run URL", "aa"},
    {"commit_unknown_in_a_known_repository", "github.com/acme/shop@" + Sha("fe"), "", ""},
    {"run_by_key", "github.com#101/runs/7/attempts/1",
     "PipelineRun github.com#101/runs/7/attempts/1 by run key", "aa"},
    {"job_by_key", "github.com#101/runs/7/attempts/1/job/build",
     "Job github.com#101/runs/7/attempts/1/job/build by job key", "aa"},
    {"repository_by_key", "github.com#201",
     "CodeRepository github.com#201 by repository, Commit github.com#201@" + Sha("ab") +
         " by repository",
     "99"},
    {"repository_by_name", "github.com/acme/tool",
     "CodeRepository github.com#201 by repository, Commit github.com#201@" + Sha("ab") +
         " by repository",
     "99"},
    {"spaces_around", "  127.0.0.1:5000/acme/shop:1.0\n", "Tag 127.0.0.1:5000/acme/shop:1.0 by tag",
     "aa"},
};

class ReadingCases : public testing::TestWithParam<ReadingCase> {};

TEST_P(ReadingCases, LeadWhereTheyShould) {
  const EstateForTest estate = MakeEstate();
  const TraceAnswer answer = estate.Trace(GetParam().ref);
  std::string matched;
  for (const Matched& m : answer.matched) {
    matched +=
        fmt::format("{}{} {} by {}", matched.empty() ? "" : ", ", m.kind, ShortHex(m.key), m.by);
  }
  std::string images;
  for (const Origin& origin : answer.origins) {
    images += fmt::format("{}{}", images.empty() ? "" : " ", ShortHex(origin.image));
  }
  EXPECT_EQ(matched, GetParam().matched) << Summary(answer);
  EXPECT_EQ(images, GetParam().images) << Summary(answer);
}

INSTANTIATE_TEST_SUITE_P(Cases, ReadingCases, testing::ValuesIn(kReadings),
                         [](const auto& one) { return std::string(one.param.name); });

struct RefusedCase {
  std::string_view name;
  std::string ref;
  std::string_view says;
};

const RefusedCase kRefused[] = {
    {"empty", "", "the reference is empty"},
    {"blank", " \t\n", "the reference is empty"},
    {"nonsense", "!!", "reads as nothing known"},
    {"upper_case_digest", "sha256:" + std::string(64, 'A'), "digest"},
    {"short_digest", "sha256:abc", "digest"},
    {"not_a_pod", "pod:web", "want pod:CLUSTER/NAMESPACE/NAME"},
    {"unknown_scheme", "ftp://x", ""},
    {"a_cve", "CVE-2024-3094", "reads as nothing known"},
    {"too_long", std::string(3000, 'a'), "longer than 2048 bytes"},
};

class RefusedCases : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedCases, SayWhatWouldBeRead) {
  const EstateForTest estate = MakeEstate();
  const auto answer = Trace(*estate.Snapshot(), GetParam().ref, {}, {}, nullptr);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code(), Errc::kInvalidArgument);
  EXPECT_NE(answer.error().message().find(GetParam().says), std::string::npos)
      << answer.error().message();
}

INSTANTIATE_TEST_SUITE_P(Cases, RefusedCases, testing::ValuesIn(kRefused),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace hullmark::origin
