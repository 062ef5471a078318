// SPDX-License-Identifier: Apache-2.0
#include "sources/reports/kube_pods.h"

#include <utility>
#include <vector>

#include "base/codec/image_reference.h"
#include "base/text.h"

namespace hullmark::reports {
namespace {

using bulk::BulkValue;
using model::EdgeKind;
using model::EntityKind;
using model::PropertyId;

struct ContainerList {
  std::string_view kind;
  std::string_view spec;    // member of the pod's spec
  std::string_view status;  // member of the pod's status
};
constexpr ContainerList kLists[] = {
    {"init", "initContainers", "initContainerStatuses"},
    {"container", "containers", "containerStatuses"},
    {"ephemeral", "ephemeralContainers", "ephemeralContainerStatuses"},
};

constexpr std::string_view kMend = "give the cluster's own answer";

// One container: what was asked for and what became of it, joined by name (their order differs).
struct Joined {
  std::string_view name;
  BulkValue spec;
  BulkValue status;
};

struct Pod {
  const KubeItem& item;
  model::EntityRef ref;
  std::string_view phase;
  BulkValue security;  // the pod's own securityContext
};

Status JoinStatuses(BulkValue status, const ContainerList& list, std::vector<Joined>& containers) {
  const BulkValue statuses = HM_TRY(ArrayIn(status, list.status));
  return statuses.TryEachItem([&](BulkValue one) -> Status {
    HM_TRY(CheckObject(one));
    const std::string_view name = HM_TRY(NeedTextIn(one, "name", kMend));
    for (Joined& container : containers) {
      if (container.name != name) continue;
      if (!container.status.missing()) {
        return RefuseAt(one.Path() + ".name",
                        Cat({"two statuses of the container ", Quote(name), "; ", kMend}));
      }
      container.status = one;
      return {};
    }
    containers.push_back({name, {}, one});  // old clusters show ephemeral ones by status alone
    return {};
  });
}

Result<std::vector<Joined>> JoinContainers(BulkValue spec, BulkValue status,
                                           const ContainerList& list, std::size_t limit) {
  const BulkValue specs = HM_TRY(ArrayIn(spec, list.spec));
  const BulkValue statuses = HM_TRY(ArrayIn(status, list.status));
  if (specs.size() > limit || statuses.size() > limit) {
    return Fail(Errc::kResourceExhausted, Cat({spec.Path(), ".", list.spec, ": more than ",
                                               std::to_string(limit), " containers in one pod"}));
  }
  std::vector<Joined> out;
  const auto read_one = [&](BulkValue one) -> Status {
    HM_TRY(CheckObject(one));
    const std::string_view name = HM_TRY(NeedTextIn(one, "name", kMend));
    for (const Joined& other : out) {
      if (other.name == name) {
        return RefuseAt(one.Path() + ".name",
                        Cat({"two containers are named ", Quote(name), "; ", kMend}));
      }
    }
    out.push_back({name, one, {}});
    return {};
  };
  HM_TRY(specs.TryEachItem(read_one));
  HM_TRY(JoinStatuses(status, list, out));
  return out;
}

// "running", "waiting", "terminated", or empty when the kubelet has not said.
Result<std::string_view> StateOf(BulkValue status) {
  const BulkValue state = HM_TRY(ObjectIn(status, "state"));
  constexpr std::string_view kStates[] = {"running", "waiting", "terminated"};
  for (const std::string_view name : kStates) {
    const BulkValue detail = HM_TRY(ObjectIn(state, name));
    if (!detail.missing()) return name;
  }
  return std::string_view();
}

// An init container that is done has run in a pod that lives, and runs again when the pod restarts;
// one that waits between crashes has run, too.  Any other that terminated, and all of a pod that is
// over, do not run.
bool Runs(const Pod& pod, std::string_view kind, std::string_view state) {
  return !IsOver(pod.phase) && (state != "terminated" || kind == "init");
}

Status SetSecurity(const Pod& pod, BulkValue spec, model::PropertyMap& properties) {
  const BulkValue security = HM_TRY(ObjectIn(spec, "securityContext"));
  const bool privileged = HM_TRY(FlagIn(security, "privileged"));
  if (privileged) properties.Set(PropertyId::kContainerPrivileged, true);
  auto user = HM_TRY(IntIn(security, "runAsUser"));
  if (!user) user = HM_TRY(IntIn(pod.security, "runAsUser"));
  if (user) properties.Set(PropertyId::kRunAsUser, *user);
  return {};
}

Status ReadContainer(KubeCluster& cluster, const Pod& pod, std::string_view kind,
                     const Joined& joined, PodCounts& counts) {
  std::string_view image = HM_TRY(TextIn(joined.spec, "image"));
  if (joined.spec.missing()) image = HM_TRY(TextIn(joined.status, "image"));
  const std::string_view image_id = HM_TRY(TextIn(joined.status, "imageID"));
  const std::string_view state = HM_TRY(StateOf(joined.status));
  const model::EntityRef ref{EntityKind::kContainer, Cat({pod.ref.key, "/", joined.name})};
  model::EntityRecord record{ref.kind, ref.key, {}, {}};
  record.properties.SetText(PropertyId::kName, joined.name);
  record.properties.SetText(PropertyId::kContainerImage, image);
  record.properties.SetText(PropertyId::kContainerImageId, image_id);
  record.properties.SetText(PropertyId::kContainerKind, kind);
  record.properties.SetText(PropertyId::kContainerState, state);
  HM_TRY(SetSecurity(pod, joined.spec, record.properties));
  HM_TRY(cluster.Add(KubeKind::kPod, std::move(record)));
  HM_TRY(cluster.Connect(KubeKind::kPod, EdgeKind::kContains, pod.ref, ref));

  const auto id = codec::ParseRuntimeImageId(image_id);
  if (!id || (!image_id.empty() && !id->digest)) {
    if (counts.unreadable_image_ids++ == 0) {
      counts.first_unreadable =
          Cat({pod.item.space, "/", pod.item.name, "/", joined.name, " ", Quote(image_id)});
    }
    return {};
  }
  if (!id->digest || !Runs(pod, kind, state)) return {};
  return cluster.Connect(KubeKind::kPod, EdgeKind::kIsRunning, ref,
                         {EntityKind::kDigest, id->digest->ToString()});
}

}  // namespace

bool IsOver(std::string_view phase) { return phase == "Succeeded" || phase == "Failed"; }

Status ReadPod(KubeCluster& cluster, const KubeItem& item, PodCounts& counts) {
  const BulkValue spec = HM_TRY(ObjectIn(item.value, "spec"));
  const BulkValue status = HM_TRY(ObjectIn(item.value, "status"));
  const BulkValue containers = HM_TRY(ArrayIn(spec, "containers"));
  if (containers.size() == 0) {
    return RefuseAt(
        item.value.Path() + ".spec.containers",
        "missing or empty; a pod has one at least: ask for `-o json`, not for metadata only");
  }
  Pod pod{item, {EntityKind::kPod, cluster.KeyOf(item.uid)}, {}, {}};
  pod.phase = HM_TRY(TextIn(status, "phase"));
  pod.security = HM_TRY(ObjectIn(spec, "securityContext"));
  const std::string_view node_name = HM_TRY(TextIn(spec, "nodeName"));
  const bool host_network = HM_TRY(FlagIn(spec, "hostNetwork"));

  model::PropertyMap properties;
  properties.SetText(PropertyId::kK8sPhase, pod.phase);
  if (host_network) properties.Set(PropertyId::kK8sHostNetwork, true);
  HM_TRY(cluster.State(item, EntityKind::kPod, {cluster.AliasOf({item.space, item.name})},
                       std::move(properties)));
  HM_TRY(cluster.StateController(item, pod.ref));
  if (!node_name.empty()) {
    model::EntityRef node = HM_TRY(cluster.NodeNamed(node_name));
    HM_TRY(cluster.Connect(KubeKind::kPod, EdgeKind::kRunsOn, pod.ref, std::move(node)));
  }
  for (const ContainerList& list : kLists) {
    const auto joined =
        HM_TRY(JoinContainers(spec, status, list, cluster.options().limits.max_containers));
    for (const Joined& one : joined) HM_TRY(ReadContainer(cluster, pod, list.kind, one, counts));
  }
  return {};
}

}  // namespace hullmark::reports
