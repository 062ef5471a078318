// SPDX-License-Identifier: Apache-2.0
//
// A cluster as `kubectl get … -A -o json` shows it, as observations.  What is read, and the exact
// command: docs/formats/kubectl.md.  Thread-safety: a pure function.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/codec/bulk/bulk_json.h"
#include "base/result.h"
#include "base/time.h"
#include "core/model/observation.h"

namespace hullmark::reports {

struct KubectlLimits {
  bulk::BulkLimits json;             ///< of each document
  std::size_t max_documents = 1024;  ///< in one stream
  std::size_t max_containers = 512;  ///< of one pod
  std::size_t max_records = 5'000'000;
};

struct KubectlOptions {
  std::string cluster;      ///< the name people give it; its key is the uid of its kube-system
  std::string environment;  ///< of the cluster and its namespaces; empty: not said
  std::string source;       ///< the source's name: "kubectl:prod-eu"
  Timestamp observed_at;
  std::uint64_t sequence = 1;
  KubectlLimits limits;
  /// What an earlier import told of a cluster with this name: its key, for lists that do not show
  /// it; and whether something stands under the name itself, from before the key was known.
  std::string known_key{};
  bool known_by_name = false;
};

/// Reads one list, or a stream of several.  A cluster is one observation for itself (extent
/// `cluster:<key>`) and one for each kind of object (`cluster:<key>/pods`), so that an import
/// without ingresses closes no ingress.  An observation is complete only where the lists show that
/// all was asked for and came; `notes` is told why one is not, and what was passed over.
/// A bad document is refused whole: the error names the item, its JSON path and the mend.
Result<std::vector<model::Observation>> ReadKubectlList(std::string bytes,
                                                        const KubectlOptions& options,
                                                        std::vector<std::string>* notes = nullptr);

}  // namespace hullmark::reports
