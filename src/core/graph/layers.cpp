// SPDX-License-Identifier: Apache-2.0
//
// Reading through the layers, newest first.
#include "core/graph/layers.h"

#include <algorithm>
#include <ranges>
#include <tuple>

namespace hullmark::graph {
namespace {

/// The union of one range of every layer, newest layers winning; dead rows included.  `base` is the
/// base's range.
template <class Row, class Key, class Range>
std::vector<Row> Union(std::span<const std::shared_ptr<const Delta>> deltas, Range&& range_of,
                       std::span<const Row> base, Key key) {
  std::vector<Row> rows;
  for (const auto& delta : std::views::reverse(deltas)) {
    const std::span<const Row> range = range_of(*delta);
    if (range.empty()) continue;
    rows = rows.empty() ? std::vector<Row>(range.begin(), range.end())
                        : MergeRuns(range, std::span<const Row>(rows), key);
  }
  if (rows.empty()) return {base.begin(), base.end()};
  return base.empty() ? rows : MergeRuns(base, std::span<const Row>(rows), key);
}

template <class Row>
void DropDead(std::vector<Row>& rows) {
  std::erase_if(rows, [](const Row& row) { return !row.live; });
}

}  // namespace

std::optional<NodeRow> Layers::FindNode(NodeId node) const {
  for (const auto& delta : std::views::reverse(deltas_)) {
    const auto range = RangeOf(delta->nodes, node, kByNode);
    if (!range.empty()) return range.front();
  }
  return base_.FindNode(node);
}

NodeId Layers::Resolve(NodeId node) const {
  while (true) {
    NodeId into;
    for (const auto& delta : std::views::reverse(deltas_)) {
      if (!delta->has_merges) continue;
      const auto range = RangeOf(delta->nodes, node, kByNode);
      if (range.empty()) continue;
      into = range.front().into;
      break;
    }
    if (into.value == 0 && node.value < base_.node_limit() &&
        base_.kinds[node.value] == Base::kMerged) {
      into = RangeOf(base_.merged, node, kByNode).front().into;
    }
    if (into.value == 0) return node;
    node = into;
  }
}

std::optional<NodeId> Layers::FindKey(std::uint32_t key, EntityKind space) const {
  const std::tuple wanted(key, space);
  for (const auto& delta : std::views::reverse(deltas_)) {
    const auto range = RangeOf(delta->keys, wanted, kByKey);
    if (!range.empty()) return range.front().node;
  }
  const auto range = RangeOf(base_.key_index, wanted, kByKey);
  return range.empty() ? std::nullopt : std::optional(range.front().node);
}

std::vector<StatementRow> Layers::StatementsOf(NodeId node) const {
  std::vector<StatementRow> base;
  const auto [begin, end] = base_.StatementsOf(node);
  for (std::uint32_t row = begin; row < end; ++row) base.push_back(base_.StatementAt(node, row));
  std::vector<StatementRow> rows = Union<StatementRow>(
      deltas_,
      [node](const Delta& delta) {
        return RangeOf(delta.statements, node, [](const StatementRow& row) { return row.node; });
      },
      base, kByStated);
  DropDead(rows);
  return rows;
}

std::vector<NameRow> Layers::NamesOf(NodeId node) const {
  constexpr auto kNode = [](const NameRow& row) { return row.node; };
  std::vector<NameRow> rows = Union<NameRow>(
      deltas_, [&](const Delta& delta) { return RangeOf(delta.names, node, kNode); },
      RangeOf(base_.names, node, kNode), kByNamed);
  DropDead(rows);
  return rows;
}

std::vector<NameRow> Layers::WithName(std::uint32_t name) const {
  constexpr auto kName = [](const NameRow& row) { return row.name; };
  std::vector<NameRow> rows = Union<NameRow>(
      deltas_, [&](const Delta& delta) { return RangeOf(delta.by_name, name, kName); },
      RangeOf(base_.by_name, name, kName), kByName);
  DropDead(rows);
  return rows;
}

std::vector<ExtentRow> Layers::ExtentsOf(SourceId source) const {
  constexpr auto kSource = [](const ExtentRow& row) { return row.source; };
  return Union<ExtentRow>(
      deltas_, [&](const Delta& delta) { return RangeOf(delta.extents, source, kSource); },
      RangeOf(base_.extents, source, kSource), kByExtent);
}

std::vector<NodeId> Layers::CandidatesFor(PropertyId property, std::uint32_t value) const {
  constexpr auto kShared = [](const SharedRow& row) { return std::tuple(row.property, row.value); };
  const std::tuple wanted(property, value);
  const std::vector<SharedRow> rows = Union<SharedRow>(
      deltas_, [&](const Delta& delta) { return RangeOf(delta.shared, wanted, kShared); },
      RangeOf(base_.shared, wanted, kShared), kByShared);
  std::vector<NodeId> nodes;
  for (const SharedRow& row : rows) nodes.push_back(row.node);
  return nodes;
}

std::vector<NodeId> Layers::NodesOf(EntityKind kind) const {
  const auto number = static_cast<std::size_t>(kind);
  const std::span<const NodeId> base(base_.by_kind.data() + base_.kind_offsets[number],
                                     base_.by_kind.data() + base_.kind_offsets[number + 1]);
  const std::vector<NodeRow> newer = Union<NodeRow>(
      deltas_, [](const Delta& delta) { return std::span<const NodeRow>(delta.nodes); }, {},
      kByNode);
  std::vector<NodeId> nodes;
  nodes.reserve(base.size());
  auto next = newer.begin();
  const auto take_newer = [&](NodeId before) {
    for (; next != newer.end() && next->node < before; ++next) {
      if (next->kind == kind && next->into.value == 0) nodes.push_back(next->node);
    }
  };
  for (const NodeId node : base) {
    take_newer(node);
    if (next != newer.end() && next->node == node) continue;  // the newer row says what it is
    nodes.push_back(node);
  }
  take_newer(NodeId{0xffffffffU});
  return nodes;
}

std::size_t Layers::EdgeCount() const {
  const std::vector<EdgeRow> newer = Union<EdgeRow>(
      deltas_, [](const Delta& delta) { return std::span<const EdgeRow>(delta.out); }, {}, kByFrom);
  std::size_t count = base_.edge_count();
  for (const EdgeRow& row : newer) {
    const auto [begin, end] = base_.EdgesOf(Direction::kOut, row.from, row.kind);
    const bool in_base = std::ranges::binary_search(
        std::views::iota(begin, end), row.statement, {},
        [this](std::uint32_t position) { return base_.edge_facts[position].statement; });
    if (row.live && !in_base) ++count;
    if (!row.live && in_base) --count;
  }
  return count;
}

std::vector<EdgeRow> Layers::NewerEdges(Direction direction, NodeId node,
                                        std::optional<EdgeKind> kind) const {
  const auto end_of = [direction](const EdgeRow& row) {
    return direction == Direction::kOut ? row.from : row.to;
  };
  const auto end_and_kind = [&](const EdgeRow& row) { return std::tuple(end_of(row), row.kind); };
  const auto range_of = [&](const Delta& delta) {
    const std::vector<EdgeRow>& rows = direction == Direction::kOut ? delta.out : delta.in;
    return kind ? RangeOf(rows, std::tuple(node, *kind), end_and_kind)
                : RangeOf(rows, node, end_of);
  };
  if (direction == Direction::kOut) return Union<EdgeRow>(deltas_, range_of, {}, kByFrom);
  return Union<EdgeRow>(deltas_, range_of, {}, kByTo);
}

}  // namespace hullmark::graph
