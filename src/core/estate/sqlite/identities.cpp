// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/identities.h"

#include <algorithm>
#include <utility>

namespace hullmark::sqlite {

using estate::KindSaid;
using estate::KnownKind;
using estate::LearnKind;
using estate::Standing;
using model::EntityKind;
using model::EntityRecord;
using model::EntityRef;
using model::NodeId;

Result<Identities> Identities::Open(Database& db, Counters& counters, StatementTable& statements) {
  EntityTable entities = HM_TRY(EntityTable::Open(db, counters));
  NameTable names = HM_TRY(NameTable::Open(db, counters));
  return Identities(std::move(entities), std::move(names), statements);
}

Result<Identities::Found> Identities::FindFor(EntityKind kind, std::string_view key,
                                              const FrameScope& scope) {
  Found found;
  found.entity = HM_TRY(entities_.Find(kind, key));
  if (!estate::HasAliases(kind)) return found;
  if (found.entity != nullptr && !estate::MayBeTakenUp(found.entity->standing)) return found;
  found.by_name = HM_TRY(names_.HolderAt(kind, key, scope.times.seen, scope, staged_));
  if (found.by_name) found.by_name = entities_.Canonical(*found.by_name);
  return found;
}

// Whether the entity was made by the frame in staging, and `scope` is another frame's.
bool Identities::IsUnseen(const Entity& entity, const FrameScope& scope) const {
  return staged_ != nullptr && entity.batch == staged_->batch && scope.batch != entity.batch;
}

Result<Entity*> Identities::Add(EntityKind kind, std::string_view key, Standing standing,
                                FrameScope& scope) {
  Entity facts;
  facts.known = KindSaid(kind, scope.source_kind);
  facts.standing = standing;
  facts.batch = scope.batch;
  Entity* entity = HM_TRY(entities_.Add(kind, key, facts));
  scope.changes->push_back(model::EntityAdded{entity->id, facts.known.kind, std::string(key)});
  return entity;
}

// Another frame needs an entity that the staged frame made: it is published now, as no more than
// this frame knows of it, and the rest with the staged frame.
Status Identities::Announce(Entity& entity, EntityKind kind, std::string_view key,
                            FrameScope& scope) {
  staged_->facts[entity.id.value] = {entity.known, entity.standing};
  staged_->announced.push_back(entity.id);
  entity.known = KindSaid(kind, scope.source_kind);
  entity.standing = Standing::kReferred;
  entity.batch = 0;
  scope.changes->push_back(model::EntityAdded{entity.id, entity.known.kind, std::string(key)});
  return entities_.Update(entity);
}

Status Identities::Learn(Entity& entity, const EntityFact& said, FrameScope& scope) {
  const EntityFact was{entity.known, entity.standing};
  const KnownKind known = LearnKind(was.known, said.known);
  const Standing standing = std::max(was.standing, said.standing);
  if (known == was.known && standing == was.standing) return {};
  if (scope.batch != 0 && entity.batch != scope.batch) {
    EntityFact& fact = staged_->facts.try_emplace(entity.id.value, was).first->second;
    fact.known = LearnKind(fact.known, said.known);
    fact.standing = std::max(fact.standing, said.standing);
    return {};
  }
  entity.known = known;
  entity.standing = standing;
  if (known.kind != was.known.kind) {
    scope.changes->push_back(model::KindLearned{entity.id, known.kind});
  }
  return entities_.Update(entity);
}

Result<NodeId> Identities::Refer(const EntityRef& ref, FrameScope& scope) {
  entities_.Trim();
  const Found found = HM_TRY(FindFor(ref.kind, ref.key, scope));
  if (found.by_name) return *found.by_name;
  Entity* entity = found.entity;
  if (entity == nullptr) {
    entity = HM_TRY(Add(ref.kind, ref.key, Standing::kReferred, scope));
    return entity->id;
  }
  if (IsUnseen(*entity, scope)) HM_TRY(Announce(*entity, ref.kind, ref.key, scope));
  HM_TRY(Learn(*entity, {KindSaid(ref.kind, scope.source_kind), Standing::kReferred}, scope));
  return entity->id;
}

Result<std::optional<NodeId>> Identities::Lookup(const EntityRef& ref, const FrameScope& scope) {
  entities_.Trim();
  Found found = HM_TRY(FindFor(ref.kind, ref.key, scope));
  if (found.by_name) return found.by_name;
  if (found.entity == nullptr || IsUnseen(*found.entity, scope)) return std::nullopt;
  return found.entity->id;
}

Result<Identities::Described> Identities::Describe(const EntityRecord& record, FrameScope& scope) {
  entities_.Trim();
  const Standing standing =
      estate::IsUnresolved(record.properties) ? Standing::kUnresolved : Standing::kResolved;
  const Found found = HM_TRY(FindFor(record.kind, record.key, scope));
  Naming naming{record.kind, {}, record.names, false, false};
  Described out;
  if (found.by_name) {
    out = {*found.by_name, true};
    // Who knows it by a name only does not say what all its names are.
    naming.keep_others = true;
    std::erase(naming.names, record.key);
  } else if (found.entity == nullptr) {
    const Entity* entity = HM_TRY(Add(record.kind, record.key, standing, scope));
    out.entity = entity->id;
    naming.fresh = true;
  } else {
    Entity& entity = *found.entity;
    if (IsUnseen(entity, scope)) HM_TRY(Announce(entity, record.kind, record.key, scope));
    HM_TRY(Learn(entity, {KindSaid(record.kind, scope.source_kind), standing}, scope));
    out.entity = entity.id;
  }
  if (naming.names.empty()) return out;
  naming.entity = out.entity;
  const std::vector<std::string> gained = HM_TRY(names_.State(naming, scope, staged_));
  HM_TRY(TakeUp(naming, gained, scope));
  return out;
}

// Entities that stood under a name which now names another are that one.
Status Identities::TakeUp(const Naming& naming, const std::vector<std::string>& gained,
                          FrameScope& scope) {
  for (const std::string& name : gained) {
    Entity* named = HM_TRY(entities_.Find(naming.kind, name));
    if (named == nullptr || named->id == naming.entity || !estate::MayBeTakenUp(named->standing)) {
      continue;
    }
    if (scope.batch != 0 || IsUnseen(*named, scope)) {
      staged_->contested.emplace(naming.kind, name);
      continue;
    }
    const NodeId from = named->id;
    const Entity* into = HM_TRY(entities_.FindById(naming.entity));
    if (into == nullptr || into->standing != Standing::kResolved) continue;
    HM_TRY(Merge(naming.kind, name, from, naming.entity, scope));
  }
  return {};
}

Status Identities::Merge(EntityKind kind, const std::string& key, NodeId from, NodeId into,
                         FrameScope& scope) {
  std::vector<model::Change> after;
  HM_TRY(names_.Move(from, into, staged_, *scope.changes, after));
  scope.changes->push_back(model::Merged{from, into});
  HM_TRY(statements_->Resolve(from, into, staged_, after));
  HM_TRY(entities_.Merge(kind, key, from, into));
  for (model::Change& change : after) scope.changes->push_back(std::move(change));
  if (staged_ != nullptr) staged_->merged.emplace_back(from, into);
  return {};
}

Status Identities::Settle(const StagedFrame& staged, FrameScope& scope) {
  for (const auto& [id, fact] : staged.facts) {
    Entity* entity = HM_TRY(entities_.FindById({id}));
    if (entity != nullptr) HM_TRY(Learn(*entity, fact, scope));
    entities_.Trim();
  }
  for (const NameFact& fact : staged.names) {
    const Naming naming{fact.kind, entities_.Canonical(fact.entity), fact.names, false, false};
    const std::vector<std::string> gained = HM_TRY(names_.State(naming, scope, nullptr));
    HM_TRY(TakeUp(naming, gained, scope));
  }
  for (const auto& [kind, name] : staged.contested) {
    const std::vector<NameTable::Held> held = HM_TRY(names_.TakeBack(staged.batch, kind, name));
    for (const NameTable::Held& row : held) {
      scope.changes->push_back(model::NameChanged{row.entity, name, false});
      const Naming naming{kind, row.entity, {name}, false, true};
      const std::vector<std::string> gained = HM_TRY(names_.State(naming, scope, nullptr));
      HM_TRY(TakeUp(naming, gained, scope));
    }
  }
  return {};
}

}  // namespace hullmark::sqlite
