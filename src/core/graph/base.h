// SPDX-License-Identifier: Apache-2.0
//
// Base: the frozen bulk of the graph, in columns.  Edges stand in compressed sparse row form:
// sorted by start, kind and statement, with one offset for each node; the way back is a permutation
// of the same rows sorted by end. Thread-safety: immutable once shared.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/graph/rows.h"
#include "core/graph/values.h"

namespace hullmark::graph {

enum class Direction : std::uint8_t { kOut, kIn };

class Base {
 public:
  /// Node numbers are below this.
  std::uint32_t node_limit() const { return static_cast<std::uint32_t>(kinds.size()); }
  std::uint32_t edge_count() const { return static_cast<std::uint32_t>(edge_to.size()); }
  std::size_t row_count() const {
    return kinds.size() + names.size() + statements.size() + shared.size() + edge_to.size() +
           extents.size();
  }

  /// The numbers, in their direction's order, of a node's edges: of one kind, or of all when `kind`
  /// is empty.
  std::pair<std::uint32_t, std::uint32_t> EdgesOf(Direction direction, NodeId node,
                                                  std::optional<EdgeKind> kind) const;
  /// The edge at a position of that order.
  EdgeRow EdgeAt(Direction direction, std::uint32_t position) const;
  std::pair<std::uint32_t, std::uint32_t> StatementsOf(NodeId node) const;
  StatementRow StatementAt(NodeId node, std::uint32_t row) const;
  std::optional<NodeRow> FindNode(NodeId node) const;

  // Columns by node number.  Invariant: the offsets' size is node_limit() + 1.
  static constexpr std::uint8_t kAbsent = 0xff;  ///< no such node
  static constexpr std::uint8_t kMerged = 0xfe;  ///< into which one: `merged`
  std::vector<std::uint8_t> kinds;               ///< EntityKind, kAbsent or kMerged
  std::vector<std::uint32_t> keys;
  std::vector<NodeRow> merged;  ///< sorted by node
  std::vector<std::uint32_t> statement_offsets{0};
  std::vector<std::uint32_t> out_offsets{0};
  std::vector<std::uint32_t> in_offsets{0};

  // Statements of entities, sorted by node and statement.
  struct Statement {
    StatementId statement;
    Timestamp since;
    SourceId source;
    std::uint32_t properties;
  };
  std::vector<Statement> statements;

  // Edges: what traversal reads is apart from what only an answer shows.
  struct EdgeFact {
    StatementId statement;
    Timestamp since;
    SourceId source;
    std::uint32_t qualifier;
    std::uint32_t properties;
  };
  std::vector<NodeId> edge_from;
  std::vector<NodeId> edge_to;
  std::vector<EdgeKind> edge_kind;
  std::vector<EdgeFact> edge_facts;
  std::vector<std::uint32_t> in_rows;  ///< row numbers sorted by end, kind and statement

  // Indexes.
  std::vector<KeyRow> key_index;
  std::vector<NameRow> names;
  std::vector<NameRow> by_name;
  std::vector<SharedRow> shared;
  std::vector<std::uint32_t> kind_offsets = std::vector<std::uint32_t>(model::kEntityKindCount + 1);
  std::vector<NodeId> by_kind;  ///< node numbers, sorted by kind and number
  std::vector<ExtentRow> extents;
};

}  // namespace hullmark::graph
