// SPDX-License-Identifier: Apache-2.0
//
// When an import may close what it no longer shows: a part must never delete anything.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/scratch_dir.h"
#include "sources/reports/kube_fixture_test.h"
#include "sources/reports/kube_lists.h"

namespace hullmark::reports {
namespace {

using fixture::kDigest;
using fixture::List;
using fixture::Namespaces;
using fixture::Object;
using fixture::Options;
using fixture::PodOf;
using fixture::Read;
using fixture::Reading;
using model::EdgeKind;
using model::EntityKind;

std::string SystemPod() {
  return Object("v1", "Pod", "kube-system", "dns",
                R"(,"spec":{"containers":[{"name":"dns","image":"dns:1"}]})");
}

constexpr std::string_view kPods = "cluster:uid-kube-system/pods";

TEST(KubectlComplete, NamespacesAndPodsOfMoreThanOneNamespace) {
  const Reading read = Read(List({Namespaces(), SystemPod(), PodOf("p", "Running", "")}));
  EXPECT_TRUE(read.Complete("cluster:uid-kube-system"));
  EXPECT_TRUE(read.Complete("cluster:uid-kube-system/namespaces"));
  EXPECT_TRUE(read.Complete(kPods));
  EXPECT_EQ(read.Frame("cluster:uid-kube-system/ingresses"), nullptr)
      << "not asked for: nothing is said of them";
  EXPECT_TRUE(read.notes.empty());
}

TEST(KubectlComplete, OneNamespaceIsAPart) {
  const Reading read = Read(List({Namespaces(), PodOf("p", "Running", "")}));
  EXPECT_TRUE(read.Complete("cluster:uid-kube-system/namespaces"));
  EXPECT_FALSE(read.Complete(kPods));
  EXPECT_EQ(read.notes, (std::vector<std::string>{
                            "pods: taken as a part, nothing is closed: all objects are of one "
                            "namespace, as without `-A`"}));
}

TEST(KubectlComplete, APartOfAKnownClusterIsSaidUnderItsKey) {
  KubectlOptions options = Options();
  options.known_key = "uid-kube-system";
  const Reading read = Read(List({PodOf("p", "Running", kDigest)}), options);
  EXPECT_FALSE(read.Complete(kPods));
  EXPECT_NE(read.Entity(EntityKind::kPod, "uid-kube-system/uid-p"), nullptr);
  const auto* cluster = read.Entity(EntityKind::kCluster, "uid-kube-system");
  ASSERT_NE(cluster, nullptr);
  EXPECT_EQ(cluster->properties.Find(model::PropertyId::kUnresolved), nullptr);
}

TEST(KubectlComplete, WhatStoodUnderTheNameIsClosedByTheWholeOnly) {
  KubectlOptions options = Options();
  options.known_key = "prod";
  options.known_by_name = true;
  const Reading part = Read(List({PodOf("p", "Running", kDigest)}), options);
  EXPECT_EQ(part.frames.size(), 2u) << "the cluster and its pods";
  EXPECT_FALSE(part.Complete("cluster:prod/pods"));
  const Reading whole =
      Read(List({Namespaces(), SystemPod(), PodOf("p", "Running", kDigest)}), options);
  EXPECT_TRUE(whole.Complete("cluster:prod"));
  EXPECT_TRUE(whole.Complete("cluster:prod/pods"));
  EXPECT_TRUE(whole.Frame("cluster:prod/pods")->records.empty());
  EXPECT_EQ(whole.Frame("cluster:prod/pods")->header.sequence, options.sequence);
  const Reading one_space = Read(List({Namespaces(), PodOf("p", "Running", kDigest)}), options);
  EXPECT_EQ(one_space.Frame("cluster:prod/pods"), nullptr);
}

TEST(KubectlComplete, OneObjectOutsideAListIsAPart) {
  const Reading read = Read(List({Namespaces(), SystemPod()}) + PodOf("p", "Running", kDigest));
  EXPECT_FALSE(read.Complete(kPods));
  EXPECT_EQ(read.Ends(EdgeKind::kIsRunning).size(), 1u);
}

TEST(KubectlComplete, NoSystemNamespaceIsAPart) {
  const Reading read =
      Read(List({Object("v1", "Namespace", "", "shop"), SystemPod(), PodOf("p", "Running", "")}));
  for (const auto& frame : read.frames) EXPECT_FALSE(frame.header.complete) << frame.header.extent;
}

TEST(KubectlComplete, AnEmptyListOfAKindSaysThereIsNone) {
  const Reading read = Read(List({Namespaces(), SystemPod(), PodOf("p", "Running", "")}) + "\n" +
                            List({}, "IngressList", "networking.k8s.io/v1"));
  EXPECT_TRUE(read.Complete("cluster:uid-kube-system/ingresses"));
  EXPECT_EQ(read.Frame("cluster:uid-kube-system/jobs"), nullptr);
}

TEST(KubectlComplete, PagesFollowOneAnother) {
  const std::string namespaces = List({Namespaces()}, "NamespaceList");
  const auto page = [](std::string_view pods, std::string_view metadata) {
    return List({pods}, "PodList", "v1", metadata);
  };
  const std::string first = page(SystemPod(), R"({"continue":"x","remainingItemCount":2})");
  const std::string second =
      page(PodOf("p", "Running", ""), R"({"continue":"y","remainingItemCount":1})");
  const std::string last = page(PodOf("q", "Running", ""), "{}");
  EXPECT_TRUE(Read(namespaces + first + second + last).Complete(kPods));
  EXPECT_FALSE(Read(namespaces + first + second).Complete(kPods));
  EXPECT_FALSE(Read(namespaces + first + last).Complete(kPods));
  EXPECT_FALSE(Read(namespaces + second + last + first).Complete(kPods));
  EXPECT_FALSE(Read(List({Namespaces(), SystemPod(), PodOf("p", "Running", "")}, "List", "v1",
                         R"({"continue":"x"})"))
                   .Complete(kPods));
}

TEST(KubectlComplete, WhatIsThereTwiceIsTakenOnce) {
  const std::string list = List({Namespaces(), SystemPod(), PodOf("p", "Running", kDigest)});
  const Reading read = Read(list + list);
  EXPECT_EQ(read.Ends(EdgeKind::kIsRunning).size(), 1u);
  EXPECT_EQ(read.notes, (std::vector<std::string>{"5 objects were there twice and taken once"}));
}

TEST(KubeLists, DocumentsEndWhereTheirBracketCloses) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"{}{}", 2},
      {R"({"a":"}"} x)", 9},
      {R"({"a":"\"}"}{})", 11},
      {R"({"a":"\\"}{})", 10},
      {"{", 1},
      {"{\"a", 3},
      {"{[}]{}", 4},
  };
  for (const auto& [text, end] : cases) EXPECT_EQ(EndOfDocument(text), end) << text;
}

// What a real kube-apiserver answered.
class KubectlRecorded : public testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("HULLMARK_TESTDATA");
    const std::string archive =
        Cat({data == nullptr ? "" : data, "/kubernetes-1.20-recorded.tar.xz"});
    if (data == nullptr || !std::filesystem::exists(archive)) {
      GTEST_SKIP() << "HULLMARK_TESTDATA with kubernetes-1.20-recorded.tar.xz is not here";
    }
    ASSERT_EQ(std::system(Cat({"tar -C '", scratch_.path(), "' -xJf '", archive, "'"}).c_str()), 0);
  }
  std::string File(std::string_view name) const {
    std::ifstream in(scratch_.Of(Cat({"apiserver-dump/", name, ".json"})));
    EXPECT_TRUE(in) << name;
    return {std::istreambuf_iterator<char>(in), {}};
  }
  ScratchDir scratch_;
};

TEST_F(KubectlRecorded, AStreamOfAllListsIsAWholeCluster) {
  std::string stream;
  for (const auto* name :
       {"core-pods", "core-namespaces", "core-nodes", "apps-deployments", "apps-replicasets",
        "apps-statefulsets", "apps-daemonsets", "batch-jobs", "core-services"}) {
    stream += File(name);
  }
  const Reading read = Read(stream);
  EXPECT_EQ(read.notes, std::vector<std::string>());
  const std::string key = "4ebc7c08-8ca3-46c8-a36d-c04223e59466";
  ASSERT_NE(read.Entity(EntityKind::kCluster, key), nullptr);
  std::size_t pods = 0;
  std::size_t workloads = 0;
  for (const auto& frame : read.frames) {
    EXPECT_TRUE(frame.header.complete) << frame.header.extent;
    for (const auto& record : frame.records) {
      const auto* entity = std::get_if<model::EntityRecord>(&record);
      pods += entity != nullptr && entity->kind == EntityKind::kPod ? 1 : 0;
      workloads += entity != nullptr && entity->kind == EntityKind::kWorkload ? 1 : 0;
    }
  }
  EXPECT_EQ(pods, 50u);
  EXPECT_EQ(workloads, 17u + 17u + 1u + 4u);
  EXPECT_EQ(read.Edges(EdgeKind::kMaintains).size(), 17u + 17u + 4u) << "pods and replica sets";
  EXPECT_EQ(read.Edges(EdgeKind::kRoutesTrafficTo).size(), 19u);
  EXPECT_EQ(read.Lines().find("last-applied-configuration"), std::string::npos);
}

TEST_F(KubectlRecorded, APagedListIsAPart) {
  const Reading read = Read(File("core-namespaces") + File("pods-page1") + File("pods-page2"));
  EXPECT_FALSE(read.Complete("cluster:4ebc7c08-8ca3-46c8-a36d-c04223e59466/pods"));
  EXPECT_EQ(read.notes, (std::vector<std::string>{
                            "pods: taken as a part, nothing is closed: its last page is missing"}));
}

}  // namespace
}  // namespace hullmark::reports
