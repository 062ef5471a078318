// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/reader.h"

#include "core/estate/identity.h"
#include "core/estate/sqlite/statement_table.h"

namespace hullmark::sqlite {

using model::EntityRef;

Result<std::unique_ptr<Reader>> Reader::Open(const std::string& path) {
  Database db = HM_TRY(Database::Open(path, Database::Mode::kReadOnly));
  HM_TRY(db.Execute("PRAGMA cache_size = -16384"));
  std::unique_ptr<Reader> out(new Reader(std::move(db)));
  Database& to = out->db_;
  out->reports_ = HM_TRY(ReportTable::Open(to));
  out->extent_ = HM_TRY(
      to.Prepare("SELECT extent.id, extent.sequence FROM extent JOIN source "
                 "ON source.id = extent.source WHERE source.name = ?1 AND extent.name = ?2"));
  out->entity_ = HM_TRY(
      to.Prepare("SELECT id, standing FROM entity WHERE space = ?1 AND key = ?2 AND "
                 "merged_into = 0 AND batch NOT IN (SELECT id FROM staged WHERE state = 1)"));
  out->holder_ = HM_TRY(
      to.Prepare("SELECT entity FROM alias WHERE name = ?1 AND kind = ?2 AND until IS NULL AND "
                 "batch NOT IN (SELECT id FROM staged WHERE state = 1)"));
  out->members_ =
      HM_TRY(to.Prepare("SELECT id FROM entity WHERE merged_into = ?1 AND merged_into <> 0"));
  // What a frame in staging closes is closed when it is published.
  out->stands_ = HM_TRY(
      to.Prepare("SELECT 1 FROM statement WHERE extent = ?1 AND subject = ?2 AND kind = 0 AND "
                 "batch NOT IN (SELECT id FROM staged WHERE state = 1) AND (ended_batch = 0 OR "
                 "ended_batch IN (SELECT id FROM staged WHERE state = 1))"));
  out->targets_ = HM_TRY(to.Prepare(
      "SELECT DISTINCT coalesce(now.kind, entity.kind), coalesce(now.key, entity.key) "
      "FROM statement JOIN entity ON entity.id = statement.object "
      "LEFT JOIN entity AS now ON entity.merged_into <> 0 AND now.id = entity.merged_into "
      "WHERE statement.extent = ?1 AND statement.subject = ?2 AND statement.kind = ?3 AND "
      "statement.batch NOT IN (SELECT id FROM staged WHERE state = 1) AND "
      "(statement.ended_batch = 0 OR "
      "statement.ended_batch IN (SELECT id FROM staged WHERE state = 1)) "
      "ORDER BY 2"));
  out->person_ =
      HM_TRY(to.Prepare("SELECT person.name FROM entity JOIN person ON person.entity = entity.id "
                        "WHERE entity.space = ?1 AND entity.key = ?2 AND entity.merged_into = 0"));
  return out;
}

Result<std::vector<estate::SourceState>> Reader::Sources() {
  std::vector<estate::SourceState> out;
  Statement read = HM_TRY(db_.Prepare(
      "SELECT source.id, source.name, source.kind, extent.name, extent.sequence, extent.as_of, "
      "extent.complete FROM source LEFT JOIN extent ON extent.source = source.id AND "
      "extent.sequence <> 0 WHERE source.announced <> 0 ORDER BY source.id, extent.name"));
  Rows rows = HM_TRY(read.Query());
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) return out;
    const model::SourceId id{static_cast<std::uint32_t>(rows.Int(0))};
    if (out.empty() || out.back().source != id) {
      out.push_back(
          {id, std::string(rows.Text(1)), static_cast<model::SourceKind>(rows.Int(2)), {}});
    }
    if (rows.IsNull(3)) continue;
    out.back().extents.push_back(
        {std::string(rows.Text(3)), rows.Uint(4), {rows.Int(5)}, rows.Int(6) != 0});
  }
}

Result<std::string> Reader::PersonName(std::string_view key) {
  Rows rows = HM_TRY(person_.Query(estate::SpaceNumber(model::EntityKind::kPerson), key));
  const bool found = HM_TRY(rows.Next());
  return found ? std::string(rows.Text(0)) : std::string();
}

Result<std::uint64_t> Reader::LastSequence(std::string_view source, std::string_view extent) {
  Rows rows = HM_TRY(extent_.Query(source, extent));
  const bool found = HM_TRY(rows.Next());
  return found ? rows.Uint(1) : 0;
}

Result<Reader::Place> Reader::Find(std::string_view source, std::string_view extent,
                                   const EntityRef& entity) {
  Place out;
  {
    Rows rows = HM_TRY(extent_.Query(source, extent));
    const bool found = HM_TRY(rows.Next());
    if (!found) return out;
    out.extent = rows.Int(0);
  }
  std::int64_t id = 0;
  bool certain = false;
  {
    Rows rows = HM_TRY(entity_.Query(estate::SpaceNumber(entity.kind), entity.key));
    const bool found = HM_TRY(rows.Next());
    if (found) {
      id = rows.Int(0);
      certain = !estate::MayBeTakenUp(static_cast<estate::Standing>(rows.Int(1)));
    }
  }
  if (!certain && estate::HasAliases(entity.kind)) {
    Rows rows = HM_TRY(holder_.Query(entity.key, static_cast<int>(entity.kind)));
    const bool found = HM_TRY(rows.Next());
    if (found) id = rows.Int(0);
  }
  if (id == 0) return out;
  out.entities.push_back(id);
  Rows rows = HM_TRY(members_.Query(id));
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) return out;
    out.entities.push_back(rows.Int(0));
  }
}

Result<bool> Reader::Stands(std::string_view source, std::string_view extent,
                            const EntityRef& entity) {
  const Place place = HM_TRY(Find(source, extent, entity));
  for (const std::int64_t id : place.entities) {
    Rows rows = HM_TRY(stands_.Query(place.extent, id));
    const bool found = HM_TRY(rows.Next());
    if (found) return true;
  }
  return false;
}

Result<std::vector<EntityRef>> Reader::Targets(std::string_view source, std::string_view extent,
                                               const EntityRef& from, model::EdgeKind kind) {
  std::vector<EntityRef> out;
  const Place place = HM_TRY(Find(source, extent, from));
  for (const std::int64_t id : place.entities) {
    Rows rows = HM_TRY(targets_.Query(place.extent, id, StoredKind(kind)));
    for (;;) {
      const bool more = HM_TRY(rows.Next());
      if (!more) break;
      out.push_back({static_cast<model::EntityKind>(rows.Int(0)), std::string(rows.Text(1))});
    }
  }
  return out;
}

Result<std::unique_ptr<ReaderPool>> ReaderPool::Open(const std::string& path, std::size_t count) {
  auto pool = std::make_unique<ReaderPool>();
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
    std::unique_ptr<Reader> reader = HM_TRY(Reader::Open(path));
    pool->free_.push_back(std::move(reader));
  }
  return pool;
}

std::unique_ptr<Reader> ReaderPool::Take() {
  std::unique_lock lock(mutex_);
  freed_.wait(lock, [&] { return !free_.empty(); });
  std::unique_ptr<Reader> reader = std::move(free_.back());
  free_.pop_back();
  return reader;
}

void ReaderPool::GiveBack(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(reader));
  }
  freed_.notify_one();
}

}  // namespace hullmark::sqlite
