// SPDX-License-Identifier: Apache-2.0
//
// Reading the base's columns.
#include "core/graph/base.h"

namespace hullmark::graph {

std::pair<std::uint32_t, std::uint32_t> Base::EdgesOf(Direction direction, NodeId node,
                                                      std::optional<EdgeKind> kind) const {
  if (node.value >= node_limit()) return {0, 0};
  const std::vector<std::uint32_t>& offsets =
      direction == Direction::kOut ? out_offsets : in_offsets;
  std::uint32_t begin = offsets[node.value];
  std::uint32_t end = offsets[node.value + 1];
  if (!kind || begin == end) return {begin, end};
  const auto kind_at = [&](std::uint32_t position) {
    return edge_kind[direction == Direction::kOut ? position : in_rows[position]];
  };
  // Within a node, rows are sorted by kind.
  const auto first_not_below = [&](EdgeKind wanted, bool after) {
    std::uint32_t low = begin;
    std::uint32_t high = end;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (kind_at(middle) < wanted || (after && kind_at(middle) == wanted)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  const std::uint32_t from = first_not_below(*kind, false);
  begin = from;
  return {from, first_not_below(*kind, true)};
}

EdgeRow Base::EdgeAt(Direction direction, std::uint32_t position) const {
  const std::uint32_t row = direction == Direction::kOut ? position : in_rows[position];
  const EdgeFact& fact = edge_facts[row];
  return {fact.statement,  fact.since,  edge_from[row], edge_to[row], fact.qualifier,
          fact.properties, fact.source, edge_kind[row], true};
}

std::pair<std::uint32_t, std::uint32_t> Base::StatementsOf(NodeId node) const {
  if (node.value >= node_limit()) return {0, 0};
  return {statement_offsets[node.value], statement_offsets[node.value + 1]};
}

StatementRow Base::StatementAt(NodeId node, std::uint32_t row) const {
  const Statement& held = statements[row];
  return {held.statement, held.since, node, held.source, held.properties, true};
}

std::optional<NodeRow> Base::FindNode(NodeId node) const {
  if (node.value >= node_limit() || kinds[node.value] == kAbsent) return std::nullopt;
  if (kinds[node.value] == kMerged) return RangeOf(merged, node, kByNode).front();
  return NodeRow{node, NodeId{}, keys[node.value], static_cast<EntityKind>(kinds[node.value])};
}

}  // namespace hullmark::graph
