// SPDX-License-Identifier: Apache-2.0
//
// The table of entities: found by (space, key), with a small cache before it, and the map of
// merges. Thread-safety: owned by the writer thread.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "core/estate/identity.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/scope.h"

namespace hullmark::sqlite {

struct Entity {
  model::NodeId id;
  estate::KnownKind known;
  estate::Standing standing = estate::Standing::kReferred;
  std::uint64_t batch = 0;
};

/// Reads which entity was taken up by which, flattened: no value is a key.
Result<std::unordered_map<std::uint32_t, model::NodeId>> ReadMerges(Database& db);

class EntityTable {
 public:
  static Result<EntityTable> Open(Database& db, Counters& counters);

  /// Null when there is none.  Borrowed: valid until Trim or Forget.
  Result<Entity*> Find(model::EntityKind kind, std::string_view key);
  /// Requires: Find gave null.
  Result<Entity*> Add(model::EntityKind kind, std::string_view key, const Entity& facts);
  /// Writes what is known of `entity` now.
  Status Update(const Entity& entity);
  /// By number, past the cache; for what is rare.
  Result<Entity*> FindById(model::NodeId id);

  Status Merge(model::EntityKind kind, std::string_view from_key, model::NodeId from,
               model::NodeId into);
  model::NodeId Canonical(model::NodeId id) const;
  /// Entities that were taken up by `id`; mostly none.
  std::span<const model::NodeId> MembersOf(model::NodeId id) const;

  /// Keeps the cache small; called between records.
  void Trim();
  /// What a rollback took back may be in the cache: empties it and reads the merges again.
  Status Forget(Database& db);

 private:
  explicit EntityTable(Counters& counters) : counters_(&counters) {}

  Counters* counters_;
  Statement find_, find_by_id_, add_, update_, merge_;
  std::unordered_map<std::string, Entity> cache_;  // by space and key
  std::string probe_;                              // the key last asked for; keeps its memory
  std::unordered_map<std::uint32_t, model::NodeId> merged_;
  std::unordered_map<std::uint32_t, std::vector<model::NodeId>> members_;
};

}  // namespace hullmark::sqlite
