// SPDX-License-Identifier: Apache-2.0
//
// The rules of identity (DESIGN.md "Identity, time and batches"), apart from how any store keeps
// its rows: key spaces, what is known of a digest's kind, when two entities are one, whose a name
// is. Thread-safety: pure functions and values.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "core/model/observation.h"
#include "core/model/schema.h"

namespace hullmark::estate {

/// An entity is found by (space, key).  Stored: the digest space is 0, every other kind is its own.
inline std::uint8_t SpaceNumber(model::EntityKind kind) {
  return model::SpaceOf(kind) == model::KeySpace::kDigest ? std::uint8_t{0}
                                                          : static_cast<std::uint8_t>(kind);
}

/// How well an entity's kind is known; stored.
enum class KindRank : std::uint8_t {
  kUnknown = 0,  ///< a digest that nobody has named as anything
  kNamed = 1,    ///< some source says so
  kChecked = 2,  ///< a registry connector says so, which read the bytes
};
struct KnownKind {
  model::EntityKind kind = model::EntityKind::kDigest;
  KindRank rank = KindRank::kUnknown;
  friend bool operator==(const KnownKind&, const KnownKind&) = default;
};
/// What a record that names an entity as `named` says of its kind.
KnownKind KindSaid(model::EntityKind named, model::SourceKind source);
/// What is known after `said`: checked bytes win, else the first word stays.
KnownKind LearnKind(KnownKind known, KnownKind said);

/// How much an entity is more than a word; stored.  Only grows.
enum class Standing : std::uint8_t {
  kReferred = 0,    ///< an edge's end that nobody has described
  kUnresolved = 1,  ///< described by those who know no more than its name
  kResolved = 2,    ///< described under its id
};
/// Whether an entity whose key is a name is taken up by the entity which that name turns out to
/// name.  A described one with an id of its own never is: names are claims, ids are not.
inline bool MayBeTakenUp(Standing standing) { return standing != Standing::kResolved; }

/// Whether a record's key is a name, as it says itself.
bool IsUnresolved(const model::PropertyMap& properties);
/// Whether things of this kind have dated aliases at all.
bool HasAliases(model::EntityKind kind);

/// One interval in which a name named an entity: [from, to).
struct Holding {
  model::NodeId entity;
  Timestamp from;
  std::optional<Timestamp> to;  ///< absent: still
};
/// Whom a name named at `at`.  Before our first news of it: its first holder, for names are older
/// than our news.  In a gap: who had it before and after, if that is one and the same; else nobody.
std::optional<model::NodeId> HolderAt(std::span<const Holding> holdings, Timestamp at);

/// Whether this property of such an entity is kept apart from the graph, so that a person can be
/// erased.
bool IsKeptApart(model::EntityKind kind, model::PropertyId property);

}  // namespace hullmark::estate
