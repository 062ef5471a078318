// SPDX-License-Identifier: Apache-2.0
//
// Graph: follows the estate's changes and publishes snapshots.  Thread-safety: Apply by one writer
// at a time; Current from any thread, without waiting.
#pragma once
#include <memory>

#include "base/result.h"
#include "core/graph/snapshot.h"
#include "core/model/change.h"

namespace hullmark::graph {

/// When layers are merged and folded; the defaults are for real estates.
struct GraphOptions {
  /// Deltas are folded when their rows exceed this, and this part (one in …) of the base's.
  std::size_t fold_rows = 32 << 10;
  std::size_t fold_part = 8;
  /// Layers are merged by the writer, while it publishes, up to this many rows (or a sixteenth of
  /// the above).
  std::size_t merge_rows = 8 << 10;
};

class Graph {
 public:
  explicit Graph(GraphOptions options = {});
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// For the first load: takes changes without publishing, on a thread of its own beside the
  /// caller's reading; FinishLoad builds the base and publishes it.
  void Load(model::Change&& change);
  void FinishLoad(std::uint64_t seq);

  /// Applies one published batch and publishes a new snapshot; readers of earlier ones are not
  /// disturbed.  Folding goes on beside it.  Requires: batches in the log's order, each once.
  void Apply(const model::ChangeBatch& batch);

  std::shared_ptr<const Snapshot> Current() const;

  /// Waits until no fold is under way.
  void Settle() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::graph
