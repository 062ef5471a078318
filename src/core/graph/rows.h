// SPDX-License-Identifier: Apache-2.0
//
// The rows that layers of the graph are made of, and the orders they are kept in.  A layer holds
// sorted runs of them; where two layers hold a row with the same sort key, the newer layer's is the
// truth.  Plain data.
#pragma once
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <tuple>
#include <vector>

#include "base/time.h"
#include "core/model/kinds.h"

namespace hullmark::graph {

using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;
using model::SourceId;
using model::StatementId;

/// What a node is; `into` is set when it was merged into another and is no node of its own any
/// more.
struct NodeRow {
  NodeId node;
  NodeId into;
  std::uint32_t key = 0;
  EntityKind kind{};
};

/// Found by (key, space).  `space` is the kind, kDigest for all kinds that share the digests' space
/// of keys.
struct KeyRow {
  std::uint32_t key = 0;
  EntityKind space{};
  NodeId node;
};

struct NameRow {
  NodeId node;
  std::uint32_t name = 0;
  bool live = false;
};

/// A source's statement of an entity.  Not live: the statement was taken back.
struct StatementRow {
  StatementId statement;
  Timestamp since;
  NodeId node;
  SourceId source;
  std::uint32_t properties = 0;
  bool live = false;
};

/// Says that `node` had this shared identifier at some time: whoever finds it asks the node whether
/// it still has.
struct SharedRow {
  std::uint32_t value = 0;
  NodeId node;
  PropertyId property{};
};

/// A source's statement of an edge.
struct EdgeRow {
  StatementId statement;
  Timestamp since;
  NodeId from;
  NodeId to;
  std::uint32_t qualifier = 0;
  std::uint32_t properties = 0;
  SourceId source;
  EdgeKind kind{};
  bool live = false;
};

struct ExtentRow {
  SourceId source;
  std::uint32_t extent = 0;
  Timestamp as_of;
  bool complete = false;
};

// The sort keys.
inline constexpr auto kByNode = [](const NodeRow& r) { return r.node; };
inline constexpr auto kByKey = [](const KeyRow& r) { return std::tuple(r.key, r.space); };
inline constexpr auto kByNamed = [](const NameRow& r) { return std::tuple(r.node, r.name); };
inline constexpr auto kByName = [](const NameRow& r) { return std::tuple(r.name, r.node); };
inline constexpr auto kByStated = [](const StatementRow& r) {
  return std::tuple(r.node, r.statement);
};
inline constexpr auto kByShared = [](const SharedRow& r) {
  return std::tuple(r.property, r.value, r.node);
};
inline constexpr auto kByFrom = [](const EdgeRow& r) {
  return std::tuple(r.from, r.kind, r.statement);
};
inline constexpr auto kByTo = [](const EdgeRow& r) {
  return std::tuple(r.to, r.kind, r.statement);
};
inline constexpr auto kByExtent = [](const ExtentRow& r) { return std::tuple(r.source, r.extent); };

/// Sorts rows that stand in the order of their arrival; of equal keys the last one stays.
template <class Row, class Key>
void SortRun(std::vector<Row>& rows, Key key) {
  if (!std::ranges::is_sorted(rows, {}, key)) std::ranges::stable_sort(rows, {}, key);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + 1 < rows.size() && key(rows[i]) == key(rows[i + 1])) continue;
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
}

/// Both runs as one; of equal keys the newer run's row stays.
template <class Row, class Key>
std::vector<Row> MergeRuns(std::span<const Row> older, std::span<const Row> newer, Key key) {
  std::vector<Row> merged;
  merged.reserve(older.size() + newer.size());
  std::ranges::set_union(newer, older, std::back_inserter(merged), {}, key, key);
  return merged;
}
template <class Row, class Key>
std::vector<Row> MergeRuns(const std::vector<Row>& older, const std::vector<Row>& newer, Key key) {
  return MergeRuns(std::span<const Row>(older), std::span<const Row>(newer), key);
}

/// The rows whose key, cut to what `part` takes of it, equals `wanted`.  Requires: `rows` sorted by
/// a key that starts with that part.
template <class Row, class Part, class Wanted>
std::span<const Row> RangeOf(const std::vector<Row>& rows, const Wanted& wanted, Part part) {
  const auto range = std::ranges::equal_range(rows, wanted, {}, part);
  return std::span<const Row>(range.begin(), range.end());
}

}  // namespace hullmark::graph
