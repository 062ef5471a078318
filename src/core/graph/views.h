// SPDX-License-Identifier: Apache-2.0
//
// What a snapshot's answers are made of.  Views are borrowed: they live as long as the snapshot
// they came from.
#pragma once
#include <array>
#include <cstdint>
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

/// The properties of one statement, dictionary-coded.  Borrowed: lives as long as the snapshot it
/// came from.
class PropertyView {
 public:
  struct Item {
    PropertyId id;
    std::uint32_t value;  ///< its number in the dictionary
  };
  PropertyView(const Values& values, std::span<const Item> items)
      : values_(&values), items_(items) {}

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

struct SourceIdentity {
  SourceId source;
  std::string name;
  model::SourceKind kind;
};

/// A source and how fresh its words are.
struct SourceInfo : SourceIdentity {
  struct Extent {
    std::string extent;
    Timestamp as_of;
    bool complete;
  };
  std::vector<Extent> extents;
};

/// How fresh a source's words are, over all of its extents.
struct SourceFreshness {
  Timestamp oldest;  ///< of the extent that was looked at longest ago
  Timestamp newest;
  bool complete = false;  ///< every extent was looked at completely
};

/// What the writer counts as it goes.
struct Totals {
  std::array<std::uint32_t, model::kEntityKindCount>
      by_kind{};                  ///< entities, stated or only referred to
  std::vector<Timestamp> newest;  ///< by source number: when an extent of it was last seen
};

}  // namespace hullmark::graph
