// SPDX-License-Identifier: Apache-2.0
//
// Which entity a record means: by key, by dated name, made where nobody knew it; and the merging of
// a name's entity into the one it turned out to name.  Rules: core/estate/identity.h.
// Thread-safety: owned by the writer thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/estate/sqlite/entity_table.h"
#include "core/estate/sqlite/name_table.h"
#include "core/estate/sqlite/scope.h"
#include "core/estate/sqlite/statement_table.h"

namespace hullmark::sqlite {

class Identities {
 public:
  static Result<Identities> Open(Database& db, Counters& counters, StatementTable& statements);

  /// The entity that an edge's end means; made, unstated, where nobody knew it.
  Result<model::NodeId> Refer(const model::EntityRef& ref, FrameScope& scope);

  struct Described {
    model::NodeId entity;
    bool by_name = false;  ///< the record's key is a name, and this entity's key is not
  };
  /// The entity that a record describes, after its kind, standing and names were taken in.
  Result<Described> Describe(const model::EntityRecord& record, FrameScope& scope);

  /// As Refer, but makes nothing.
  Result<std::optional<model::NodeId>> Lookup(const model::EntityRef& ref, const FrameScope& scope);

  /// Entities that were taken up by `id`: statements may still stand under them.
  std::span<const model::NodeId> MembersOf(model::NodeId id) const {
    return entities_.MembersOf(id);
  }

  /// What `id` is now.
  model::NodeId Canonical(model::NodeId id) const { return entities_.Canonical(id); }

  /// Which frame is in staging (null: none).  Borrowed until the next call.
  void SetStaged(StagedFrame* staged) { staged_ = staged; }
  /// What the staged frame put off, when it is published.  Requires: SetStaged(nullptr),
  /// scope.batch == 0.
  Status Settle(const StagedFrame& staged, FrameScope& scope);

  void Trim() { entities_.Trim(); }
  Status Forget(Database& db) { return entities_.Forget(db); }

 private:
  Identities(EntityTable entities, NameTable names, StatementTable& statements)
      : entities_(std::move(entities)), names_(std::move(names)), statements_(&statements) {}

  struct Found {
    Entity* entity = nullptr;              ///< by its key
    std::optional<model::NodeId> by_name;  ///< takes precedence
  };
  Result<Found> FindFor(model::EntityKind kind, std::string_view key, const FrameScope& scope);
  bool IsUnseen(const Entity& entity, const FrameScope& scope) const;
  Result<Entity*> Add(model::EntityKind kind, std::string_view key, estate::Standing standing,
                      FrameScope& scope);
  Status Announce(Entity& entity, model::EntityKind kind, std::string_view key, FrameScope& scope);
  Status Learn(Entity& entity, const EntityFact& said, FrameScope& scope);
  Status TakeUp(const Naming& naming, const std::vector<std::string>& gained, FrameScope& scope);
  Status Merge(model::EntityKind kind, const std::string& key, model::NodeId from,
               model::NodeId into, FrameScope& scope);

  EntityTable entities_;
  NameTable names_;
  StatementTable* statements_;
  StagedFrame* staged_ = nullptr;
};

}  // namespace hullmark::sqlite
