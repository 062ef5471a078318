// SPDX-License-Identifier: Apache-2.0
//
// Writer: turns the estate's changes into sorted layers.  It remembers what every node is, so that
// merged nodes are followed whatever number a change uses.  Thread-safety: owned by whoever writes
// the graph, one call at a time.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "core/graph/delta.h"
#include "core/graph/layers.h"
#include "core/graph/values.h"
#include "core/model/change.h"

namespace hullmark::graph {

class Writer {
 public:
  explicit Writer(std::shared_ptr<Values> values) : values_(std::move(values)) {}

  void Take(model::Change&& change);

  /// All that was taken since the last Seal, as one layer over `older`, which holds all that was
  /// sealed before. kLeftOut leaves the way back over edges empty: a fold counts it out anew.
  enum class Ends : bool { kSorted, kLeftOut };
  Delta Seal(const Layers& older, Ends ends);

  const Totals& totals() const { return totals_; }
  /// A new list each time a source was new or changed.
  const std::shared_ptr<const std::vector<SourceIdentity>>& sources() const { return sources_; }

 private:
  struct NodeState {
    NodeId into;
    std::uint32_t key = 0;
    EntityKind kind{};
    bool known = false;
  };

  // What is new in a change is moved out of it.
  void Do(const model::SourceSeen& change);
  void Do(const model::ExtentSeen& change);
  void Do(model::EntityAdded& change);
  void Do(const model::KindLearned& change);
  void Do(const model::Merged& change);
  void Do(model::NameChanged& change);
  void Do(model::EntityStated& change);
  void Do(const model::EntityUnstated& change);
  void Do(model::EdgeStated& change);
  void Do(const model::EdgeUnstated& change);

  NodeState& StateOf(NodeId node);
  NodeId Resolve(NodeId node) const;
  std::uint32_t Properties(model::PropertyMap& properties);
  void AddKey(NodeId node);
  void AddShared(const StatementRow& row);
  void AddDestination(const EdgeRow& row);
  /// Writes down that all `older` says of a node merged in this batch is now said of what it was
  /// merged into.
  void MoveStatements(NodeId from, const Layers& older, Delta& moved);
  /// The names of a batch with merges: a name counts for the node that has it at that moment.
  std::vector<NameRow> NamesInOrder(const Layers& older) const;

  std::shared_ptr<Values> values_;
  std::vector<NodeState> nodes_;
  std::shared_ptr<const std::vector<SourceIdentity>> sources_ =
      std::make_shared<const std::vector<SourceIdentity>>();
  Totals totals_;
  // Since the last Seal, in the order of arrival; nodes as the changes named them.
  Delta pending_;
  std::vector<NodeId> touched_;
  struct Merge {
    NodeId from;
    NodeId into;
    std::size_t names_before;  ///< how many rows pending_.names had
  };
  std::vector<Merge> merged_;
  std::vector<Values::Item> items_;  // scratch
};

}  // namespace hullmark::graph
