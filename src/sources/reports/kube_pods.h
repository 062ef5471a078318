// SPDX-License-Identifier: Apache-2.0
//
// Pods and their containers, joined with what the runtime reported.  Private to this room.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "sources/reports/kube_cluster.h"

namespace hullmark::reports {

/// What is counted over all pods, for the notes.
struct PodCounts {
  std::size_t unreadable_image_ids = 0;
  std::string first_unreadable;  ///< `shop/web-1/app "…"`
};

Status ReadPod(KubeCluster& cluster, const KubeItem& item, PodCounts& counts);

/// Whether its phase says that nothing of it will run any more.
bool IsOver(std::string_view phase);

}  // namespace hullmark::reports
