// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/name_table.h"

#include <algorithm>

namespace hullmark::sqlite {
namespace {

using model::Change;
using model::EntityKind;
using model::NameChanged;
using model::NodeId;

template <class T>
bool Has(const std::vector<T>& all, const T& one) {
  return std::ranges::find(all, one) != all.end();
}

bool SeenBy(std::uint64_t row_batch, const FrameScope& scope, const StagedFrame* staged) {
  return staged == nullptr || row_batch != staged->batch || scope.batch == row_batch;
}

}  // namespace

Result<NameTable> NameTable::Open(Database& db, Counters& counters) {
  NameTable out(counters);
  out.by_name_ =
      HM_TRY(db.Prepare("SELECT id, entity, source, since, until, batch, name FROM alias "
                        "WHERE name = ?1 AND kind = ?2"));
  out.of_source_ =
      HM_TRY(db.Prepare("SELECT id, entity, source, since, until, batch, name FROM alias "
                        "WHERE entity = ?1 AND source = ?2 AND until IS NULL"));
  out.by_entity_ =
      HM_TRY(db.Prepare("SELECT id, entity, source, since, until, batch, name FROM alias "
                        "WHERE entity = ?1 AND until IS NULL"));
  out.insert_ =
      HM_TRY(db.Prepare("INSERT INTO alias(id, kind, entity, source, since, until, batch, name) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  out.close_ = HM_TRY(db.Prepare("UPDATE alias SET until = ?2 WHERE id = ?1"));
  out.remove_ = HM_TRY(db.Prepare("DELETE FROM alias WHERE id = ?1"));
  out.move_ = HM_TRY(db.Prepare("UPDATE alias SET entity = ?2 WHERE entity = ?1"));
  const std::int64_t last = HM_TRY(db.Number("SELECT max(id) FROM alias"));
  counters.alias = static_cast<std::uint64_t>(last) + 1;
  return out;
}

Result<std::vector<NameTable::Row>> NameTable::Read(Rows rows, const FrameScope& scope,
                                                    StagedFrame* staged, EntityKind kind) {
  std::vector<Row> out;
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) return out;
    Row row{rows.Uint(0),
            {static_cast<std::uint32_t>(rows.Int(1))},
            {static_cast<std::uint32_t>(rows.Int(2))},
            {rows.Int(3)},
            std::nullopt,
            rows.Uint(5),
            std::string(rows.Text(6))};
    if (!rows.IsNull(4)) row.until = Timestamp{rows.Int(4)};
    if (SeenBy(row.batch, scope, staged)) {
      out.push_back(std::move(row));
    } else {
      staged->contested.emplace(kind, std::move(row.name));
    }
  }
}

Result<std::vector<NameTable::Row>> NameTable::RowsOf(EntityKind kind, std::string_view name,
                                                      const FrameScope& scope,
                                                      StagedFrame* staged) {
  Rows rows = HM_TRY(by_name_.Query(name, static_cast<int>(kind)));
  return Read(std::move(rows), scope, staged, kind);
}

Result<std::optional<NodeId>> NameTable::HolderAt(EntityKind kind, std::string_view name,
                                                  Timestamp at, const FrameScope& scope,
                                                  StagedFrame* staged) {
  const std::vector<Row> rows = HM_TRY(RowsOf(kind, name, scope, staged));
  std::vector<estate::Holding> holdings;
  for (const Row& row : rows) holdings.push_back({row.entity, row.since, row.until});
  return estate::HolderAt(holdings, at);
}

Result<std::vector<std::string>> NameTable::State(const Naming& naming, FrameScope& scope,
                                                  StagedFrame* staged) {
  std::vector<Row> own;
  if (!naming.fresh) {
    Rows rows = HM_TRY(of_source_.Query(naming.entity.value, scope.source.value));
    own = HM_TRY(Read(std::move(rows), scope, staged, naming.kind));
  }
  const auto said = [&](const Row& row) { return Has(naming.names, row.name); };
  std::vector<const std::string*> news;
  for (const std::string& name : naming.names) {
    if (std::ranges::find(own, name, &Row::name) == own.end()) news.push_back(&name);
  }
  const bool drops = !naming.keep_others && !std::ranges::all_of(own, said);
  std::vector<std::string> gained;
  if (news.empty() && !drops) return gained;

  if (scope.batch != 0) {
    bool others_see = drops || !own.empty();
    for (const std::string* name : news) {
      const std::vector<Row> rows = HM_TRY(RowsOf(naming.kind, *name, scope, staged));
      others_see = others_see || !rows.empty();
    }
    if (others_see) {
      staged->names.push_back({naming.kind, naming.entity, naming.names});
      return gained;
    }
  }
  for (const std::string* name : news) HM_TRY(Give(naming, *name, own, scope, staged, gained));
  if (!drops) return gained;
  for (const Row& row : own) {
    // What this source said later than this stays.
    if (said(row) || row.since > scope.times.seen) continue;
    HM_TRY(CloseRow(row, scope.times.seen));
    const std::vector<Row> rows = HM_TRY(RowsOf(naming.kind, row.name, scope, staged));
    const bool still = std::ranges::any_of(
        rows, [&](const Row& other) { return other.entity == row.entity && !other.until; });
    if (!still) scope.changes->push_back(NameChanged{row.entity, row.name, false});
  }
  return gained;
}

// One name that the source did not give this entity yet.
Status NameTable::Give(const Naming& naming, const std::string& name, const std::vector<Row>& own,
                       FrameScope& scope, StagedFrame* staged, std::vector<std::string>& gained) {
  const Timestamp seen = scope.times.seen;
  const std::vector<Row> rows = HM_TRY(RowsOf(naming.kind, name, scope, staged));
  // Late news: the name has gone to another since, or this source has renamed the entity since.
  std::optional<Timestamp> until;
  const auto bound = [&](Timestamp time) { until = until ? std::min(*until, time) : time; };
  bool current = false;
  for (const Row& row : rows) {
    const bool same = row.entity == naming.entity;
    if (same && row.source == scope.source && !row.until) return {};  // said twice in one record
    if (same && !row.until) current = true;
    if (!same && !row.until && row.since > seen) bound(row.since);
  }
  for (const Row& row : own) {
    if (row.since > seen && !naming.keep_others && !Has(naming.names, row.name)) {
      bound(row.since);
    }
  }
  if (until) {
    const bool known = std::ranges::any_of(rows, [&](const Row& row) {
      return row.entity == naming.entity && row.since <= seen && (!row.until || seen < *row.until);
    });
    if (!known) HM_TRY(Insert(naming, name, scope, until));
    return {};
  }
  std::vector<NodeId> lost;
  for (const Row& row : rows) {
    if (row.until || row.entity == naming.entity) continue;
    HM_TRY(CloseRow(row, seen));
    if (!Has(lost, row.entity)) lost.push_back(row.entity);
  }
  for (const NodeId id : lost) scope.changes->push_back(NameChanged{id, name, false});
  HM_TRY(Insert(naming, name, scope, std::nullopt));
  if (!current) {
    scope.changes->push_back(NameChanged{naming.entity, name, true});
    gained.push_back(name);
  }
  return {};
}

Status NameTable::CloseRow(const Row& row, Timestamp at) {
  if (at <= row.since) return remove_.Run(row.id);
  return close_.Run(row.id, at.micros);
}

Status NameTable::Insert(const Naming& naming, std::string_view name, const FrameScope& scope,
                         std::optional<Timestamp> until) {
  const auto kind = static_cast<int>(naming.kind);
  const std::uint64_t id = counters_->alias++;
  if (until) {
    return insert_.Run(id, kind, naming.entity.value, scope.source.value, scope.times.seen.micros,
                       until->micros, scope.batch, name);
  }
  return insert_.Run(id, kind, naming.entity.value, scope.source.value, scope.times.seen.micros,
                     Null{}, scope.batch, name);
}

Status NameTable::Move(NodeId from, NodeId into, const StagedFrame* staged,
                       std::vector<Change>& before, std::vector<Change>& after) {
  const auto names_of = [&](NodeId id) -> Result<std::vector<std::string>> {
    std::vector<std::string> names;
    Rows rows = HM_TRY(by_entity_.Query(id.value));
    for (;;) {
      const bool more = HM_TRY(rows.Next());
      if (!more) return names;
      if (staged != nullptr && rows.Uint(5) == staged->batch) continue;
      std::string name(rows.Text(6));
      if (!Has(names, name)) names.push_back(std::move(name));
    }
  };
  const std::vector<std::string> moved = HM_TRY(names_of(from));
  const std::vector<std::string> held = HM_TRY(names_of(into));
  for (const std::string& name : moved) {
    before.push_back(NameChanged{from, name, false});
    if (!Has(held, name)) after.push_back(NameChanged{into, name, true});
  }
  return move_.Run(from.value, into.value);
}

Result<std::vector<NameTable::Held>> NameTable::TakeBack(std::uint64_t batch, EntityKind kind,
                                                         std::string_view name) {
  const FrameScope all;
  const std::vector<Row> rows = HM_TRY(RowsOf(kind, name, all, nullptr));
  std::vector<Held> out;
  for (const Row& row : rows) {
    if (row.batch != batch) continue;
    HM_TRY(remove_.Run(row.id));
    out.push_back({row.entity, row.source, row.since});
  }
  return out;
}

}  // namespace hullmark::sqlite
