// SPDX-License-Identifier: Apache-2.0
//
// Snapshot: the estate's state at one moment, in memory, immutable.  Readers hold a shared_ptr and
// never block writers. Inside, a frozen columnar base (CSR adjacency) plus a few small deltas; this
// door hides which. Thread-safety: const methods from any thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/views.h"

namespace hullmark::graph {

class Base;    // the frozen part: columns and CSR adjacency
class Delta;   // what came since, in a few immutable layers
class Layers;  // reads both as one
struct EdgeRow;

class Snapshot {
 public:
  /// What a snapshot is made of; the graph makes these.
  struct Parts {
    std::shared_ptr<const Values> values;
    std::shared_ptr<const Base> base;
    std::vector<std::shared_ptr<const Delta>> deltas;            ///< oldest first
    std::shared_ptr<const std::vector<SourceIdentity>> sources;  ///< by number
    Totals totals;
    std::uint64_t seq = 0;
  };
  explicit Snapshot(Parts parts);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// The log's end this snapshot corresponds to.
  std::uint64_t seq() const { return parts_.seq; }

  // A number of a node that was merged into another is followed to it, everywhere.

  /// The entity with this key; kDigest, kImage and kImageIndex share one space of keys, so any of
  /// them finds it.
  std::optional<NodeId> Find(EntityKind kind, std::string_view key) const;
  /// Entities of `kind` that the dated alias `name` names now.
  std::vector<NodeId> FindByName(EntityKind kind, std::string_view name) const;
  /// Entities that some source states to have `value` as a shared identifier (config digest,
  /// fingerprint, a diff id; and a commit's sha): for look-up and joins, never identity.  At
  /// most `most` of them.
  std::vector<NodeId> FindByShared(PropertyId id, std::string_view value,
                                   std::size_t most = kAll) const;
  /// What some PUSHED edge with this qualifier (host/path:tag, as pushed) leads to.
  std::vector<NodeId> FindByDestination(std::string_view destination) const;
  static constexpr std::size_t kAll = ~std::size_t{0};

  EntityKind KindOf(NodeId node) const;
  std::string_view KeyOf(NodeId node) const;
  /// The aliases that name it now.
  std::vector<std::string_view> NamesOf(NodeId node) const;
  /// Whether some source states it now.  Placeholders that are only referred to, and things that
  /// are gone, are not.
  bool IsStated(NodeId node) const;
  std::vector<StatementView> StatementsOf(NodeId node) const;
  /// The property's current value: sources that checked bytes or own the thing (registry,
  /// kubernetes, scm) come before reports, reports before imports, and newer before older.  Null
  /// when no source gives it.
  const model::Value* Property(NodeId node, PropertyId id) const;
  /// Empty when absent or not a string.
  std::string_view Text(NodeId node, PropertyId id) const;

  /// Every source's statement of every edge of `kind` that starts (ends) at `node`, ascending by
  /// statement.
  std::vector<EdgeView> OutEdges(NodeId node, EdgeKind kind) const;
  std::vector<EdgeView> InEdges(NodeId node, EdgeKind kind) const;
  /// Distinct neighbours, ascending.
  std::vector<NodeId> Out(NodeId node, EdgeKind kind) const;
  std::vector<NodeId> In(NodeId node, EdgeKind kind) const;

  /// Calls `visit` with each entity of a kind and its key, ascending: for searches in keys.
  void VisitKeys(EntityKind kind,
                 const std::function<void(NodeId node, std::string_view key)>& visit) const;
  /// All entities of a kind, stated or only referred to, ascending.
  std::vector<NodeId> NodesOf(EntityKind kind) const;
  std::size_t CountOf(EntityKind kind) const;
  std::size_t node_count() const;
  /// Statements of edges.  Walks the deltas: for metrics, not for loops.
  std::size_t edge_count() const;

  /// With all extents, of which CI has one for each report: for listings.
  std::vector<SourceInfo> Sources() const;
  std::span<const SourceIdentity> SourceList() const;
  /// When the source was last heard of; without a walk over its extents.
  Timestamp LastHeardOf(SourceId source) const;
  SourceFreshness FreshnessOf(SourceId source) const;
  /// Null when there is no such source.
  const SourceIdentity* Source(SourceId source) const;

 private:
  Layers Read() const;
  EdgeView ViewOf(const EdgeRow& row) const;
  int TrustIn(SourceId source) const;

  Parts parts_;
};

}  // namespace hullmark::graph
