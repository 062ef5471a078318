// SPDX-License-Identifier: Apache-2.0
//
// Every way a kubectl answer can be wrong: it is refused whole, and the error names the item, the
// place and the mend.
#include <gtest/gtest.h>

#include <string>

#include "sources/reports/kube_fixture_test.h"

namespace hullmark::reports {
namespace {

using fixture::List;
using fixture::Namespaces;
using fixture::Object;
using fixture::Options;
using fixture::Pod;
using fixture::PodOf;
using fixture::TryRead;

struct Case {
  std::string_view name;
  std::string text;
  std::string_view says;
};

// A pod in a list, after three namespaces.
std::string WithPod(std::string_view rest, std::string_view meta = "") {
  return List({Namespaces(), Pod("web-1", rest, meta)});
}
std::string WithItem(std::string_view item) { return List({Namespaces(), item}); }
std::string WithSpec(std::string_view kind, std::string_view version, std::string_view spec) {
  return WithItem(Object(version, kind, "shop", "x", Cat({R"(,"spec":)", spec})));
}

const Case kCases[] = {
    // Not a kubectl answer.
    {"empty", "", "the input is empty; give the output of `kubectl get … -o json`"},
    {"blank", " \n\t", "the input is empty"},
    {"yaml", "apiVersion: v1\nkind: List\n",
     "where a JSON object begins; give the output of `kubectl get … -o json`"},
    {"table", "NAME   READY   STATUS\n", "where a JSON object begins"},
    {"array", "[]", "where a JSON object begins"},
    {"cut_short", R"({"kind":"List","items":[{"kind":)", "json, line 1"},
    {"bad_json", R"({"kind":"List","items":[}]})", "json, line 1"},
    {"duplicate_key", R"({"kind":"List","kind":"List","items":[]})",
     R"(json, $: the key "kind" stands twice; keep one)"},
    {"not_utf8", "{\"kind\":\"List\",\"items\":[\"\xff\"]}", "json"},
    {"rest_is_no_json", R"({"kind":"List","items":[]} error: timeout)",
     R"(document 2: found "error: timeout" where a JSON object begins)"},
    {"second_is_bad", R"({"kind":"List","items":[]}{"kind":})", "document 2: json, line 1"},
    {"no_kind", R"({"items":[]})", "$.kind: missing; give the output of `kubectl get … -o json`"},
    {"kind_number", R"({"kind":1,"items":[]})", "$.kind: not a string"},
    {"other_kind", R"({"kind":"Config","apiVersion":"v1"})",
     R"($.kind: "Config" is no list of a cluster's objects)"},
    {"status", R"({"kind":"Status","message":"pods is forbidden"})",
     R"($: the cluster answered with an error, "pods is forbidden"; mend that and ask again)"},
    {"no_items", R"({"kind":"List"})", "$.items: missing; give the output of"},
    {"items_object", R"({"kind":"List","items":{}})", "$.items: not a list"},
    {"metadata_list", R"({"kind":"List","metadata":[],"items":[]})", "$.metadata: not an object"},
    {"continue_number", R"({"kind":"List","metadata":{"continue":1},"items":[]})",
     "$.metadata.continue: not a string"},
    {"remaining_text",
     R"({"kind":"PodList","apiVersion":"v1","metadata":{"remainingItemCount":"1"},"items":[]})",
     "$.metadata.remainingItemCount: not an integer"},
    // Items.
    {"item_text", WithItem("\"x\""), "item 3: $.items[3]: not an object"},
    {"item_null", WithItem("null"), "item 3: $.items[3]: not an object"},
    {"item_no_kind", WithItem(R"({"metadata":{"name":"n"}})"),
     "item 3 (? n): $.items[3].kind: missing"},
    {"item_of_another_kind", List({Object("v1", "Service", "shop", "s")}, "PodList"),
     R"(item 0 (Pod shop/s): $.items[0].kind: "Service" in a list of "Pod")"},
    {"no_metadata", WithItem(R"({"apiVersion":"v1","kind":"Pod"})"),
     "item 3 (Pod ?): $.items[3].metadata: missing; give the cluster's own answer, not a manifest"},
    {"metadata_text", WithItem(R"({"apiVersion":"v1","kind":"Pod","metadata":"x"})"),
     "$.items[3].metadata: not an object"},
    {"no_name",
     WithItem(R"({"apiVersion":"v1","kind":"Pod","metadata":{"uid":"u","namespace":"shop"}})"),
     "item 3 (Pod shop/?): $.items[3].metadata.name: missing"},
    {"name_empty",
     WithItem(
         R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"","uid":"u","namespace":"shop"}})"),
     "$.items[3].metadata.name: empty"},
    {"name_slash",
     WithItem(
         R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a/b","uid":"u","namespace":"shop"}})"),
     R"($.items[3].metadata.name: "a/b" has a `/`, which no cluster allows)"},
    {"no_uid",
     WithItem(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"n","namespace":"shop"}})"),
     "item 3 (Pod shop/n): $.items[3].metadata.uid: missing; give the cluster's own answer, not a "
     "manifest"},
    {"uid_null",
     WithItem(R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n","uid":null}})"),
     "metadata.uid: "},
    {"no_namespace",
     WithItem(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"n","uid":"u"}})"),
     "item 3 (Pod n): $.items[3].metadata.namespace: missing"},
    {"uid_control",
     WithItem(R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n","uid":"a\nb"}})"),
     "item 3 (Node n): as an observation: $.edge.to.key: "},
    {"uid_twice",
     WithItem(R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n","uid":"uid-shop"}})"),
     R"(item 3 (Node n): $.items[3].metadata.uid: "uid-shop" is also that of item 2 (Namespace shop))"},
    {"labels_list", WithPod(R"(,"spec":{"containers":[{"name":"a"}]})", R"(,"labels":["a"])"),
     "item 3 (Pod shop/web-1): $.items[3].metadata.labels: not an object"},
    {"label_number", WithPod(R"(,"spec":{"containers":[{"name":"a"}]})", R"(,"labels":{"a":1})"),
     "$.items[3].metadata.labels.a: not a string"},
    {"annotation_number",
     WithPod(R"(,"spec":{"containers":[{"name":"a"}]})",
             R"(,"annotations":{"meta.helm.sh/release-name":1})"),
     R"($.items[3].metadata.annotations["meta.helm.sh/release-name"]: not a string)"},
    {"owners_object",
     WithPod(R"(,"spec":{"containers":[{"name":"a"}]})", R"(,"ownerReferences":{})"),
     "$.items[3].metadata.ownerReferences: not a list"},
    {"owner_text",
     WithPod(R"(,"spec":{"containers":[{"name":"a"}]})", R"(,"ownerReferences":["x"])"),
     "$.items[3].metadata.ownerReferences[0]: not an object"},
    {"owner_no_uid",
     WithPod(R"(,"spec":{"containers":[{"name":"a"}]})",
             R"(,"ownerReferences":[{"controller":true,"kind":"Job"}])"),
     "$.items[3].metadata.ownerReferences[0].uid: missing"},
    {"owner_controller_text",
     WithPod(R"(,"spec":{"containers":[{"name":"a"}]})",
             R"(,"ownerReferences":[{"controller":"true"}])"),
     "$.items[3].metadata.ownerReferences[0].controller: not true or false"},
    // Pods.
    {"pod_no_spec", WithPod(""),
     "item 3 (Pod shop/web-1): $.items[3].spec.containers: missing or empty"},
    {"pod_no_containers", WithPod(R"(,"spec":{"containers":[]})"),
     "$.items[3].spec.containers: missing or empty"},
    {"containers_object", WithPod(R"(,"spec":{"containers":{}})"),
     "$.items[3].spec.containers: not a list"},
    {"container_text", WithPod(R"(,"spec":{"containers":["a"]})"),
     "$.items[3].spec.containers[0]: not an object"},
    {"container_no_name", WithPod(R"(,"spec":{"containers":[{"image":"i"}]})"),
     "$.items[3].spec.containers[0].name: missing"},
    {"container_twice", WithPod(R"(,"spec":{"containers":[{"name":"a"},{"name":"a"}]})"),
     R"($.items[3].spec.containers[1].name: two containers are named "a")"},
    {"image_list", WithPod(R"(,"spec":{"containers":[{"name":"a","image":[]}]})"),
     "$.items[3].spec.containers[0].image: not a string"},
    {"init_object", WithPod(R"(,"spec":{"initContainers":{},"containers":[{"name":"a"}]})"),
     "$.items[3].spec.initContainers: not a list"},
    {"ephemeral_text",
     WithPod(R"(,"spec":{"ephemeralContainers":"x","containers":[{"name":"a"}]})"),
     "$.items[3].spec.ephemeralContainers: not a list"},
    {"privileged_text",
     WithPod(R"(,"spec":{"containers":[{"name":"a","securityContext":{"privileged":"yes"}}]})"),
     "$.items[3].spec.containers[0].securityContext.privileged: not true or false"},
    {"user_text",
     WithPod(R"(,"spec":{"containers":[{"name":"a","securityContext":{"runAsUser":"root"}}]})"),
     "$.items[3].spec.containers[0].securityContext.runAsUser: not an integer"},
    {"node_number", WithPod(R"(,"spec":{"nodeName":1,"containers":[{"name":"a"}]})"),
     "$.items[3].spec.nodeName: not a string"},
    {"host_network_text", WithPod(R"(,"spec":{"hostNetwork":"no","containers":[{"name":"a"}]})"),
     "$.items[3].spec.hostNetwork: not true or false"},
    {"status_list", WithPod(R"(,"spec":{"containers":[{"name":"a"}]},"status":[])"),
     "$.items[3].status: not an object"},
    {"phase_number", WithPod(R"(,"spec":{"containers":[{"name":"a"}]},"status":{"phase":1})"),
     "$.items[3].status.phase: not a string"},
    {"statuses_object",
     WithPod(R"(,"spec":{"containers":[{"name":"a"}]},"status":{"containerStatuses":{}})"),
     "$.items[3].status.containerStatuses: not a list"},
    {"status_no_name",
     WithPod(R"(,"spec":{"containers":[{"name":"a"}]},"status":{"containerStatuses":[{}]})"),
     "$.items[3].status.containerStatuses[0].name: missing"},
    {"status_twice",
     WithPod(
         R"(,"spec":{"containers":[{"name":"a"}]},"status":{"containerStatuses":[{"name":"a"},{"name":"a"}]})"),
     R"($.items[3].status.containerStatuses[1].name: two statuses of the container "a")"},
    {"image_id_number",
     WithPod(
         R"(,"spec":{"containers":[{"name":"a"}]},"status":{"containerStatuses":[{"name":"a","imageID":1}]})"),
     "$.items[3].status.containerStatuses[0].imageID: not a string"},
    {"state_text",
     WithPod(
         R"(,"spec":{"containers":[{"name":"a"}]},"status":{"containerStatuses":[{"name":"a","state":"running"}]})"),
     "$.items[3].status.containerStatuses[0].state: not an object"},
    // The others.
    {"node_info_text", WithItem(Object("v1", "Node", "", "n", R"(,"status":{"nodeInfo":"x"})")),
     "$.items[3].status.nodeInfo: not an object"},
    {"architecture_list",
     WithItem(Object("v1", "Node", "", "n", R"(,"status":{"nodeInfo":{"architecture":[]}})")),
     "$.items[3].status.nodeInfo.architecture: not a string"},
    {"selector_list", WithSpec("Service", "v1", R"({"selector":[]})"),
     "item 3 (Service shop/x): $.items[3].spec.selector: not an object"},
    {"selector_number", WithSpec("Service", "v1", R"({"selector":{"a":1}})"),
     "$.items[3].spec.selector.a: not a string"},
    {"ports_object", WithSpec("Service", "v1", R"({"ports":{}})"),
     "$.items[3].spec.ports: not a list"},
    {"port_missing", WithSpec("Service", "v1", R"({"ports":[{}]})"),
     "$.items[3].spec.ports[0].port: missing"},
    {"port_text", WithSpec("Service", "v1", R"({"ports":[{"port":"80"}]})"),
     "$.items[3].spec.ports[0].port: not an integer"},
    {"external_ip_number", WithSpec("Service", "v1", R"({"externalIPs":[1]})"),
     "$.items[3].spec.externalIPs[0]: not a string"},
    {"rules_object", WithSpec("Ingress", "networking.k8s.io/v1", R"({"rules":{}})"),
     "$.items[3].spec.rules: not a list"},
    {"host_number", WithSpec("Ingress", "networking.k8s.io/v1", R"({"rules":[{"host":1}]})"),
     "$.items[3].spec.rules[0].host: not a string"},
    {"backend_text",
     WithSpec("Ingress", "networking.k8s.io/v1",
              R"({"rules":[{"http":{"paths":[{"backend":"x"}]}}]})"),
     "$.items[3].spec.rules[0].http.paths[0].backend: not an object"},
};

class KubectlRefused : public testing::TestWithParam<Case> {};
TEST_P(KubectlRefused, SaysWhereWhatAndTheMend) {
  const auto reading = TryRead(GetParam().text);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code(), Errc::kInputRefused);
  EXPECT_NE(reading.error().message().find(GetParam().says), std::string::npos)
      << reading.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, KubectlRefused, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(KubectlRefused, InAStreamTheDocumentIsNamed) {
  const auto reading =
      TryRead(List({Namespaces()}) + List({R"({"metadata":{"name":"n","uid":"u"}})"}, "PodList"));
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message().substr(0, 67),
            "document 2: item 0 (Pod n): $.items[0].metadata.namespace: missing;");
}

TEST(KubectlRefused, WhatTheCallerForgot) {
  KubectlOptions options = Options();
  options.cluster = "";
  EXPECT_EQ(TryRead(List({}), options).error().message(),
            "the cluster has no name: give it with --cluster NAME");
  options = Options();
  options.source = "";
  EXPECT_FALSE(TryRead(List({}), options));
}

// Each limit, hit by one.
TEST(KubectlLimits, AreKept) {
  const auto says = [](const KubectlLimits& limits, const std::string& text) {
    KubectlOptions options = Options();
    options.limits = limits;
    const auto reading = TryRead(text, options);
    if (reading) return std::string();
    EXPECT_EQ(reading.error().code(), Errc::kResourceExhausted) << reading.error().message();
    return reading.error().message();
  };
  KubectlLimits limits;
  limits.max_documents = 2;
  EXPECT_EQ(says(limits, List({}) + List({})), "");
  EXPECT_EQ(says(limits, List({}) + List({}) + List({})),
            "more than 2 documents in one stream; import them one by one");
  limits = {};
  limits.max_containers = 2;
  const std::string two = R"(,"spec":{"containers":[{"name":"a"},{"name":"b"}]})";
  EXPECT_EQ(says(limits, WithPod(two)), "");
  limits.max_containers = 1;
  EXPECT_EQ(
      says(limits, WithPod(two)),
      "item 3 (Pod shop/web-1): $.items[3].spec.containers: more than 1 containers in one pod");
  limits = {};
  limits.max_records = 7;  // the cluster, and each namespace and its edge
  EXPECT_EQ(says(limits, List({Namespaces()})), "");
  limits.max_records = 6;
  EXPECT_EQ(says(limits, List({Namespaces()})),
            "item 2 (Namespace shop): more than 6 records in one import; import fewer namespaces "
            "at a time");
  limits = {};
  limits.json.max_bytes = 10;
  EXPECT_NE(says(limits, List({Namespaces()})), "");
}

}  // namespace
}  // namespace hullmark::reports
