// SPDX-License-Identifier: Apache-2.0
//
// Delta: a small immutable layer over the base: sorted runs of what one or more batches changed.
// Layers merge like those of a log-structured store, so that a publication costs what its batch
// costs, times the logarithm of the rest. Thread-safety: immutable once shared.
#pragma once
#include <memory>
#include <vector>

#include "core/graph/rows.h"

namespace hullmark::graph {

class Delta {
 public:
  std::vector<NodeRow> nodes;
  std::vector<KeyRow> keys;
  std::vector<NameRow> names;    ///< by node
  std::vector<NameRow> by_name;  ///< the same, by name
  std::vector<StatementRow> statements;
  std::vector<SharedRow> shared;
  std::vector<EdgeRow> out;  ///< by start
  std::vector<EdgeRow>
      in;  ///< by end; not the same set: an edge whose end moved is dead at the old end
  std::vector<ExtentRow> extents;
  bool has_merges = false;  ///< some row of `nodes` was merged into another

  std::size_t row_count() const {
    return nodes.size() + keys.size() + names.size() + statements.size() + shared.size() +
           out.size() + in.size() + extents.size();
  }
};

/// One layer that says what `older` and then `newer` say.
Delta Merge(const Delta& older, const Delta& newer);

}  // namespace hullmark::graph
