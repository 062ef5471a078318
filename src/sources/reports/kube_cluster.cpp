// SPDX-License-Identifier: Apache-2.0
#include "sources/reports/kube_cluster.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace hullmark::reports {
namespace {

using bulk::BulkValue;
using model::EdgeKind;
using model::EntityKind;
using model::PropertyId;

// kubectl.kubernetes.io/last-applied-configuration is the whole manifest, environment and all.
constexpr std::string_view kKeptAnnotations[] = {
    "alb.ingress.kubernetes.io/scheme",
    "appgw.ingress.kubernetes.io/use-private-ip",
    "argocd.argoproj.io/tracking-id",
    "cloud.google.com/load-balancer-type",
    "kubernetes.io/config.mirror",
    "kubernetes.io/ingress.class",
    "meta.helm.sh/release-name",
    "meta.helm.sh/release-namespace",
    "networking.gke.io/load-balancer-type",
    "service.beta.kubernetes.io/aws-load-balancer-internal",
    "service.beta.kubernetes.io/aws-load-balancer-scheme",
    "service.beta.kubernetes.io/aws-load-balancer-type",
    "service.beta.kubernetes.io/azure-load-balancer-internal",
};

}  // namespace

KubeCluster::KubeCluster(const KubectlOptions& options, std::string_view uid,
                         const std::vector<KubeItem>& items)
    : options_(options), key_(uid.empty() ? options.cluster : uid), resolved_(!uid.empty()) {
  own_.header = {options.source,      model::SourceKind::kKubernetes,
                 "cluster:" + key_,   options.sequence,
                 options.observed_at, false};
  for (const KubeKindInfo& info : KubeKinds()) {
    frame(info.kind).header = own_.header;
    frame(info.kind).header.extent += Cat({"/", info.plural});
  }
  for (const KubeItem& item : items) {
    if (item.kind == KubeKind::kNamespace) namespaces_.emplace(item.name, item.uid);
    if (item.kind == KubeKind::kNode) nodes_.emplace(item.name, item.uid);
    if (item.kind == KubeKind::kService)
      services_.emplace(Cat({item.space, "/", item.name}), item.uid);
    if (InfoOf(item.kind).workload) workloads_.insert(item.uid);
  }
}

Status KubeCluster::StateCluster() {
  model::EntityRecord record{EntityKind::kCluster, key_, {}, {}};
  if (options_.cluster != key_) record.names.push_back(options_.cluster);
  record.properties.SetText(PropertyId::kName, options_.cluster);
  record.properties.SetText(PropertyId::kEnvironment, options_.environment);
  if (!resolved_) record.properties.Set(PropertyId::kUnresolved, true);
  return Put(own_, std::move(record));
}

std::string KubeCluster::KeyOf(std::string_view uid) const { return Cat({key_, "/", uid}); }

std::string KubeCluster::AliasOf(std::initializer_list<std::string_view> parts) const {
  std::string out = options_.cluster;
  for (const std::string_view part : parts) {
    out += '/';
    out += part;
  }
  return out;
}

Result<model::EntityRef> KubeCluster::NamespaceNamed(std::string_view name) {
  const auto at = namespaces_.find(name);
  if (at == namespaces_.end()) return Unresolved(EntityKind::kNamespace, name);
  return model::EntityRef{EntityKind::kNamespace, KeyOf(at->second)};
}

Result<model::EntityRef> KubeCluster::NodeNamed(std::string_view name) {
  const auto at = nodes_.find(name);
  if (at == nodes_.end()) return Unresolved(EntityKind::kNode, name);
  return model::EntityRef{EntityKind::kNode, KeyOf(at->second)};
}

Result<model::EntityRef> KubeCluster::Unresolved(EntityKind kind, std::string_view name) {
  const auto [at, is_new] = unresolved_.try_emplace({kind, name}, kind, AliasOf({name}));
  if (is_new) {
    model::EntityRecord record{kind, at->second.key, {}, {}};
    record.properties.SetText(PropertyId::kName, name);
    record.properties.Set(PropertyId::kUnresolved, true);
    if (kind == EntityKind::kNamespace) {
      record.properties.SetText(PropertyId::kEnvironment, options_.environment);
    }
    HM_TRY(Put(own_, std::move(record)));
    HM_TRY(Put(own_, model::EdgeRecord{EdgeKind::kContains, cluster(), at->second, "", {}}));
  }
  return at->second;
}

std::string_view KubeCluster::ServiceUid(std::string_view space, std::string_view name) const {
  const auto at = services_.find(Cat({space, "/", name}));
  return at == services_.end() ? std::string_view() : at->second;
}

Status KubeCluster::State(const KubeItem& item, EntityKind kind, std::vector<std::string> names,
                          model::PropertyMap properties) {
  const BulkValue metadata = item.value["metadata"];
  properties.SetText(PropertyId::kName, item.name);
  properties.SetText(PropertyId::kK8sUid, item.uid);
  std::vector<std::string> labels = HM_TRY(PairsIn(metadata, "labels"));
  if (!labels.empty()) properties.Set(PropertyId::kK8sLabels, std::move(labels));
  std::vector<std::string> annotations = HM_TRY(KeptAnnotations(metadata));
  if (!annotations.empty()) properties.Set(PropertyId::kK8sAnnotations, std::move(annotations));
  std::string key = KeyOf(item.uid);
  model::EntityRef parent = cluster();
  if (InfoOf(item.kind).namespaced) parent = HM_TRY(NamespaceNamed(item.space));
  HM_TRY(Connect(item.kind, EdgeKind::kContains, std::move(parent), {kind, key}));
  return Add(item.kind,
             model::EntityRecord{kind, std::move(key), std::move(names), std::move(properties)});
}

Status KubeCluster::StateController(const KubeItem& item, const model::EntityRef& to) {
  const BulkValue owners = HM_TRY(ArrayIn(item.value["metadata"], "ownerReferences"));
  return owners.TryEachItem([&](BulkValue owner) -> Status {
    HM_TRY(CheckObject(owner));
    const bool controls = HM_TRY(FlagIn(owner, "controller"));
    if (!controls) return {};
    constexpr std::string_view kMend = "give the cluster's own answer";
    const std::string_view uid = HM_TRY(NeedTextIn(owner, "uid", kMend));
    const std::string_view kind = HM_TRY(NeedTextIn(owner, "kind", kMend));
    const std::string_view name = HM_TRY(NeedTextIn(owner, "name", kMend));
    if (kind == "Node" || kind == "Pod") return {};  // a static pod is its node's, not a workload's
    const model::EntityRef workload{EntityKind::kWorkload, KeyOf(uid)};
    if (workloads_.insert(uid).second) {
      model::EntityRecord record{
          workload.kind, workload.key, {AliasOf({item.space, kind, name})}, {}};
      record.properties.SetText(PropertyId::kName, name);
      record.properties.SetText(PropertyId::kK8sKind, kind);
      record.properties.SetText(PropertyId::kK8sUid, uid);
      HM_TRY(Add(item.kind, std::move(record)));
      model::EntityRef space = HM_TRY(NamespaceNamed(item.space));
      HM_TRY(Connect(item.kind, EdgeKind::kContains, std::move(space), workload));
    }
    return Connect(item.kind, EdgeKind::kMaintains, workload, to);
  });
}

Status KubeCluster::Add(KubeKind kind, model::Record record) {
  return Put(frame(kind), std::move(record));
}

Status KubeCluster::Connect(KubeKind kind, EdgeKind edge, model::EntityRef from,
                            model::EntityRef to) {
  return Add(kind, model::EdgeRecord{edge, std::move(from), std::move(to), "", {}});
}

Status KubeCluster::Put(model::Observation& frame, model::Record record) {
  if (++records_ > options_.limits.max_records) {
    return Fail(Errc::kResourceExhausted,
                Cat({"more than ", std::to_string(options_.limits.max_records),
                     " records in one import; import fewer namespaces at a time"}));
  }
  if (Status status = model::CheckRecord(record, model::SourceKind::kKubernetes); !status) {
    return Fail(std::move(status).error(), "as an observation");
  }
  frame.records.push_back(std::move(record));
  return {};
}

Result<std::vector<std::string>> KeptAnnotations(BulkValue metadata) {
  const BulkValue annotations = HM_TRY(ObjectIn(metadata, "annotations"));
  std::vector<std::string> kept;
  if (annotations.size() == 0) return kept;
  for (const std::string_view key : kKeptAnnotations) {
    const std::string_view value = HM_TRY(TextIn(annotations, key));
    if (!value.empty()) kept.push_back(Cat({key, "=", value}));
  }
  return kept;
}

Status ReadNamespace(KubeCluster& cluster, const KubeItem& item) {
  model::PropertyMap properties;
  properties.SetText(PropertyId::kEnvironment, cluster.options().environment);
  return cluster.State(item, EntityKind::kNamespace, {cluster.AliasOf({item.name})},
                       std::move(properties));
}

Status ReadNode(KubeCluster& cluster, const KubeItem& item) {
  const BulkValue status = HM_TRY(ObjectIn(item.value, "status"));
  const BulkValue info = HM_TRY(ObjectIn(status, "nodeInfo"));
  const std::string_view architecture = HM_TRY(TextIn(info, "architecture"));
  const std::string_view os = HM_TRY(TextIn(info, "operatingSystem"));
  model::PropertyMap properties;
  properties.SetText(PropertyId::kNodeArchitecture, architecture);
  properties.SetText(PropertyId::kNodeOs, os);
  return cluster.State(item, EntityKind::kNode, {cluster.AliasOf({item.name})},
                       std::move(properties));
}

Status ReadWorkload(KubeCluster& cluster, const KubeItem& item) {
  const std::string_view kind = InfoOf(item.kind).name;
  model::PropertyMap properties;
  properties.SetText(PropertyId::kK8sKind, kind);
  HM_TRY(cluster.State(item, EntityKind::kWorkload,
                       {cluster.AliasOf({item.space, kind, item.name})}, std::move(properties)));
  return cluster.StateController(item, {EntityKind::kWorkload, cluster.KeyOf(item.uid)});
}

}  // namespace hullmark::reports
