// SPDX-License-Identifier: Apache-2.0
//
// What is not known: each answer gives the reason and the step that would mend it.
#include <gtest/gtest.h>

#include "core/origin/estate_test.h"

namespace hullmark::origin {
namespace {

const OriginCase kCases[] = {
    {"digest_never_seen", [](EstateForTest&) {}, D("aa"),
     "Digest aa: no source has seen this digest; mend: connect the registry that holds it with "
     "`hullmark connect "
     "registry URL`, or add a `hullmark-ci report` step to the pipeline job that pushes it\n"},

    {"registry_not_connected", [](EstateForTest&) {}, "registry.example/shop:1.0",
     "Tag registry.example/shop:1.0: the registry registry.example is not connected, and no "
     "pipeline reported a push "
     "there; mend: hullmark connect registry https://registry.example\n"},

    {"no_such_tag",
     [](EstateForTest& e) { e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}}); },
     "registry.example/shop:9.9",
     "Tag registry.example/shop:9.9: the registry registry.example was read, and has no such tag; "
     "mend: check its "
     "name, or look again with `hullmark sources sync`\n"},

    {"tag_that_is_gone",
     [](EstateForTest& e) {
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}});
       e.MoveTag("registry.example/shop:1.0", "");
     },
     "registry.example/shop:1.0",
     "Tag registry.example/shop:1.0: the tag was there once and points to nothing now; mend: ask "
     "for the digest that "
     "it pointed to\n"},

    {"tag_that_moved_away_from_the_digest",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}});
       e.Store({.digest = D("bb"), .tags = {"registry.example/shop:1.1"}});
       e.MoveTag("registry.example/shop:1.0", D("bb"));
     },
     "registry.example/shop:1.0@" + D("aa"),
     "aa: reported built by github.com/acme/shop@c1 run 7\n"
     "Tag registry.example/shop:1.0: the tag points to bb now; the digest was followed, as "
     "runtimes do; mend: ask for "
     "the tag alone to trace what it points to\n"},

    {"end_that_many_tags_have",
     [](EstateForTest& e) {
       e.Store({.digest = D("aa"), .tags = {"a.example/team/shop:1.0"}});
       e.Store({.digest = D("bb"), .tags = {"b.example/shop:1.0"}});
     },
     "shop:1.0",
     "Tag shop:1.0: 2 known tags end like this: a.example/team/shop:1.0, b.example/shop:1.0; mend: "
     "ask for one of "
     "them by its whole name\n"},

    {"layer_that_is_the_last_of_no_image",
     [](EstateForTest& e) {
       e.Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
       e.Store({.digest = D("aa"),
                .tags = {"registry.example/shop:1.0"},
                .diff_ids = {D("d1"), D("d2")}});
     },
     D("d1"),
     "Digest d1: it is the last layer of no image, and a layer below the last one says nothing of "
     "an image's origin; "
     "mend: trace one of the images that have it\n"},

    {"nothing_pulled_yet",
     [](EstateForTest& e) { e.Run({.pod = "prod/shop/web-1", .digest = ""}); }, "prod/shop/web-1",
     "Container uid-of-prod/uid-of-shop-web-1/main: the node has not reported an image id for "
     "registry.example/shop:1.0: nothing was pulled yet; mend: import the cluster's pods again "
     "once the container has "
     "started\n"},

    {"runs_from_a_registry_that_is_not_connected",
     [](EstateForTest& e) { e.Run({.pod = "prod/shop/web-1", .digest = D("77")}); },
     "prod/shop/web-1",
     "Container uid-of-prod/uid-of-shop-web-1/main: it runs 77; the registry registry.example is "
     "not connected, so "
     "what this digest is was never seen; mend: hullmark connect registry "
     "https://registry.example\n"},

    {"runs_what_its_registry_does_not_hold",
     [](EstateForTest& e) {
       e.Store({.digest = D("aa"), .tags = {"registry.example/shop:1.0"}});
       e.Run({.pod = "prod/shop/web-1", .digest = D("77")});
     },
     "prod/shop/web-1",
     "Container uid-of-prod/uid-of-shop-web-1/main: it runs 77; the registry registry.example was "
     "read, and this "
     "digest was not in it; mend: look again with `hullmark sources sync`; an image that was "
     "deleted there, or that "
     "was loaded on the node without a registry, stays unknown\n"},

    {"no_such_pod", [](EstateForTest&) {}, "pod:prod/shop/web-9",
     "Pod prod/shop/web-9: no cluster that was imported has such a pod; mend: check namespace and "
     "name, or import the "
     "cluster again: kubectl get namespaces,nodes,pods,deployments,replicasets -A -o json | "
     "hullmark import - "
     "--cluster NAME --environment production\n"},

    {"pod_that_is_gone",
     [](EstateForTest& e) {
       e.Run({.pod = "prod/shop/web-1", .digest = D("77")});
       e.RemovePod("prod/shop/web-1");
     },
     "pod:prod/shop/web-1",
     "Pod prod/shop/web-1: no cluster that was imported has such a pod; mend: check namespace and "
     "name, or import the "
     "cluster again: kubectl get namespaces,nodes,pods,deployments,replicasets -A -o json | "
     "hullmark import - "
     "--cluster NAME --environment production\n"},

    {"commit_nobody_reported", [](EstateForTest&) {}, Sha("c1"),
     "Commit c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1: no run that reported was at this commit; "
     "mend: add a "
     "`hullmark-ci report` step to the pipeline job that pushes it\n"
     "Tag docker.io/library/c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1:latest: the registry "
     "docker.io is not connected, "
     "and no pipeline reported a push there; mend: hullmark connect registry https://docker.io\n"},

    {"run_nobody_reported", [](EstateForTest&) {}, "https://github.com/acme/shop/actions/runs/1",
     "PipelineRun https://github.com/acme/shop/actions/runs/1: no run with this URL has reported; "
     "mend: add a "
     "`hullmark-ci report` step to the pipeline job that pushes it\n"},
};

class UnknownCases : public testing::TestWithParam<OriginCase> {};

TEST_P(UnknownCases, SayWhyAndWhatWouldMendIt) {
  EstateForTest estate;
  GetParam().see(estate);
  EXPECT_EQ(Summary(estate.Trace(GetParam().ref)), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Cases, UnknownCases, testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace hullmark::origin
