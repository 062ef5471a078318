// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/statement_table.h"

#include "core/estate/prepare.h"

namespace hullmark::sqlite {
namespace {

using model::NodeId;
using model::PropertyId;

StatementRow RowOf(const Rows& rows) {
  return {{static_cast<std::uint32_t>(rows.Int(0))},
          static_cast<StatementKind>(rows.Int(1)),
          {static_cast<std::uint32_t>(rows.Int(2))},
          {rows.Uint(3)},
          {rows.Int(4)},
          rows.Uint(5),
          std::string(rows.Text(6)),
          std::string(rows.Bytes(7))};
}

}  // namespace

Result<StatementTable> StatementTable::Open(Database& db, Counters& counters) {
  StatementTable out(counters);
  out.find_ = HM_TRY(db.Prepare(
      "SELECT subject, kind, object, id, since, batch, qualifier, properties FROM statement "
      "WHERE extent = ?1 AND subject = ?2 AND kind = ?3 AND object = ?4 AND ended_batch = 0"));
  out.find_subject_ = HM_TRY(db.Prepare(
      "SELECT subject, kind, object, id, since, batch, qualifier, properties FROM statement "
      "WHERE extent = ?1 AND subject = ?2 AND ended_batch = 0"));
  out.scan_ = HM_TRY(db.Prepare(
      "SELECT subject, kind, object, id, since, batch, qualifier, properties FROM statement "
      "WHERE extent = ?1 AND (subject, kind, object, id) > (?2, ?3, ?4, ?5) AND ended_batch = 0 "
      "ORDER BY subject, kind, object, id LIMIT ?6"));
  out.scan_touched_ = HM_TRY(db.Prepare(
      "SELECT subject, kind, object, id, since, batch, '', x'', until, ended_batch FROM statement "
      "WHERE extent = ?1 AND (subject, kind, object, id) > (?2, ?3, ?4, ?5) "
      "ORDER BY subject, kind, object, id LIMIT ?6"));
  out.insert_ = HM_TRY(db.Prepare(
      "INSERT INTO statement(extent, subject, kind, object, id, since, received, batch, until, "
      "ended_batch, qualifier, properties) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9, ?10)"));
  out.remove_ = HM_TRY(db.Prepare(
      "DELETE FROM statement WHERE extent = ?1 AND subject = ?2 AND kind = ?3 AND object = ?4 AND "
      "id = ?5"));
  out.copy_to_past_ = HM_TRY(db.Prepare(
      "INSERT INTO statement_past(id, extent, subject, kind, object, since, until, received, "
      "until_received, qualifier, properties) "
      "SELECT id, extent, subject, kind, object, since, ?6, received, ?7, qualifier, properties "
      "FROM statement WHERE extent = ?1 AND subject = ?2 AND kind = ?3 AND object = ?4 AND id = "
      "?5"));
  out.mark_ = HM_TRY(db.Prepare(
      "UPDATE statement SET until = ?6, ended_batch = ?7 WHERE extent = ?1 AND subject = ?2 AND "
      "kind = ?3 AND object = ?4 AND id = ?5"));
  out.note_unresolved_ =
      HM_TRY(db.Prepare("INSERT OR IGNORE INTO unresolved(entity, extent) VALUES(?1, ?2)"));
  out.unresolved_of_ = HM_TRY(
      db.Prepare("SELECT unresolved.extent, extent.source FROM unresolved "
                 "JOIN extent ON extent.id = unresolved.extent WHERE unresolved.entity = ?1"));
  out.restate_ = HM_TRY(
      db.Prepare("UPDATE statement SET id = ?4, properties = ?5 WHERE extent = ?1 AND subject = ?2 "
                 "AND kind = 0 AND object = 0 AND id = ?3"));
  out.drop_unresolved_ = HM_TRY(db.Prepare("DELETE FROM unresolved WHERE entity = ?1"));
  return out;
}

Status StatementTable::Read(Rows rows, std::vector<StatementRow>& out,
                            const std::string_view* qualifier) {
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) return {};
    if (qualifier == nullptr || rows.Text(6) == *qualifier) out.push_back(RowOf(rows));
  }
}

Status StatementTable::FindOpen(const FrameScope& scope, const StatementKey& key,
                                std::vector<StatementRow>& out) {
  Rows rows = HM_TRY(find_.Query(scope.extent, key.subject.value, key.kind, key.object.value));
  return Read(std::move(rows), out, &key.qualifier);
}

Status StatementTable::FindSubject(const FrameScope& scope, NodeId subject,
                                   std::vector<StatementRow>& out) {
  Rows rows = HM_TRY(find_subject_.Query(scope.extent, subject.value));
  return Read(std::move(rows), out, nullptr);
}

Result<std::vector<StatementRow>> StatementTable::Scan(const FrameScope& scope,
                                                       const StatementRow* after,
                                                       std::size_t limit) {
  const StatementRow from = after == nullptr ? StatementRow{} : *after;
  Rows rows = HM_TRY(scan_.Query(scope.extent, from.subject.value, from.kind, from.object.value,
                                 from.id.value, limit));
  std::vector<StatementRow> out;
  HM_TRY(Read(std::move(rows), out, nullptr));
  return out;
}

Result<model::StatementId> StatementTable::Insert(FrameScope& scope, const StatementKey& key,
                                                  std::string_view properties) {
  const model::StatementId id{counters_->statement++};
  HM_TRY(insert_.Run(scope.extent, key.subject.value, key.kind, key.object.value, id.value,
                     scope.times.at.micros, scope.times.received.micros, scope.batch, key.qualifier,
                     Blob{properties}));
  ++scope.statements;
  return id;
}

Status StatementTable::Remove(std::uint64_t extent, const StatementRow& row) {
  return remove_.Run(extent, row.subject.value, row.kind, row.object.value, row.id.value);
}

// An interval without length holds at no time: nothing is kept of it.
Status StatementTable::MoveToPast(std::uint64_t extent, const StatementRow& row, Timestamp until,
                                  Timestamp received) {
  if (row.since < until) {
    HM_TRY(copy_to_past_.Run(extent, row.subject.value, row.kind, row.object.value, row.id.value,
                             until.micros, received.micros));
  }
  return Remove(extent, row);
}

Status StatementTable::Close(FrameScope& scope, const StatementRow& row, NodeId subject,
                             NodeId object) {
  if (scope.batch == 0) {
    HM_TRY(MoveToPast(scope.extent, row, scope.times.at, scope.times.received));
  } else if (row.batch == scope.batch) {
    HM_TRY(Remove(scope.extent, row));
  } else {
    HM_TRY(mark_.Run(scope.extent, row.subject.value, row.kind, row.object.value, row.id.value,
                     scope.times.at.micros, scope.batch));
  }
  --scope.statements;
  if (row.kind == kOwnStatement) {
    scope.changes->push_back(model::EntityUnstated{row.id, subject});
  } else {
    scope.changes->push_back(model::EdgeUnstated{row.id, EdgeOf(row.kind), subject, object});
  }
  return {};
}

Status StatementTable::NoteUnresolved(const FrameScope& scope, NodeId entity) {
  return note_unresolved_.Run(entity.value, scope.extent);
}

Status StatementTable::Resolve(NodeId entity, NodeId now, const StagedFrame* staged,
                               std::vector<model::Change>& changes) {
  struct Place {
    std::uint64_t extent;
    model::SourceId source;
  };
  std::vector<Place> places;
  {
    Rows rows = HM_TRY(unresolved_of_.Query(entity.value));
    for (;;) {
      const bool more = HM_TRY(rows.Next());
      if (!more) break;
      places.push_back({rows.Uint(0), {static_cast<std::uint32_t>(rows.Int(1))}});
    }
  }
  const auto is_mark = [](PropertyId id) { return id == PropertyId::kUnresolved; };
  for (const Place& place : places) {
    FrameScope scope;
    scope.extent = place.extent;
    std::vector<StatementRow> open;
    HM_TRY(FindOpen(scope, {entity, kOwnStatement, {}, {}}, open));
    for (const StatementRow& row : open) {
      model::PropertyMap properties = HM_TRY(estate::ReadProperties(row.properties));
      properties = estate::Without(properties, is_mark);
      // A statement of the frame in staging keeps its number: nobody knows it yet, and its change
      // is amended when the frame is published.
      const bool unseen = staged != nullptr && row.batch == staged->batch;
      const model::StatementId id{unseen ? row.id.value : counters_->statement++};
      const std::string coded = estate::CodeProperties(properties);
      HM_TRY(restate_.Run(place.extent, entity.value, row.id.value, id.value, Blob{coded}));
      if (unseen) continue;
      changes.push_back(model::EntityUnstated{row.id, now});
      changes.push_back(
          model::EntityStated{id, now, place.source, row.since, std::move(properties)});
    }
  }
  return drop_unresolved_.Run(entity.value);
}

Result<std::vector<StatementTable::Touched>> StatementTable::ScanTouched(std::uint64_t extent,
                                                                         std::size_t limit,
                                                                         Cursor& cursor) {
  const StatementRow from = cursor.value_or(StatementRow{});
  std::vector<Touched> out;
  Rows rows = HM_TRY(scan_touched_.Query(extent, from.subject.value, from.kind, from.object.value,
                                         from.id.value, limit));
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) break;
    out.push_back({RowOf(rows), {rows.Int(8)}, rows.Uint(9)});
  }
  if (!out.empty()) cursor = out.back().row;
  return out;
}

Result<bool> StatementTable::MoveEnded(std::uint64_t extent, std::uint64_t batch,
                                       Timestamp received, std::size_t limit, Cursor& cursor) {
  const std::vector<Touched> slice = HM_TRY(ScanTouched(extent, limit, cursor));
  for (const Touched& touched : slice) {
    if (touched.ended_batch != batch) continue;
    HM_TRY(MoveToPast(extent, touched.row, touched.until, received));
  }
  return slice.empty();
}

Result<bool> StatementTable::Undo(std::uint64_t extent, std::uint64_t batch, std::size_t limit,
                                  Cursor& cursor) {
  const std::vector<Touched> slice = HM_TRY(ScanTouched(extent, limit, cursor));
  for (const Touched& touched : slice) {
    const StatementRow& row = touched.row;
    if (row.batch == batch) {
      HM_TRY(Remove(extent, row));
    } else if (touched.ended_batch == batch) {
      HM_TRY(mark_.Run(extent, row.subject.value, row.kind, row.object.value, row.id.value, 0, 0));
    }
  }
  return slice.empty();
}

}  // namespace hullmark::sqlite
