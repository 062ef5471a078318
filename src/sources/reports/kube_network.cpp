// SPDX-License-Identifier: Apache-2.0
#include "sources/reports/kube_network.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "sources/reports/kube_pods.h"

namespace hullmark::reports {
namespace {

using bulk::BulkValue;
using model::EdgeKind;
using model::EntityKind;
using model::PropertyId;

std::string IndexKey(std::string_view space, std::string_view label) {
  return Cat({space, "\n", label});
}

// Addresses that a load balancer gave, by ip or host name.
Status CollectAddresses(const KubeItem& item, std::vector<std::string>& out) {
  const BulkValue status = HM_TRY(ObjectIn(item.value, "status"));
  const BulkValue balancer = HM_TRY(ObjectIn(status, "loadBalancer"));
  const BulkValue ingress = HM_TRY(ArrayIn(balancer, "ingress"));
  return ingress.TryEachItem([&](BulkValue one) -> Status {
    HM_TRY(CheckObject(one));
    const std::string_view ip = HM_TRY(TextIn(one, "ip"));
    const std::string_view host = HM_TRY(TextIn(one, "hostname"));
    if (!ip.empty()) out.emplace_back(ip);
    if (!host.empty()) out.emplace_back(host);
    return {};
  });
}

// name/protocol/port/targetPort
Result<std::vector<std::string>> PortsOf(BulkValue spec) {
  const BulkValue ports = HM_TRY(ArrayIn(spec, "ports"));
  std::vector<std::string> out;
  const auto read_one = [&](BulkValue one) -> Status {
    HM_TRY(CheckObject(one));
    const std::string_view name = HM_TRY(TextIn(one, "name"));
    const std::string_view protocol = HM_TRY(TextIn(one, "protocol"));
    const auto port = HM_TRY(IntIn(one, "port"));
    if (!port) return RefuseAt(one.Path() + ".port", "missing; give the cluster's own answer");
    std::string target(one["targetPort"].Text());  // a number, or the name of a container's port
    if (const auto number = one["targetPort"].Int()) target = std::to_string(*number);
    out.push_back(Cat(
        {name, "/", protocol.empty() ? "TCP" : protocol, "/", std::to_string(*port), "/", target}));
    return {};
  };
  HM_TRY(ports.TryEachItem(read_one));
  return out;
}

void SetList(model::PropertyMap& properties, PropertyId id, std::vector<std::string> list) {
  if (!list.empty()) properties.Set(id, std::move(list));
}

// The service an ingress backend names, in today's form and that of extensions/v1beta1.
Result<std::string_view> BackendOf(BulkValue backend) {
  const BulkValue service = HM_TRY(ObjectIn(backend, "service"));
  if (!service.missing()) return TextIn(service, "name");
  return TextIn(backend, "serviceName");
}

struct IngressRules {
  std::set<std::string> hosts;
  std::set<std::string_view> services;
};

Status AddBackend(BulkValue parent, std::string_view member, IngressRules& out) {
  const BulkValue backend = HM_TRY(ObjectIn(parent, member));
  const std::string_view name = HM_TRY(BackendOf(backend));
  if (!name.empty()) out.services.insert(name);
  return {};
}

Result<IngressRules> RulesOf(BulkValue spec) {
  IngressRules out;
  HM_TRY(AddBackend(spec, "defaultBackend", out));
  HM_TRY(AddBackend(spec, "backend", out));
  const BulkValue rules = HM_TRY(ArrayIn(spec, "rules"));
  const auto read_rule = [&](BulkValue rule) -> Status {
    HM_TRY(CheckObject(rule));
    const std::string_view host = HM_TRY(TextIn(rule, "host"));
    out.hosts.emplace(host.empty() ? "*" : host);
    const BulkValue http = HM_TRY(ObjectIn(rule, "http"));
    const BulkValue paths = HM_TRY(ArrayIn(http, "paths"));
    return paths.TryEachItem([&](BulkValue path) -> Status {
      HM_TRY(CheckObject(path));
      return AddBackend(path, "backend", out);
    });
  };
  HM_TRY(rules.TryEachItem(read_rule));
  return out;
}

}  // namespace

Result<std::vector<std::string>> SelectorOf(const KubeItem& service) {
  const BulkValue spec = HM_TRY(ObjectIn(service.value, "spec"));
  const std::string_view type = HM_TRY(TextIn(spec, "type"));
  if (type == "ExternalName") return std::vector<std::string>();
  return PairsIn(spec, "selector");
}

Result<PodsByLabel> PodsByLabel::Of(const std::vector<KubeItem>& items) {
  PodsByLabel out;
  for (const KubeItem& item : items) {
    if (item.kind != KubeKind::kService) continue;
    const auto labels = SelectorOf(item);
    if (!labels) return Fail(labels.error(), item.Label());
    for (const std::string& label : *labels) out.pods_.try_emplace(IndexKey(item.space, label));
  }
  if (out.pods_.empty()) return out;
  for (const KubeItem& item : items) {
    if (item.kind != KubeKind::kPod || IsOver(item.value["status"]["phase"].Text())) continue;
    const auto labels = PairsIn(item.value["metadata"], "labels");
    if (!labels) return Fail(labels.error(), item.Label());
    for (const std::string& label : *labels) {
      const auto at = out.pods_.find(IndexKey(item.space, label));
      if (at != out.pods_.end()) at->second.push_back(&item);
    }
  }
  return out;
}

std::vector<const KubeItem*> PodsByLabel::Select(std::string_view space,
                                                 const std::vector<std::string>& labels) const {
  // Lists are in one order, so that each further label is an intersection.
  std::vector<const KubeItem*> found;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto at = pods_.find(IndexKey(space, labels[i]));
    if (at == pods_.end()) return {};
    if (i == 0) {
      found = at->second;
      continue;
    }
    std::vector<const KubeItem*> both;
    std::ranges::set_intersection(found, at->second, std::back_inserter(both));
    found = std::move(both);
  }
  return found;
}

Status ReadService(KubeCluster& cluster, const KubeItem& item, const PodsByLabel& pods) {
  const BulkValue spec = HM_TRY(ObjectIn(item.value, "spec"));
  const std::string_view type = HM_TRY(TextIn(spec, "type"));
  std::vector<std::string> addresses;
  HM_TRY(CollectAddresses(item, addresses));
  const BulkValue external = HM_TRY(ArrayIn(spec, "externalIPs"));
  const auto read_one = [&](BulkValue ip) -> Status {
    if (!ip.IsString()) return RefuseAt(ip.Path(), "not a string; give the cluster's own answer");
    addresses.emplace_back(ip.Text());
    return {};
  };
  HM_TRY(external.TryEachItem(read_one));
  std::vector<std::string> ports = HM_TRY(PortsOf(spec));
  model::PropertyMap properties;
  properties.SetText(PropertyId::kServiceType, type);
  SetList(properties, PropertyId::kServiceAddresses, std::move(addresses));
  SetList(properties, PropertyId::kServicePorts, std::move(ports));
  HM_TRY(cluster.State(item, EntityKind::kService,
                       {cluster.AliasOf({item.space, "Service", item.name})},
                       std::move(properties)));
  const std::vector<std::string> labels = HM_TRY(SelectorOf(item));
  for (const KubeItem* pod : pods.Select(item.space, labels)) {
    HM_TRY(cluster.Connect(item.kind, EdgeKind::kRoutesTrafficTo,
                           {EntityKind::kService, cluster.KeyOf(item.uid)},
                           {EntityKind::kPod, cluster.KeyOf(pod->uid)}));
  }
  return {};
}

Status ReadIngress(KubeCluster& cluster, const KubeItem& item) {
  const BulkValue spec = HM_TRY(ObjectIn(item.value, "spec"));
  const BulkValue annotations = HM_TRY(ObjectIn(item.value["metadata"], "annotations"));
  std::string_view ingress_class = HM_TRY(TextIn(spec, "ingressClassName"));
  if (ingress_class.empty())
    ingress_class = HM_TRY(TextIn(annotations, "kubernetes.io/ingress.class"));
  std::vector<std::string> addresses;
  HM_TRY(CollectAddresses(item, addresses));
  const IngressRules rules = HM_TRY(RulesOf(spec));
  model::PropertyMap properties;
  properties.SetText(PropertyId::kIngressClass, ingress_class);
  SetList(properties, PropertyId::kServiceAddresses, std::move(addresses));
  SetList(properties, PropertyId::kIngressHosts, {rules.hosts.begin(), rules.hosts.end()});
  HM_TRY(cluster.State(item, EntityKind::kIngress,
                       {cluster.AliasOf({item.space, "Ingress", item.name})},
                       std::move(properties)));
  for (const std::string_view name : rules.services) {
    const std::string_view uid = cluster.ServiceUid(item.space, name);
    if (uid.empty()) continue;  // it routes to nothing that is there
    HM_TRY(cluster.Connect(item.kind, EdgeKind::kRoutesTrafficTo,
                           {EntityKind::kIngress, cluster.KeyOf(item.uid)},
                           {EntityKind::kService, cluster.KeyOf(uid)}));
  }
  return {};
}

}  // namespace hullmark::reports
