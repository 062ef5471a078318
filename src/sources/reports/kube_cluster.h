// SPDX-License-Identifier: Apache-2.0
//
// KubeCluster: one cluster while its objects are turned into records: how things are keyed and
// named, which are known, and the frames that grow.  Private to this room.  Thread-compatible.
#pragma once
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/model/observation.h"
#include "sources/reports/kube_item.h"
#include "sources/reports/kubectl.h"

namespace hullmark::reports {

class KubeCluster {
 public:
  /// `uid` is that of the namespace kube-system; empty: the given name is the key, unresolved.
  /// `items` and `options` are borrowed.
  KubeCluster(const KubectlOptions& options, std::string_view uid,
              const std::vector<KubeItem>& items);

  const KubectlOptions& options() const { return options_; }
  bool resolved() const { return resolved_; }
  model::EntityRef cluster() const { return {model::EntityKind::kCluster, key_}; }
  /// The record of the cluster itself.
  Status StateCluster();

  /// `<cluster key>/<uid>`
  std::string KeyOf(std::string_view uid) const;
  /// `<cluster name>/<a>/<b>`
  std::string AliasOf(std::initializer_list<std::string_view> parts) const;

  /// The namespace or node of that name.  One that is not in the lists is stated by its name.
  Result<model::EntityRef> NamespaceNamed(std::string_view name);
  Result<model::EntityRef> NodeNamed(std::string_view name);
  /// Empty when there is no such service in the lists.
  std::string_view ServiceUid(std::string_view space, std::string_view name) const;

  /// The thing itself with name, uid and labels, and that it stands in its namespace.
  Status State(const KubeItem& item, model::EntityKind kind, std::vector<std::string> names,
               model::PropertyMap properties);
  /// That the controller of `item` maintains `to`.  A controller that is not in the lists is known
  /// by its reference.
  Status StateController(const KubeItem& item, const model::EntityRef& to);

  Status Add(KubeKind frame, model::Record record);
  Status Connect(KubeKind frame, model::EdgeKind kind, model::EntityRef from, model::EntityRef to);

  /// The frame of the cluster itself, and those of its kinds.
  model::Observation& own_frame() { return own_; }
  model::Observation& frame(KubeKind kind) { return frames_[static_cast<std::size_t>(kind)]; }

 private:
  Status Put(model::Observation& frame, model::Record record);
  Result<model::EntityRef> Unresolved(model::EntityKind kind, std::string_view name);

  const KubectlOptions& options_;
  std::string key_;
  bool resolved_;
  std::size_t records_ = 0;
  model::Observation own_;
  std::array<model::Observation, kKubeKindCount> frames_;
  std::unordered_map<std::string_view, std::string_view> namespaces_;  // name to uid
  std::unordered_map<std::string_view, std::string_view> nodes_;       // name to uid
  std::unordered_map<std::string, std::string_view> services_;         // namespace/name to uid
  std::unordered_set<std::string_view> workloads_;                     // uids
  std::map<std::pair<model::EntityKind, std::string_view>, model::EntityRef> unresolved_;
};

/// Which annotations are kept, as `key=value`: who deploys it and which load balancer it asks for.
/// All others may hold secrets.
Result<std::vector<std::string>> KeptAnnotations(bulk::BulkValue metadata);

// Each turns one object into records.
Status ReadNamespace(KubeCluster& cluster, const KubeItem& item);
Status ReadNode(KubeCluster& cluster, const KubeItem& item);
Status ReadWorkload(KubeCluster& cluster, const KubeItem& item);

}  // namespace hullmark::reports
