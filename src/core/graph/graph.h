// SPDX-License-Identifier: Apache-2.0
//
// Graph: follows the estate's changes and publishes snapshots.  Thread-safety: Apply by one writer at a time; Current
// from any thread, without waiting.
#pragma once
#include <memory>

#include "base/result.h"
#include "core/graph/snapshot.h"
#include "core/model/change.h"

namespace hullmark::graph {

class Graph {
 public:
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// For the first load: takes changes one by one without publishing; FinishLoad builds the base and publishes it.
  void Load(model::Change&& change);
  void FinishLoad(std::uint64_t seq);

  /// Applies one published batch and publishes a new snapshot; readers of earlier ones are not disturbed.
  void Apply(const model::ChangeBatch& batch);

  std::shared_ptr<const Snapshot> Current() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::graph
