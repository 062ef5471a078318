// SPDX-License-Identifier: Apache-2.0
//
// Services and ingresses, and where they send traffic.  Private to this room.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/reports/kube_cluster.h"

namespace hullmark::reports {

/// Finds the pods that a selector selects.  Knows only the labels that some service of the lists
/// asks for.  Borrows items.
class PodsByLabel {
 public:
  static Result<PodsByLabel> Of(const std::vector<KubeItem>& items);
  /// Those of `space` that have all of the `labels` (`key=value`, sorted), in the order of the
  /// lists.
  std::vector<const KubeItem*> Select(std::string_view space,
                                      const std::vector<std::string>& labels) const;

 private:
  // By namespace, newline and label, neither of which has a newline.
  std::unordered_map<std::string, std::vector<const KubeItem*>> pods_;
};

/// The labels that a service selects by, sorted; empty when it selects none.
Result<std::vector<std::string>> SelectorOf(const KubeItem& service);

Status ReadService(KubeCluster& cluster, const KubeItem& item, const PodsByLabel& pods);
Status ReadIngress(KubeCluster& cluster, const KubeItem& item);

}  // namespace hullmark::reports
