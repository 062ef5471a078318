// SPDX-License-Identifier: Apache-2.0
#include "sources/reports/kube_item.h"

#include <algorithm>

#include "base/text.h"

namespace hullmark::reports {
namespace {

using bulk::BulkValue;

constexpr KubeKindInfo kKinds[] = {
    {KubeKind::kNamespace, "Namespace", "namespaces", "", "", false, false},
    {KubeKind::kNode, "Node", "nodes", "", "", false, false},
    {KubeKind::kPod, "Pod", "pods", "", "", true, false},
    {KubeKind::kDeployment, "Deployment", "deployments", "apps", "extensions", true, true},
    {KubeKind::kReplicaSet, "ReplicaSet", "replicasets", "apps", "extensions", true, true},
    {KubeKind::kStatefulSet, "StatefulSet", "statefulsets", "apps", "", true, true},
    {KubeKind::kDaemonSet, "DaemonSet", "daemonsets", "apps", "extensions", true, true},
    {KubeKind::kJob, "Job", "jobs", "batch", "", true, true},
    {KubeKind::kCronJob, "CronJob", "cronjobs", "batch", "", true, true},
    {KubeKind::kService, "Service", "services", "", "", true, false},
    {KubeKind::kIngress, "Ingress", "ingresses", "networking.k8s.io", "extensions", true, false},
    {KubeKind::kNetworkPolicy, "NetworkPolicy", "networkpolicies", "networking.k8s.io",
     "extensions", true, false},
};
static_assert(std::size(kKinds) == kKubeKindCount);

// Null counts as absent: Go writes it for empty lists and unset times.
BulkValue Member(BulkValue parent, std::string_view key) {
  const BulkValue value = parent[key];
  return value.IsNull() ? BulkValue() : value;
}

std::string PathOf(BulkValue parent, std::string_view key) {
  return Cat({parent.Path(), ".", key});
}

std::unexpected<Error> WrongType(BulkValue value, std::string_view want) {
  return RefuseAt(
      value.Path(),
      Cat({"not ", want, "; give the cluster's own answer, as `kubectl get -o json` prints it"}));
}

// Parts of keys and aliases, which are joined by `/`.
Status CheckName(BulkValue metadata, std::string_view key, std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    return RefuseAt(PathOf(metadata, key), Cat({Quote(name),
                                                " has a `/`, which no cluster allows; "
                                                "give the cluster's own answer"}));
  }
  return {};
}

}  // namespace

std::span<const KubeKindInfo> KubeKinds() { return kKinds; }

const KubeKindInfo* FindKubeKind(std::string_view api_version, std::string_view kind) {
  const auto* info = std::ranges::find(kKinds, kind, &KubeKindInfo::name);
  if (info == std::end(kKinds)) return nullptr;
  const std::size_t slash = api_version.find('/');
  const std::string_view group =
      slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  const bool old = !info->old_group.empty() && group == info->old_group;
  return group == info->group || old ? info : nullptr;
}

std::string ItemLabel(std::size_t document, std::size_t index, std::string_view kind,
                      std::string_view space, std::string_view name) {
  std::string out;
  if (document > 0) out = Cat({"document ", std::to_string(document), ", "});
  out += Cat({"item ", std::to_string(index)});
  if (kind.empty() && name.empty()) return out;
  out += Cat({" (", kind.empty() ? "?" : kind, " "});
  if (!space.empty()) out += Cat({space, "/"});
  return Cat({out, name.empty() ? "?" : name, ")"});
}

std::string KubeItem::Label() const {
  return ItemLabel(document, index, InfoOf(kind).name, space, name);
}

Result<KubeItem> ReadIdentity(BulkValue value, const KubeKindInfo& kind) {
  constexpr std::string_view kMend = "give the cluster's own answer, not a manifest";
  KubeItem item;
  item.value = value;
  item.kind = kind.kind;
  const BulkValue metadata = HM_TRY(ObjectIn(value, "metadata"));
  if (metadata.missing()) return RefuseAt(PathOf(value, "metadata"), Cat({"missing; ", kMend}));
  item.name = HM_TRY(NeedTextIn(metadata, "name", kMend));
  item.uid = HM_TRY(NeedTextIn(metadata, "uid", kMend));
  if (kind.namespaced) item.space = HM_TRY(NeedTextIn(metadata, "namespace", kMend));
  HM_TRY(CheckName(metadata, "name", item.name));
  HM_TRY(CheckName(metadata, "uid", item.uid));
  HM_TRY(CheckName(metadata, "namespace", item.space));
  return item;
}

Result<BulkValue> ObjectIn(BulkValue parent, std::string_view key) {
  const BulkValue value = Member(parent, key);
  if (!value.missing() && !value.IsObject()) return WrongType(value, "an object");
  return value;
}

Result<BulkValue> ArrayIn(BulkValue parent, std::string_view key) {
  const BulkValue value = Member(parent, key);
  if (!value.missing() && !value.IsArray()) return WrongType(value, "a list");
  return value;
}

Result<std::string_view> TextIn(BulkValue parent, std::string_view key) {
  const BulkValue value = Member(parent, key);
  if (!value.missing() && !value.IsString()) return WrongType(value, "a string");
  return value.Text();
}

Result<std::string_view> NeedTextIn(BulkValue parent, std::string_view key, std::string_view mend) {
  const std::string_view text = HM_TRY(TextIn(parent, key));
  if (text.empty()) {
    return RefuseAt(PathOf(parent, key),
                    Cat({parent[key].missing() ? "missing; " : "empty; ", mend}));
  }
  return text;
}

Result<std::optional<std::int64_t>> IntIn(BulkValue parent, std::string_view key) {
  const BulkValue value = Member(parent, key);
  if (!value.missing() && !value.IsInt()) return WrongType(value, "an integer");
  return value.Int();
}

Result<bool> FlagIn(BulkValue parent, std::string_view key) {
  const BulkValue value = Member(parent, key);
  if (!value.missing() && !value.IsBool()) return WrongType(value, "true or false");
  return value.Bool().value_or(false);
}

Result<std::vector<std::string>> PairsIn(BulkValue parent, std::string_view key) {
  const BulkValue object = HM_TRY(ObjectIn(parent, key));
  std::vector<std::string> pairs;
  pairs.reserve(object.size());
  const auto read_one = [&](std::string_view name, BulkValue value) -> Status {
    if (!value.IsString()) return WrongType(value, "a string");
    pairs.push_back(Cat({name, "=", value.Text()}));
    return {};
  };
  HM_TRY(object.TryEachMember(read_one));
  std::ranges::sort(pairs);
  return pairs;
}

Status CheckObject(BulkValue item) {
  if (!item.IsObject()) return WrongType(item, "an object");
  return {};
}

std::unexpected<Error> RefuseAt(std::string_view path, std::string_view what) {
  return Fail(Errc::kInputRefused, Cat({path, ": ", what}));
}

}  // namespace hullmark::reports
