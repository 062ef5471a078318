// SPDX-License-Identifier: Apache-2.0
//
// Images that are not the digest that was pushed, but its copy: each case says what was seen and
// what the answer must be.
#include <gtest/gtest.h>

#include "core/origin/claims.h"
#include "core/origin/estate_test.h"

namespace hullmark::origin {
namespace {

const OriginCase kCases[] = {
    {"another_manifest_of_the_same_config_is_inferred",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}, .config = D("c0")});
       e.Store({.digest = D("bb"), .tags = {"mirror.example/shop:1.0"}, .config = D("c0")});
     },
     "mirror.example/shop:1.0",
     "bb: inferred built by github.com/acme/shop@c1 run 7 via config-digest aa\n"},

    {"another_jobs_push_does_not_take_a_config_digest_away",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}, .config = D("c0")});
       e.Run({.pod = "prod/shop/web", .digest = D("c0")});
       e.Report({.digest = D("c0"), .to = "registry.example/x:1", .repository = "x", .run = 8});
     },
     "prod/shop/web",
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "c0: reported built by github.com/acme/x@c1 run 8\n"},

    {"a_manifest_that_a_registry_gave_is_nobodys_config",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}, .config = D("c0")});
       e.Store({.digest = D("bb"), .tags = {"registry.example/x:1"}, .config = D("aa")});
     },
     D("aa"), "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"recompressed_copy_is_joined_by_fingerprint",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"),
                .tags = {"registry.example/shop:1.0"},
                .config = D("c0"),
                .fingerprint = "f0"});
       e.Store({.digest = D("bb"),
                .tags = {"mirror.example/shop:1.0"},
                .config = D("c1"),
                .fingerprint = "f0"});
     },
     "mirror.example/shop:1.0",
     "bb: inferred built by github.com/acme/shop@c1 run 7 via config-fingerprint aa\n"},

    {"layers_checked_on_both_keep_the_level",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"),
                .tags = {"registry.example/shop:1.0"},
                .config = D("c0"),
                .fingerprint = "f0",
                .layers_checked = true});
       e.Store({.digest = D("bb"),
                .tags = {"mirror.example/shop:1.0"},
                .config = D("c1"),
                .fingerprint = "f0",
                .layers_checked = true});
     },
     "mirror.example/shop:1.0",
     "bb: reported built by github.com/acme/shop@c1 run 7 via config-fingerprint aa (layers "
     "checked)\n"},

    {"layers_checked_on_one_side_do_not",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"),
                .tags = {"registry.example/shop:1.0"},
                .config = D("c0"),
                .layers_checked = true});
       e.Store({.digest = D("bb"), .tags = {"mirror.example/shop:1.0"}, .config = D("c0")});
     },
     "mirror.example/shop:1.0",
     "bb: inferred built by github.com/acme/shop@c1 run 7 via config-digest aa\n"},

    {"a_join_through_an_index",
     [](EstateForTest& e) {
       e.Report({.digest = D("11"), .to = "registry.example/shop:1.0", .index = true});
       e.StoreIndex(D("11"), {"registry.example/shop:1.0"}, {D("aa")});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:amd64"}, .config = D("c0")});
       e.Store({.digest = D("bb"), .tags = {"mirror.example/shop:1.0"}, .config = D("c0")});
     },
     D("bb"),
     "bb: inferred built by github.com/acme/shop@c1 run 7 via config-digest aa via index-member "
     "11\n"},

    {"the_recompressing_job_comes_after_the_builder",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Report({.digest = D("bb"),
                 .to = "mirror.example/shop:1.0",
                 .how = "republished",
                 .repository = "mirror",
                 .run = 30});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}, .fingerprint = "f0"});
       e.Store({.digest = D("bb"), .tags = {"mirror.example/shop:1.0"}, .fingerprint = "f0"});
     },
     D("bb"),
     "bb: inferred built by github.com/acme/shop@c1 run 7 via config-fingerprint aa\n"
     "bb: reported republished by github.com/acme/mirror@c1 run 30\n"},

    {"a_copied_config_does_not_take_the_image_from_its_builder",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Report(
           {.digest = D("ee"), .to = "registry.example/evil:1.0", .repository = "evil", .run = 66});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}, .config = D("c0")});
       e.Store({.digest = D("ee"), .tags = {"registry.example/evil:1.0"}, .config = D("c0")});
     },
     D("aa"), "aa: reported built by github.com/acme/shop@c1 run 7\n"},

    {"a_copied_config_does_not_borrow_a_level",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}, .config = D("c0")});
       e.Store({.digest = D("ee"),
                .tags = {"registry.example/evil:1.0"},
                .config = D("c0"),
                .layers_checked = true});
     },
     D("ee"), "ee: inferred built by github.com/acme/shop@c1 run 7 via config-digest aa\n"},

    {"joined_to_two_repositories_is_contested",
     [](EstateForTest& e) {
       e.At(1).Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.At(2).Report(
           {.digest = D("bb"), .to = "registry.example/fork:1.0", .repository = "fork", .run = 9});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}, .config = D("c0")});
       e.Store({.digest = D("bb"), .tags = {"registry.example/fork:1.0"}, .config = D("c0")});
       e.Store({.digest = D("dd"), .tags = {"mirror.example/x:1.0"}, .config = D("c0")});
     },
     D("dd"),
     "dd: inferred built by github.com/acme/shop@c1 run 7 via config-digest aa\n"
     "dd: inferred built by github.com/acme/fork@c1 run 9 via config-digest bb\n"
     "dd: contested: github.com/acme/shop github.com/acme/fork\n"},

    {"the_empty_config_joins_nothing",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/chart:1.0"});
       e.Store({.digest = D("aa"),
                .tags = {"registry.example/chart:1.0"},
                .config = std::string(kEmptyConfigDigest)});
       e.Store({.digest = D("bb"),
                .tags = {"registry.example/other:1.0"},
                .config = std::string(kEmptyConfigDigest)});
     },
     D("bb"),
     "Image bb: it is in registry.example/other, and no pipeline has reported that it pushed it; "
     "mend: if it is "
     "yours, add a `hullmark-ci report` step to the pipeline job that pushes to "
     "registry.example/other\n"},

    {"a_child_that_differs_by_one_label_has_no_origin_from_its_base",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/base:1.0"});
       e.Store({.digest = D("aa"),
                .tags = {"registry.example/base:1.0"},
                .config = D("c0"),
                .fingerprint = "f0",
                .diff_ids = {D("d1"), D("d2")}});
       e.Store({.digest = D("bb"),
                .tags = {"registry.example/labelled:1.0"},
                .config = D("c1"),
                .fingerprint = "f1",
                .diff_ids = {D("d1"), D("d2")}});
     },
     D("bb"),
     "Image bb: it is in registry.example/labelled, and no pipeline has reported that it pushed "
     "it; mend: if it is "
     "yours, add a `hullmark-ci report` step to the pipeline job that pushes to "
     "registry.example/labelled\n"},

    {"a_base_does_not_get_its_childs_origin",
     [](EstateForTest& e) {
       e.Report({.digest = D("bb"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("bb"),
                .tags = {"registry.example/shop:1.0"},
                .config = D("c1"),
                .diff_ids = {D("d1"), D("d2")}});
       e.Store({.digest = D("aa"),
                .tags = {"registry.example/busybox:1"},
                .config = D("c0"),
                .diff_ids = {D("d1")}});
     },
     D("aa"),
     "Image aa: it is in registry.example/busybox, and no pipeline has reported that it pushed it; "
     "mend: if it is "
     "yours, add a `hullmark-ci report` step to the pipeline job that pushes to "
     "registry.example/busybox\n"},

};

class JoinCases : public testing::TestWithParam<OriginCase> {};

TEST_P(JoinCases, AnswersAsItMust) {
  EstateForTest estate;
  GetParam().see(estate);
  EXPECT_EQ(Summary(estate.Trace(GetParam().ref)), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Cases, JoinCases, testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace hullmark::origin
