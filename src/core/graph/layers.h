// SPDX-License-Identifier: Apache-2.0
//
// Layers: reads one node's rows as the base and the deltas over it say together: of rows with one
// sort key, the newest layer's holds; dead ones are left out.  Shared by snapshots (which answer)
// and the writer (which moves statements). Borrowed views of immutable layers: thread-safe.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/graph/base.h"
#include "core/graph/delta.h"

namespace hullmark::graph {

class Layers {
 public:
  /// Borrows both: they outlive it.
  Layers(const Base& base, std::span<const std::shared_ptr<const Delta>> deltas)
      : base_(base), deltas_(deltas) {}

  /// What is known of the node itself, as it stands: not followed into what it was merged into.
  std::optional<NodeRow> FindNode(NodeId node) const;
  /// The node that `node` is now.
  NodeId Resolve(NodeId node) const;
  std::optional<NodeId> FindKey(std::uint32_t key, EntityKind space) const;

  /// Live rows, ascending by their keys.
  std::vector<StatementRow> StatementsOf(NodeId node) const;
  std::vector<NameRow> NamesOf(NodeId node) const;
  std::vector<NameRow> WithName(std::uint32_t name) const;
  std::vector<ExtentRow> ExtentsOf(SourceId source) const;
  /// Nodes that had the shared identifier at some time.
  std::vector<NodeId> CandidatesFor(PropertyId property, std::uint32_t value) const;
  /// Nodes of a kind, ascending.
  std::vector<NodeId> NodesOf(EntityKind kind) const;
  std::size_t EdgeCount() const;

  /// Calls `visit(const EdgeRow&)` for each live edge statement of the node, ascending by kind and
  /// statement.
  template <class Visit>
  void VisitEdges(Direction direction, NodeId node, std::optional<EdgeKind> kind,
                  Visit&& visit) const {
    const std::vector<EdgeRow> newer = NewerEdges(direction, node, kind);
    const auto order = [](const EdgeRow& row) { return std::tuple(row.kind, row.statement); };
    auto next = newer.begin();
    const auto [begin, end] = base_.EdgesOf(direction, node, kind);
    for (std::uint32_t position = begin; position < end; ++position) {
      const EdgeRow row = base_.EdgeAt(direction, position);
      for (; next != newer.end() && order(*next) < order(row); ++next) {
        if (next->live) visit(*next);
      }
      if (next != newer.end() && order(*next) == order(row)) continue;  // visited or dropped next
      visit(row);
    }
    for (; next != newer.end(); ++next) {
      if (next->live) visit(*next);
    }
  }

 private:
  /// The deltas' word on a node's edges, dead rows included.
  std::vector<EdgeRow> NewerEdges(Direction direction, NodeId node,
                                  std::optional<EdgeKind> kind) const;

  const Base& base_;
  std::span<const std::shared_ptr<const Delta>> deltas_;  // oldest first
};

}  // namespace hullmark::graph
