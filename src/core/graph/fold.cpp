// SPDX-License-Identifier: Apache-2.0
//
// Every column is made by one pass over the old column and the delta's sorted run; only the way
// back over edges and the nodes by kind are counted out anew.
#include "core/graph/fold.h"

#include <algorithm>
#include <numeric>

#include "core/graph/shared_identifiers.h"

namespace hullmark::graph {
namespace {

void FoldNodes(Base& next, const Base& base, const Delta& delta) {
  const std::uint32_t last = delta.nodes.empty() ? 0 : delta.nodes.back().node.value;
  const std::uint32_t limit = std::max(base.node_limit(), last + 1);
  next.kinds.reserve(limit);
  next.keys.reserve(limit);
  next.kinds = base.kinds;
  next.keys = base.keys;
  next.kinds.resize(limit, Base::kAbsent);
  next.keys.resize(limit, 0);
  std::vector<NodeRow> merged;
  for (const NodeRow& row : delta.nodes) {
    const bool gone = row.into.value != 0;
    next.kinds[row.node.value] = gone ? Base::kMerged : static_cast<std::uint8_t>(row.kind);
    next.keys[row.node.value] = row.key;
    if (gone) merged.push_back(row);
  }
  next.merged = MergeRuns(base.merged, merged, kByNode);
  next.key_index = MergeRuns(base.key_index, delta.keys, kByKey);

  for (const std::uint8_t kind : next.kinds) {
    if (kind < model::kEntityKindCount) ++next.kind_offsets[kind + 1];
  }
  std::partial_sum(next.kind_offsets.begin(), next.kind_offsets.end(), next.kind_offsets.begin());
  next.by_kind.resize(next.kind_offsets.back());
  std::vector<std::uint32_t> fill = next.kind_offsets;
  for (std::uint32_t node = 0; node < limit; ++node) {
    const std::uint8_t kind = next.kinds[node];
    if (kind < model::kEntityKindCount) next.by_kind[fill[kind]++] = NodeId{node};
  }
}

template <class Key>
std::vector<NameRow> FoldNames(const std::vector<NameRow>& base, const std::vector<NameRow>& delta,
                               Key key) {
  std::vector<NameRow> names = MergeRuns(base, delta, key);
  std::erase_if(names, [](const NameRow& row) { return !row.live; });
  return names;
}

/// Returns the nodes whose old statements may have changed.
std::vector<bool> FoldStatements(Base& next, const Base& base, const Delta& delta) {
  const std::uint32_t limit = next.node_limit();
  std::vector<bool> changed(limit);
  next.statement_offsets.reserve(limit + 1);
  next.statements.reserve(base.statements.size() + delta.statements.size());
  const auto put = [&next](const StatementRow& row) {
    if (row.live) next.statements.push_back({row.statement, row.since, row.source, row.properties});
  };
  auto row = delta.statements.begin();
  for (std::uint32_t node = 0; node < limit; ++node) {
    const auto [begin, end] = base.StatementsOf(NodeId{node});
    const auto first = row;
    while (row != delta.statements.end() && row->node.value == node) ++row;
    changed[node] = first != row && begin != end;
    auto newer = first;
    for (std::uint32_t old = begin; old < end; ++old) {
      for (; newer != row && newer->statement < base.statements[old].statement; ++newer)
        put(*newer);
      if (newer != row && newer->statement == base.statements[old].statement) continue;
      next.statements.push_back(base.statements[old]);
    }
    for (; newer != row; ++newer) put(*newer);
    next.statement_offsets.push_back(static_cast<std::uint32_t>(next.statements.size()));
  }
  return changed;
}

void FoldShared(Base& next, const Base& base, const Delta& delta, const std::vector<bool>& changed,
                const Values& values) {
  next.shared = MergeRuns(base.shared, delta.shared, kByShared);
  std::erase_if(next.shared, [&](const SharedRow& row) {
    if (row.property == kPushedTo || !changed[row.node.value]) return false;
    const auto [begin, end] = next.StatementsOf(row.node);
    for (std::uint32_t at = begin; at < end; ++at) {
      if (States(values, next.statements[at].properties, row.property, row.value)) return false;
    }
    return true;
  });
}

void FoldEdges(Base& next, const Base& base, const Delta& delta) {
  const std::uint32_t limit = next.node_limit();
  const std::size_t most = base.edge_count() + delta.out.size();
  next.edge_from.reserve(most);
  next.edge_to.reserve(most);
  next.edge_kind.reserve(most);
  next.edge_facts.reserve(most);
  next.out_offsets.reserve(limit + 1);
  const auto put = [&next](const EdgeRow& row) {
    if (!row.live) return;
    next.edge_from.push_back(row.from);
    next.edge_to.push_back(row.to);
    next.edge_kind.push_back(row.kind);
    next.edge_facts.push_back(
        {row.statement, row.since, row.source, row.qualifier, row.properties});
  };
  const auto order = [](const EdgeRow& row) { return std::tuple(row.kind, row.statement); };
  auto row = delta.out.begin();
  for (std::uint32_t node = 0; node < limit; ++node) {
    const auto [begin, end] = base.EdgesOf(Direction::kOut, NodeId{node}, std::nullopt);
    auto newer = row;
    while (row != delta.out.end() && row->from.value == node) ++row;
    for (std::uint32_t old = begin; old < end; ++old) {
      const EdgeRow held = base.EdgeAt(Direction::kOut, old);
      for (; newer != row && order(*newer) < order(held); ++newer) put(*newer);
      if (newer != row && order(*newer) == order(held)) continue;
      put(held);
    }
    for (; newer != row; ++newer) put(*newer);
    next.out_offsets.push_back(next.edge_count());
  }
}

/// Counts the rows out by their ends, then sorts each node's few by kind and statement.
void IndexEnds(Base& next) {
  const std::uint32_t limit = next.node_limit();
  next.in_offsets.assign(limit + 1, 0);
  for (const NodeId to : next.edge_to) ++next.in_offsets[to.value + 1];
  std::partial_sum(next.in_offsets.begin(), next.in_offsets.end(), next.in_offsets.begin());
  std::vector<std::uint32_t> fill(next.in_offsets.begin(), next.in_offsets.end() - 1);
  next.in_rows.resize(next.edge_count());
  for (std::uint32_t row = 0; row < next.edge_count(); ++row) {
    next.in_rows[fill[next.edge_to[row].value]++] = row;
  }
  const auto order = [&next](std::uint32_t row) {
    return std::tuple(next.edge_kind[row], next.edge_facts[row].statement);
  };
  for (std::uint32_t node = 0; node < limit; ++node) {
    const auto begin = next.in_rows.begin() + next.in_offsets[node];
    const auto end = next.in_rows.begin() + next.in_offsets[node + 1];
    if (end - begin > 1) std::ranges::sort(begin, end, {}, order);
  }
}

}  // namespace

Base Fold(const Base& base, const Delta& delta, const Values& values) {
  Base next;
  FoldNodes(next, base, delta);
  next.names = FoldNames(base.names, delta.names, kByNamed);
  next.by_name = FoldNames(base.by_name, delta.by_name, kByName);
  const std::vector<bool> changed = FoldStatements(next, base, delta);
  FoldShared(next, base, delta, changed, values);
  FoldEdges(next, base, delta);
  IndexEnds(next);
  next.extents = MergeRuns(base.extents, delta.extents, kByExtent);
  return next;
}

Delta MergeAll(std::span<const std::shared_ptr<const Delta>> layers) {
  if (layers.empty()) return {};
  if (layers.size() == 1) return *layers.front();
  // Halves first: each row is copied once for each doubling.
  const auto half = layers.size() / 2;
  return Merge(MergeAll(layers.first(half)), MergeAll(layers.subspan(half)));
}

}  // namespace hullmark::graph
