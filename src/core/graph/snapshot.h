// SPDX-License-Identifier: Apache-2.0
//
// Snapshot: the estate's state at one moment, in memory, immutable.  Readers hold a shared_ptr and never block writers.
// Inside, a frozen columnar base (CSR adjacency) plus a few small deltas; this door hides which.
// Thread-safety: const methods from any thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/model/kinds.h"
#include "core/model/value.h"

namespace hullmark::graph {

using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;
using model::SourceId;

class Values;  // the graph's dictionary of property values

/// The properties of one statement, dictionary-coded.  Borrowed: lives as long as the snapshot it came from.
class PropertyView {
 public:
  struct Item {
    PropertyId id;
    std::uint32_t value;  ///< its number in the dictionary
  };
  PropertyView(const Values& values, std::span<const Item> items) : values_(&values), items_(items) {}

  /// Null when absent.
  const model::Value* Find(PropertyId id) const;
  /// Empty when absent or not a string.
  std::string_view Text(PropertyId id) const;
  std::span<const Item> items() const { return items_; }
  const model::Value& ValueOf(const Item& item) const;

 private:
  const Values* values_;
  std::span<const Item> items_;
};

/// One source's statement of an edge.  Borrowed: lives as long as the snapshot it came from.
struct EdgeView {
  EdgeKind kind;
  NodeId from;
  NodeId to;
  std::string_view qualifier;
  SourceId source;
  Timestamp since;
  PropertyView properties;
};

/// One source's statement of an entity.
struct StatementView {
  SourceId source;
  Timestamp since;
  PropertyView properties;
};

struct SourceInfo {
  SourceId source;
  std::string name;
  model::SourceKind kind;
  struct Extent {
    std::string extent;
    Timestamp as_of;
    bool complete;
  };
  std::vector<Extent> extents;
};

class Base;   // the frozen part: columns and CSR adjacency
class Delta;  // what came since, in a few immutable layers

class Snapshot {
 public:
  Snapshot(std::shared_ptr<const Base> base, std::vector<std::shared_ptr<const Delta>> deltas, std::uint64_t seq);
  ~Snapshot();

  /// The log's end this snapshot corresponds to.
  std::uint64_t seq() const { return seq_; }

  /// The entity with this key; kDigest, kImage and kImageIndex share one space of keys, so any of them finds it.
  std::optional<NodeId> Find(EntityKind kind, std::string_view key) const;
  /// Entities of `kind` that the dated alias `name` names now.
  std::vector<NodeId> FindByName(EntityKind kind, std::string_view name) const;
  /// Entities that some source states to have `value` as a shared identifier (config digest, fingerprint, a diff id):
  /// for look-up and joins, never identity.
  std::vector<NodeId> FindByShared(PropertyId id, std::string_view value) const;

  EntityKind KindOf(NodeId node) const;
  std::string_view KeyOf(NodeId node) const;
  /// The aliases that name it now.
  std::vector<std::string_view> NamesOf(NodeId node) const;
  /// Whether some source states it now.  Placeholders that are only referred to, and things that are gone, are not.
  bool IsStated(NodeId node) const;
  std::vector<StatementView> StatementsOf(NodeId node) const;
  /// The property's current value: sources that checked bytes or own the thing (registry, kubernetes, scm) come before
  /// reports, reports before imports, and newer before older.  Null when no source gives it.
  const model::Value* Property(NodeId node, PropertyId id) const;
  /// Empty when absent or not a string.
  std::string_view Text(NodeId node, PropertyId id) const;

  /// Every source's statement of every edge of `kind` that starts (ends) at `node`.
  std::vector<EdgeView> OutEdges(NodeId node, EdgeKind kind) const;
  std::vector<EdgeView> InEdges(NodeId node, EdgeKind kind) const;
  /// Distinct neighbours, ascending.
  std::vector<NodeId> Out(NodeId node, EdgeKind kind) const;
  std::vector<NodeId> In(NodeId node, EdgeKind kind) const;

  /// All entities of a kind, stated or only referred to, ascending.
  std::vector<NodeId> NodesOf(EntityKind kind) const;
  std::size_t CountOf(EntityKind kind) const;
  std::size_t node_count() const;
  std::size_t edge_count() const;

  std::vector<SourceInfo> Sources() const;
  /// Null when there is no such source.
  const SourceInfo* Source(SourceId source) const;

 private:
  std::shared_ptr<const Base> base_;
  std::vector<std::shared_ptr<const Delta>> deltas_;  // oldest first
  std::uint64_t seq_;
};

}  // namespace hullmark::graph
