// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/source_table.h"

#include "base/text.h"
#include "core/model/schema.h"

namespace hullmark::sqlite {

using model::SourceId;

namespace {

constexpr std::size_t kCached = 10'000;

}  // namespace

Result<SourceTable> SourceTable::Open(Database& db, Counters& counters) {
  SourceTable out(counters);
  out.find_ = HM_TRY(db.Prepare("SELECT id, kind, announced FROM source WHERE name = ?1"));
  out.add_ =
      HM_TRY(db.Prepare("INSERT INTO source(id, kind, announced, name) VALUES(?1, ?2, 0, ?3)"));
  out.announce_ = HM_TRY(db.Prepare("UPDATE source SET announced = 1 WHERE id = ?1"));
  out.find_extent_ =
      HM_TRY(db.Prepare("SELECT id, sequence, as_of, statements, content FROM extent "
                        "WHERE source = ?1 AND name = ?2"));
  out.add_extent_ = HM_TRY(db.Prepare(
      "INSERT INTO extent(id, source, sequence, as_of, received, complete, statements, content, "
      "name) VALUES(?1, ?2, 0, 0, 0, 0, 0, x'', ?3)"));
  out.take_first_ = HM_TRY(db.Prepare(
      "INSERT INTO extent(id, sequence, as_of, received, complete, statements, content, source, "
      "name) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  out.take_ = HM_TRY(
      db.Prepare("UPDATE extent SET sequence = ?2, as_of = ?3, received = ?4, complete = ?5, "
                 "statements = statements + ?6, content = ?7 WHERE id = ?1"));
  const std::int64_t source = HM_TRY(db.Number("SELECT max(id) FROM source"));
  const std::int64_t extent = HM_TRY(db.Number("SELECT max(id) FROM extent"));
  counters.source = static_cast<std::uint64_t>(source) + 1;
  counters.extent = static_cast<std::uint64_t>(extent) + 1;
  return out;
}

Result<SourceRow> SourceTable::FindOrAdd(std::string_view name, model::SourceKind kind) {
  if (cache_.size() > kCached) cache_.clear();
  const std::string key(name);
  auto at = cache_.find(key);
  if (at == cache_.end()) {
    Rows rows = HM_TRY(find_.Query(name));
    const bool found = HM_TRY(rows.Next());
    SourceRow row;
    if (found) {
      row = {{static_cast<std::uint32_t>(rows.Int(0))},
             static_cast<model::SourceKind>(rows.Int(1)),
             rows.Int(2) != 0};
    } else {
      row = {{static_cast<std::uint32_t>(counters_->source++)}, kind, false};
      HM_TRY(add_.Run(row.id.value, static_cast<int>(kind), name));
    }
    at = cache_.emplace(key, row).first;
  }
  if (at->second.kind != kind) {
    return Fail(Errc::kConflict, Cat({"source ", Quote(name), " is known as one of kind ",
                                      model::InfoOf(at->second.kind).name, "; give this ",
                                      model::InfoOf(kind).name, " source another name"}));
  }
  return at->second;
}

Status SourceTable::Announce(const model::FrameHeader& header, FrameScope& scope) {
  const SourceRow row = HM_TRY(FindOrAdd(header.source, header.source_kind));
  if (row.announced) return {};
  HM_TRY(announce_.Run(row.id.value));
  cache_[header.source].announced = true;
  scope.changes->push_back(model::SourceSeen{row.id, header.source, row.kind});
  return {};
}

Result<std::optional<ExtentRow>> SourceTable::FindExtent(SourceId source, std::string_view name) {
  Rows rows = HM_TRY(find_extent_.Query(source.value, name));
  const bool found = HM_TRY(rows.Next());
  if (!found) return std::nullopt;
  ExtentRow row{rows.Uint(0), std::nullopt, rows.Int(3)};
  if (const std::uint64_t sequence = rows.Uint(1); sequence != 0) {
    row.last = estate::LastFrame{sequence, {rows.Int(2)}, std::string(rows.Bytes(4))};
  }
  return row;
}

Status SourceTable::AddExtent(const FrameScope& scope, std::string_view name) {
  return add_extent_.Run(scope.extent, scope.source.value, name);
}

Status SourceTable::TakeFrame(const model::FrameHeader& header, std::string_view content,
                              FrameScope& scope) {
  const int complete = header.complete ? 1 : 0;
  if (scope.fresh && scope.batch == 0) {
    HM_TRY(take_first_.Run(scope.extent, header.sequence, scope.times.at.micros,
                           scope.times.received.micros, complete, scope.statements, Blob{content},
                           scope.source.value, header.extent));
  } else {
    HM_TRY(take_.Run(scope.extent, header.sequence, scope.times.at.micros,
                     scope.times.received.micros, complete, scope.statements, Blob{content}));
  }
  scope.changes->push_back(
      model::ExtentSeen{scope.source, header.extent, scope.times.at, header.complete});
  return {};
}

}  // namespace hullmark::sqlite
