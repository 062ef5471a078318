// SPDX-License-Identifier: Apache-2.0
//
// Change: what happened to the estate, in the order it was published.  The estate's change log is
// made of these; a graph that applies them from the start, or after a current-state read, equals
// the estate.  Thread-compatible values.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "core/model/observation.h"
#include "core/model/value.h"

namespace hullmark::model {

/// A source or a new state of one: its name, and how fresh and complete its extents are.
struct SourceSeen {
  SourceId source;
  std::string name;
  SourceKind kind;
};
struct ExtentSeen {
  SourceId source;
  std::string extent;
  Timestamp as_of;
  bool complete;
};
/// A new entity; it has no statements yet.
struct EntityAdded {
  NodeId node;
  EntityKind kind;
  std::string key;
};
/// A placeholder turned out to be this kind (or a better source corrected it).
struct KindLearned {
  NodeId node;
  EntityKind kind;
};
/// `from` is `into`: all statements about `from` now are about `into`; `from` is never used again.
struct Merged {
  NodeId from;
  NodeId into;
};
/// `name` names this entity from now on (until, when `current` is false).
struct NameChanged {
  NodeId node;
  std::string name;
  bool current;
};
/// A source states the entity, with these properties (replacing what the same source and extent
/// stated before).
struct EntityStated {
  StatementId statement;
  NodeId node;
  SourceId source;
  Timestamp since;
  PropertyMap properties;
};
struct EntityUnstated {
  StatementId statement;
  NodeId node;
};
struct EdgeStated {
  StatementId statement;
  EdgeKind kind;
  NodeId from;
  NodeId to;
  std::string qualifier;
  SourceId source;
  Timestamp since;
  PropertyMap properties;
};
struct EdgeUnstated {
  StatementId statement;
  EdgeKind kind;
  NodeId from;
  NodeId to;
};

using Change = std::variant<SourceSeen, ExtentSeen, EntityAdded, KindLearned, Merged, NameChanged,
                            EntityStated, EntityUnstated, EdgeStated, EdgeUnstated>;

/// The changes of one publication, and the end of the log after it.
struct ChangeBatch {
  std::uint64_t seq = 0;
  std::vector<Change> changes;
};

/// The log's form of a batch: compact, versioned, private to the estate.
std::string EncodeChanges(const std::vector<Change>& changes);
Result<std::vector<Change>> DecodeChanges(std::string_view bytes);

/// The same for the properties of one statement.
std::string EncodeProperties(const PropertyMap& properties);
Result<PropertyMap> DecodeProperties(std::string_view bytes);

}  // namespace hullmark::model
