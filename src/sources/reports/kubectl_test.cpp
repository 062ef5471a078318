// SPDX-License-Identifier: Apache-2.0
#include "sources/reports/kubectl.h"

#include <gtest/gtest.h>

#include "core/model/frame.h"
#include "sources/reports/kube_fixture_test.h"

namespace hullmark::reports {
namespace {

using fixture::kDigest;
using fixture::List;
using fixture::Namespaces;
using fixture::Object;
using fixture::Options;
using fixture::Pod;
using fixture::PodOf;
using fixture::Read;
using fixture::Reading;
using model::EdgeKind;
using model::EntityKind;
using model::PropertyId;
using Ends = std::vector<std::string>;

std::string Owner(std::string_view kind, std::string_view name,
                  std::string_view controller = "true") {
  return Cat({R"(,"ownerReferences":[{"apiVersion":"x/v1","kind":")", kind, R"(","name":")", name,
              R"(","uid":"uid-)", name, R"(","controller":)", controller, "}]"});
}

constexpr std::string_view kOneContainer =
    R"(,"spec":{"containers":[{"name":"app","image":"h/shop:1"}]})";

TEST(Kubectl, AWholeClusterBecomesItsEntities) {
  const std::string pod =
      Pod("web-1",
          R"(,"spec":{"nodeName":"node-1","hostNetwork":true,"securityContext":{"runAsUser":1000},
      "initContainers":[{"name":"setup","image":"h/setup:1"}],
      "containers":[{"name":"app","image":"h/shop:1","securityContext":{"privileged":true,"runAsUser":0}},
                    {"name":"sidecar","image":"h/mesh:2"}],
      "ephemeralContainers":[{"name":"debug","image":"busybox"}]},
    "status":{"phase":"Running",
      "containerStatuses":[{"name":"sidecar","imageID":"","state":{"waiting":{"reason":"ImagePullBackOff"}}},
                           {"name":"app","imageID":"h/shop@)" +
              kDigest + R"(","state":{"running":{}}}]})",
          R"(,"labels":{"app":"web","a":"1"})" + Owner("ReplicaSet", "web-rs"));
  const Reading read = Read(List(
      {Namespaces(),
       Object("v1", "Node", "", "node-1",
              R"(,"status":{"nodeInfo":{"architecture":"arm64","operatingSystem":"linux"}})"),
       pod, Object("apps/v1", "Deployment", "shop", "web"),
       Object("apps/v1", "ReplicaSet", "shop", "web-rs", "", Owner("Deployment", "web")),
       Object("apps/v1", "DaemonSet", "kube-system", "proxy"),
       Object(
           "v1", "Service", "shop", "web-svc",
           R"(,"spec":{"type":"LoadBalancer","selector":{"app":"web"},"externalIPs":["192.0.2.9"],
                 "ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":"web"},{"port":443,"targetPort":8443}]},
                 "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"},{"hostname":"lb.example"}]}})"),
       Object(
           "networking.k8s.io/v1", "Ingress", "shop", "front",
           R"(,"spec":{"ingressClassName":"nginx","rules":[{"host":"shop.example","http":{"paths":[
                 {"path":"/","backend":{"service":{"name":"web-svc","port":{"number":80}}}},
                 {"path":"/x","backend":{"service":{"name":"not-there"}}}]}}]})")}));

  const std::string key = "uid-kube-system";
  const auto* cluster = read.Entity(EntityKind::kCluster, key);
  ASSERT_NE(cluster, nullptr);
  EXPECT_EQ(cluster->names, (std::vector<std::string>{"prod"}));
  EXPECT_EQ(cluster->properties.Text(PropertyId::kEnvironment), "production");
  const auto* space = read.Entity(EntityKind::kNamespace, key + "/uid-shop");
  ASSERT_NE(space, nullptr);
  EXPECT_EQ(space->names, (std::vector<std::string>{"prod/shop"}));
  EXPECT_EQ(space->properties.Text(PropertyId::kEnvironment), "production");
  const auto* node = read.Entity(EntityKind::kNode, key + "/uid-node-1");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->properties.Text(PropertyId::kNodeArchitecture), "arm64");

  const auto* web = read.Entity(EntityKind::kPod, key + "/uid-web-1");
  ASSERT_NE(web, nullptr);
  EXPECT_EQ(web->names, (std::vector<std::string>{"prod/shop/web-1"}));
  EXPECT_EQ(web->properties.Text(PropertyId::kK8sPhase), "Running");
  EXPECT_EQ(std::get<std::vector<std::string>>(*web->properties.Find(PropertyId::kK8sLabels)),
            (std::vector<std::string>{"a=1", "app=web"}));
  EXPECT_NE(web->properties.Find(PropertyId::kK8sHostNetwork), nullptr);

  const auto* app = read.Entity(EntityKind::kContainer, key + "/uid-web-1/app");
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(app->properties.Text(PropertyId::kContainerImage), "h/shop:1");
  EXPECT_EQ(app->properties.Text(PropertyId::kContainerImageId), "h/shop@" + kDigest);
  EXPECT_EQ(app->properties.Text(PropertyId::kContainerState), "running");
  EXPECT_EQ(std::get<std::int64_t>(*app->properties.Find(PropertyId::kRunAsUser)), 0);
  EXPECT_NE(app->properties.Find(PropertyId::kContainerPrivileged), nullptr);
  const auto* sidecar = read.Entity(EntityKind::kContainer, key + "/uid-web-1/sidecar");
  ASSERT_NE(sidecar, nullptr) << "joined by name, not by place";
  EXPECT_EQ(sidecar->properties.Text(PropertyId::kContainerState), "waiting");
  EXPECT_EQ(std::get<std::int64_t>(*sidecar->properties.Find(PropertyId::kRunAsUser)), 1000);
  const auto* setup = read.Entity(EntityKind::kContainer, key + "/uid-web-1/setup");
  ASSERT_NE(setup, nullptr);
  EXPECT_EQ(setup->properties.Text(PropertyId::kContainerKind), "init");
  ASSERT_NE(read.Entity(EntityKind::kContainer, key + "/uid-web-1/debug"), nullptr);

  const auto* service = read.Entity(EntityKind::kService, key + "/uid-web-svc");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(
      std::get<std::vector<std::string>>(*service->properties.Find(PropertyId::kServiceAddresses)),
      (std::vector<std::string>{"192.0.2.1", "lb.example", "192.0.2.9"}));
  EXPECT_EQ(
      std::get<std::vector<std::string>>(*service->properties.Find(PropertyId::kServicePorts)),
      (std::vector<std::string>{"http/TCP/80/web", "/TCP/443/8443"}));
  const auto* ingress = read.Entity(EntityKind::kIngress, key + "/uid-front");
  ASSERT_NE(ingress, nullptr);
  EXPECT_EQ(ingress->properties.Text(PropertyId::kIngressClass), "nginx");

  EXPECT_EQ(read.Ends(EdgeKind::kIsRunning), Ends{key + "/uid-web-1/app>" + kDigest});
  EXPECT_EQ(read.Edges(EdgeKind::kIsRunning)[0]->to.kind, EntityKind::kDigest);
  EXPECT_EQ(read.Ends(EdgeKind::kRunsOn), Ends{key + "/uid-web-1>" + key + "/uid-node-1"});
  EXPECT_EQ(read.Ends(EdgeKind::kMaintains), (Ends{key + "/uid-web-rs>" + key + "/uid-web-1",
                                                   key + "/uid-web>" + key + "/uid-web-rs"}));
  EXPECT_EQ(read.Ends(EdgeKind::kRoutesTrafficTo),
            (Ends{key + "/uid-front>" + key + "/uid-web-svc",
                  key + "/uid-web-svc>" + key + "/uid-web-1"}));
  EXPECT_EQ(read.notes, std::vector<std::string>());
  for (const auto& frame : read.frames) {
    EXPECT_TRUE(frame.header.complete) << frame.header.extent;
    EXPECT_EQ(frame.header.sequence, 7u);
    EXPECT_EQ(frame.header.source_kind, model::SourceKind::kKubernetes);
  }
  EXPECT_EQ(read.frames.size(), 12u) << "the cluster and every kind but network policies";

  model::FrameReader reader([](model::Observation) { return Status(); });
  EXPECT_TRUE(reader.Feed(read.Lines()));
  EXPECT_TRUE(reader.Finish());
}

struct ImageIdCase {
  std::string_view name, image_id;
  bool linked;
};
#define HM_HEX "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
constexpr ImageIdCase kImageIdCases[] = {
    {"containerd", "registry.example/shop@sha256:" HM_HEX, true},
    {"tag_and_digest", "docker.io/kindest/kindnetd:v1@sha256:" HM_HEX, true},
    {"side_loaded", "docker.io/library/import-2023-03-30@sha256:" HM_HEX, true},
    {"bare", "sha256:" HM_HEX, true},
    {"bare_hex", HM_HEX, true},
    {"dockershim", "docker-pullable://127.0.0.1:5000/shop@sha256:" HM_HEX, true},
    {"dockershim_never_pulled", "docker://sha256:" HM_HEX, true},
    {"scheme_of_containerd", "containerd://sha256:" HM_HEX, true},
    {"scheme_of_crio", "cri-o://" HM_HEX, true},
    {"not_pulled", "", false},
    {"only_a_name", "registry.example/shop:1", false},
    {"short_digest", "sha256:abc", false},
};
class KubectlImageId : public testing::TestWithParam<ImageIdCase> {};
TEST_P(KubectlImageId, LinksToTheDigest) {
  const ImageIdCase& c = GetParam();
  const Reading read = Read(List({Namespaces(), PodOf("p", "Running", c.image_id)}));
  EXPECT_EQ(read.Ends(EdgeKind::kIsRunning),
            c.linked ? Ends{"uid-kube-system/uid-p/app>" + kDigest} : Ends{});
  const auto* container = read.Entity(EntityKind::kContainer, "uid-kube-system/uid-p/app");
  ASSERT_NE(container, nullptr);
  EXPECT_EQ(container->properties.Text(PropertyId::kContainerImageId), c.image_id);
  const bool noted = std::ranges::any_of(read.notes, [](const std::string& note) {
    return note.find("shop/p/app") != std::string::npos;
  });
  EXPECT_EQ(noted, !c.linked && !c.image_id.empty());
}
INSTANTIATE_TEST_SUITE_P(Cases, KubectlImageId, testing::ValuesIn(kImageIdCases),
                         [](const auto& test) { return std::string(test.param.name); });

struct RunsCase {
  std::string_view name, phase, list, state;
  bool runs;
};
constexpr RunsCase kRunsCases[] = {
    {"running", "Running", "c", R"({"running":{}})", true},
    {"state_not_said", "Running", "c", "{}", true},
    {"crash_loop", "Running", "c", R"({"waiting":{"reason":"CrashLoopBackOff"}})", true},
    {"terminated", "Running", "c", R"({"terminated":{"exitCode":0}})", false},
    {"pod_succeeded", "Succeeded", "c", R"({"terminated":{"exitCode":0}})", false},
    {"pod_failed", "Failed", "c", R"({"running":{}})", false},
    {"init_done", "Running", "initC", R"({"terminated":{"exitCode":0}})", true},
    {"init_of_pod_that_is_over", "Succeeded", "initC", R"({"terminated":{"exitCode":0}})", false},
    {"init_sidecar", "Running", "initC", R"({"running":{}})", true},
    {"ephemeral", "Running", "ephemeralC", R"({"running":{}})", true},
    {"ephemeral_done", "Running", "ephemeralC", R"({"terminated":{"exitCode":0}})", false},
};
class KubectlRuns : public testing::TestWithParam<RunsCase> {};
TEST_P(KubectlRuns, OnlyWhatRunsIsRunning) {
  const RunsCase& c = GetParam();
  const std::string spec =
      c.list == "c" ? "" : Cat({",\"", c.list, R"(ontainers":[{"name":"x","image":"i"}])"});
  const std::string main =
      c.list == "c" ? R"({"name":"x","image":"i"})" : R"({"name":"main","image":"m"})";
  const std::string pod =
      Pod("p", Cat({R"(,"spec":{"containers":[)", main, "]", spec, R"(},"status":{"phase":")",
                    c.phase, "\",\"", c.list, R"(ontainerStatuses":[{"name":"x","imageID":")",
                    kDigest, R"(","state":)", c.state, "}]}"}));
  const Reading read = Read(List({Namespaces(), pod}));
  EXPECT_EQ(read.Ends(EdgeKind::kIsRunning).size(), c.runs ? 1u : 0u);
  EXPECT_NE(read.Entity(EntityKind::kContainer, "uid-kube-system/uid-p/x"), nullptr);
}
INSTANTIATE_TEST_SUITE_P(Cases, KubectlRuns, testing::ValuesIn(kRunsCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Kubectl, OwnersAreFollowedByUidAndOnlyControllers) {
  const Reading read =
      Read(List({Namespaces(), Object("batch/v1", "CronJob", "shop", "nightly"),
                 Object("batch/v1", "Job", "shop", "nightly-1", "", Owner("CronJob", "nightly")),
                 Pod("a", kOneContainer, Owner("Job", "nightly-1")),
                 Pod("b", kOneContainer, Owner("Job", "nightly-1", "false")),
                 Pod("static", kOneContainer, Owner("Node", "node-1")),
                 Pod("c", kOneContainer, Owner("Rollout", "canary")),
                 Pod("d", kOneContainer, Owner("Rollout", "canary"))}));
  const std::string k = "uid-kube-system/uid-";
  EXPECT_EQ(read.Ends(EdgeKind::kMaintains),
            (Ends{k + "canary>" + k + "c", k + "canary>" + k + "d", k + "nightly-1>" + k + "a",
                  k + "nightly>" + k + "nightly-1"}));
  const auto* rollout = read.Entity(EntityKind::kWorkload, k + "canary");
  ASSERT_NE(rollout, nullptr) << "a controller that is not listed is known by its reference";
  EXPECT_EQ(rollout->properties.Text(PropertyId::kK8sKind), "Rollout");
  EXPECT_EQ(rollout->names, (std::vector<std::string>{"prod/shop/Rollout/canary"}));
}

TEST(Kubectl, SelectorsNeedEveryLabelAndTheNamespace) {
  const std::string other = Object("v1", "Pod", "default", "elsewhere", kOneContainer,
                                   R"(,"labels":{"app":"web","tier":"x"})");
  const Reading read = Read(List(
      {Namespaces(), other,
       Pod("both", kOneContainer, R"(,"labels":{"app":"web","tier":"x","z":"1"})"),
       Pod("one", kOneContainer, R"(,"labels":{"app":"web"})"), PodOf("none", "Running", ""),
       Pod("over", Cat({kOneContainer, R"(,"status":{"phase":"Succeeded"})"}),
           R"(,"labels":{"app":"web","tier":"x"})"),
       Object("v1", "Service", "shop", "svc", R"(,"spec":{"selector":{"tier":"x","app":"web"}})"),
       Object("v1", "Service", "shop", "by-hand", R"(,"spec":{})"),
       Object("v1", "Service", "shop", "out",
              R"(,"spec":{"type":"ExternalName","selector":{"app":"web"}})")}));
  EXPECT_EQ(read.Ends(EdgeKind::kRoutesTrafficTo),
            Ends{"uid-kube-system/uid-svc>uid-kube-system/uid-both"});
}

TEST(Kubectl, OldIngressesAndDefaultBackendsRouteToo) {
  const Reading read = Read(List(
      {Namespaces(), Object("v1", "Service", "shop", "s1"), Object("v1", "Service", "shop", "s2"),
       Object(
           "extensions/v1beta1", "Ingress", "shop", "old",
           R"(,"spec":{"backend":{"serviceName":"s1"},"rules":[{"http":{"paths":[{"backend":{"serviceName":"s2"}}]}}]})",
           R"(,"annotations":{"kubernetes.io/ingress.class":"gce"})")}));
  const std::string k = "uid-kube-system/uid-";
  EXPECT_EQ(read.Ends(EdgeKind::kRoutesTrafficTo),
            (Ends{k + "old>" + k + "s1", k + "old>" + k + "s2"}));
  EXPECT_EQ(
      read.Entity(EntityKind::kIngress, k + "old")->properties.Text(PropertyId::kIngressClass),
      "gce");
}

TEST(Kubectl, NoSecretIsKept) {
  const std::string pod = Pod(
      "p",
      R"(,"spec":{"containers":[{"name":"app","image":"i","command":["s3cret"],"args":["s3cret"],"env":[{"name":"K","value":"s3cret"}]}]})",
      R"(,"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"s3cret","other":"s3cret","meta.helm.sh/release-name":"shop"})");
  const Reading read = Read(
      List({Namespaces(), pod, Object("v1", "Secret", "shop", "s", R"(,"data":{"k":"s3cret"})"),
            Object("v1", "ConfigMap", "shop", "m", R"(,"data":{"k":"s3cret"})")}));
  const std::string lines = read.Lines();
  EXPECT_EQ(lines.find("s3cret"), std::string::npos);
  EXPECT_NE(lines.find("meta.helm.sh/release-name=shop"), std::string::npos);
  EXPECT_NE(std::ranges::find(read.notes, "1 of kind \"Secret\" passed over"), read.notes.end());
}

TEST(Kubectl, KindsOfOtherGroupsAreNotTakenForKubernetes) {
  const Reading read =
      Read(List({Namespaces(), Object("serving.knative.dev/v1", "Service", "shop", "kn"),
                 Object("apps.example/v1", "Deployment", "shop", "d")}));
  EXPECT_EQ(read.Lines().find("uid-kn"), std::string::npos);
  EXPECT_EQ(read.Lines().find("uid-d\""), std::string::npos);
}

TEST(Kubectl, WithoutIdsNamesAreKeysAndSaySo) {
  const Reading read =
      Read(List({PodOf("p", "Running", kDigest),
                 Pod("q", R"(,"spec":{"nodeName":"n1","containers":[{"name":"app"}]})")},
                "PodList"));
  const auto* cluster = read.Entity(EntityKind::kCluster, "prod");
  ASSERT_NE(cluster, nullptr);
  EXPECT_NE(cluster->properties.Find(PropertyId::kUnresolved), nullptr);
  EXPECT_TRUE(cluster->names.empty());
  const auto* space = read.Entity(EntityKind::kNamespace, "prod/shop");
  ASSERT_NE(space, nullptr);
  EXPECT_NE(space->properties.Find(PropertyId::kUnresolved), nullptr);
  EXPECT_EQ(space->properties.Text(PropertyId::kEnvironment), "production");
  ASSERT_NE(read.Entity(EntityKind::kNode, "prod/n1"), nullptr);
  EXPECT_NE(read.Entity(EntityKind::kPod, "prod/uid-p"), nullptr);
  ASSERT_EQ(read.frames.size(), 2u);
  EXPECT_EQ(read.frames[1].header.extent, "cluster:prod/pods");
  EXPECT_FALSE(read.frames[0].header.complete);
  EXPECT_FALSE(read.frames[1].header.complete);
}

}  // namespace
}  // namespace hullmark::reports
