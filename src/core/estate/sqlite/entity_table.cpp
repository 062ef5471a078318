// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/entity_table.h"

#include <limits>

namespace hullmark::sqlite {
namespace {

using model::NodeId;

// Orgs, repositories, pipelines and people come again and again, commits and runs hardly: some ten
// megabytes.
constexpr std::size_t kCached = 50'000;

NodeId NodeOf(const Rows& rows, int column) {
  return {static_cast<std::uint32_t>(rows.Int(column))};
}

Entity EntityOf(const Rows& rows) {
  Entity entity;
  entity.id = NodeOf(rows, 0);
  entity.known.kind = static_cast<model::EntityKind>(rows.Int(1));
  entity.known.rank = static_cast<estate::KindRank>(rows.Int(2));
  entity.standing = static_cast<estate::Standing>(rows.Int(3));
  entity.batch = rows.Uint(4);
  return entity;
}

void SetKey(std::string& out, std::uint8_t space, std::string_view key) {
  out.assign(1, static_cast<char>(space));
  out += key;
}

}  // namespace

Result<std::unordered_map<std::uint32_t, NodeId>> ReadMerges(Database& db) {
  std::unordered_map<std::uint32_t, NodeId> out;
  Statement read = HM_TRY(db.Prepare(
      "SELECT id, merged_into FROM entity INDEXED BY entity_merged WHERE merged_into <> 0"));
  Rows rows = HM_TRY(read.Query());
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) break;
    out[NodeOf(rows, 0).value] = NodeOf(rows, 1);
  }
  for (auto& [from, into] : out) {
    for (auto next = out.find(into.value); next != out.end(); next = out.find(into.value)) {
      into = next->second;
    }
  }
  return out;
}

Result<EntityTable> EntityTable::Open(Database& db, Counters& counters) {
  EntityTable out(counters);
  out.find_ =
      HM_TRY(db.Prepare("SELECT id, kind, rank, standing, batch FROM entity "
                        "WHERE space = ?1 AND key = ?2 AND merged_into = 0"));
  out.find_by_id_ = HM_TRY(db.Prepare(
      "SELECT id, kind, rank, standing, batch, space, key, merged_into FROM entity WHERE id = ?1"));
  out.add_ = HM_TRY(
      db.Prepare("INSERT INTO entity(id, space, kind, rank, standing, merged_into, batch, key) "
                 "VALUES(?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)"));
  out.update_ = HM_TRY(db.Prepare(
      "UPDATE entity SET kind = ?2, rank = ?3, standing = ?4, batch = ?5 WHERE id = ?1"));
  out.merge_ = HM_TRY(db.Prepare("UPDATE entity SET merged_into = ?2 WHERE id = ?1"));
  const std::int64_t last = HM_TRY(db.Number("SELECT max(id) FROM entity"));
  counters.entity = static_cast<std::uint64_t>(last) + 1;
  HM_TRY(out.Forget(db));
  return out;
}

Result<Entity*> EntityTable::Find(model::EntityKind kind, std::string_view key) {
  const std::uint8_t space = estate::SpaceNumber(kind);
  SetKey(probe_, space, key);
  if (const auto at = cache_.find(probe_); at != cache_.end()) return &at->second;
  Rows rows = HM_TRY(find_.Query(space, key));
  const bool found = HM_TRY(rows.Next());
  if (!found) return nullptr;
  return &cache_.emplace(probe_, EntityOf(rows)).first->second;
}

Result<Entity*> EntityTable::Add(model::EntityKind kind, std::string_view key,
                                 const Entity& facts) {
  if (counters_->entity > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(Errc::kResourceExhausted, "estate: no more numbers for entities; start a new one");
  }
  const std::uint8_t space = estate::SpaceNumber(kind);
  Entity entity = facts;
  entity.id = {static_cast<std::uint32_t>(counters_->entity++)};
  HM_TRY(add_.Run(entity.id.value, space, static_cast<int>(entity.known.kind),
                  static_cast<int>(entity.known.rank), static_cast<int>(entity.standing),
                  entity.batch, key));
  SetKey(probe_, space, key);
  return &cache_.insert_or_assign(probe_, entity).first->second;
}

Status EntityTable::Update(const Entity& entity) {
  return update_.Run(entity.id.value, static_cast<int>(entity.known.kind),
                     static_cast<int>(entity.known.rank), static_cast<int>(entity.standing),
                     entity.batch);
}

Result<Entity*> EntityTable::FindById(NodeId id) {
  Rows rows = HM_TRY(find_by_id_.Query(Canonical(id).value));
  const bool found = HM_TRY(rows.Next());
  if (!found) return nullptr;
  SetKey(probe_, static_cast<std::uint8_t>(rows.Int(5)), rows.Text(6));
  return &cache_.emplace(probe_, EntityOf(rows)).first->second;
}

Status EntityTable::Merge(model::EntityKind kind, std::string_view from_key, NodeId from,
                          NodeId into) {
  HM_TRY(merge_.Run(from.value, into.value));
  SetKey(probe_, estate::SpaceNumber(kind), from_key);
  cache_.erase(probe_);
  std::vector<NodeId> moved = {from};
  if (auto taken = members_.extract(from.value)) {
    moved.insert(moved.end(), taken.mapped().begin(), taken.mapped().end());
  }
  for (const NodeId id : moved) merged_[id.value] = into;
  std::vector<NodeId>& members = members_[into.value];
  members.insert(members.end(), moved.begin(), moved.end());
  return {};
}

NodeId EntityTable::Canonical(NodeId id) const {
  if (merged_.empty()) return id;
  const auto at = merged_.find(id.value);
  return at == merged_.end() ? id : at->second;
}

std::span<const NodeId> EntityTable::MembersOf(NodeId id) const {
  if (members_.empty()) return {};
  const auto at = members_.find(id.value);
  return at == members_.end() ? std::span<const NodeId>() : at->second;
}

void EntityTable::Trim() {
  if (cache_.size() > kCached) cache_.clear();
}

Status EntityTable::Forget(Database& db) {
  cache_.clear();
  merged_ = HM_TRY(ReadMerges(db));
  members_.clear();
  for (const auto& [from, into] : merged_) members_[into.value].push_back({from});
  return {};
}

}  // namespace hullmark::sqlite
