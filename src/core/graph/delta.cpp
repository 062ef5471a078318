// SPDX-License-Identifier: Apache-2.0
//
// Merging layers: one linear pass for each run.
#include "core/graph/delta.h"

namespace hullmark::graph {

Delta Merge(const Delta& older, const Delta& newer) {
  Delta merged;
  merged.nodes = MergeRuns(older.nodes, newer.nodes, kByNode);
  merged.keys = MergeRuns(older.keys, newer.keys, kByKey);
  merged.names = MergeRuns(older.names, newer.names, kByNamed);
  merged.by_name = MergeRuns(older.by_name, newer.by_name, kByName);
  merged.statements = MergeRuns(older.statements, newer.statements, kByStated);
  merged.shared = MergeRuns(older.shared, newer.shared, kByShared);
  merged.out = MergeRuns(older.out, newer.out, kByFrom);
  merged.in = MergeRuns(older.in, newer.in, kByTo);
  merged.extents = MergeRuns(older.extents, newer.extents, kByExtent);
  merged.has_merges = older.has_merges || newer.has_merges;
  return merged;
}

}  // namespace hullmark::graph
