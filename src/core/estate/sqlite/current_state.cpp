// SPDX-License-Identifier: Apache-2.0
//
// The current state in one pass: sequential scans of the tables, nothing sorted, nothing looked up
// per row but what fits in memory (sources by extent, merges).
#include <unordered_map>
#include <vector>

#include "core/estate/prepare.h"
#include "core/estate/sqlite/entity_table.h"
#include "core/estate/sqlite/reader.h"
#include "core/estate/sqlite/statement_table.h"

namespace hullmark::sqlite {
namespace {

using estate::Store;
using model::NodeId;
using model::SourceId;

struct State {
  std::uint64_t unpublished = 0;  // the batch in staging; 0: none
  std::unordered_map<std::uint32_t, NodeId> merged;
  std::vector<SourceId> source_of;  // by extent

  NodeId Now(std::int64_t id) const {
    const NodeId node{static_cast<std::uint32_t>(id)};
    if (merged.empty()) return node;
    const auto at = merged.find(node.value);
    return at == merged.end() ? node : at->second;
  }
};

template <class OnRow>
Status ForEachRow(Database& db, std::string_view sql, const OnRow& on_row) {
  Statement statement = HM_TRY(db.Prepare(sql));
  Rows rows = HM_TRY(statement.Query());
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) return {};
    HM_TRY(on_row(rows));
  }
}

SourceId SourceAt(const Rows& rows, int column) {
  return {static_cast<std::uint32_t>(rows.Int(column))};
}

Status ReadSources(Database& db, State& state, const Store::OnChange& on_change) {
  HM_TRY(ForEachRow(db, "SELECT id, name, kind FROM source WHERE announced <> 0 ORDER BY id",
                    [&](const Rows& rows) {
                      return on_change(
                          model::SourceSeen{SourceAt(rows, 0), std::string(rows.Text(1)),
                                            static_cast<model::SourceKind>(rows.Int(2))});
                    }));
  return ForEachRow(
      db, "SELECT id, source, name, as_of, complete, sequence FROM extent ORDER BY id",
      [&](const Rows& rows) -> Status {
        const auto id = static_cast<std::size_t>(rows.Int(0));
        if (state.source_of.size() <= id) state.source_of.resize(id + 1);
        state.source_of[id] = SourceAt(rows, 1);
        if (rows.Int(5) == 0) return {};  // its first frame is in staging
        return on_change(model::ExtentSeen{
            SourceAt(rows, 1), std::string(rows.Text(2)), {rows.Int(3)}, rows.Int(4) != 0});
      });
}

Status ReadEntities(Database& db, const State& state, const Store::OnChange& on_change) {
  return ForEachRow(
      db, "SELECT id, kind, key, batch FROM entity WHERE merged_into = 0 ORDER BY id",
      [&](const Rows& rows) -> Status {
        if (state.unpublished != 0 && rows.Uint(3) == state.unpublished) return {};
        return on_change(model::EntityAdded{{static_cast<std::uint32_t>(rows.Int(0))},
                                            static_cast<model::EntityKind>(rows.Int(1)),
                                            std::string(rows.Text(2))});
      });
}

Status ReadNames(Database& db, const State& state, const Store::OnChange& on_change) {
  Statement statement = HM_TRY(db.Prepare(
      "SELECT DISTINCT entity, name FROM alias WHERE until IS NULL AND batch IS NOT ?1"));
  // No row has batch -1.
  Rows rows = HM_TRY(statement.Query(
      state.unpublished == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(state.unpublished)));
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) return {};
    HM_TRY(on_change(model::NameChanged{state.Now(rows.Int(0)), std::string(rows.Text(1)), true}));
  }
}

Status ReadStatements(Database& db, const State& state, const Store::OnChange& on_change) {
  return ForEachRow(
      db,
      "SELECT extent, subject, kind, object, id, since, batch, ended_batch, qualifier, properties "
      "FROM statement",
      [&](const Rows& rows) -> Status {
        if (state.unpublished != 0 && rows.Uint(6) == state.unpublished) return {};
        if (rows.Int(7) != 0 && rows.Uint(7) != state.unpublished) return {};
        model::PropertyMap properties = HM_TRY(estate::ReadProperties(rows.Bytes(9)));
        const SourceId source = state.source_of[static_cast<std::size_t>(rows.Int(0))];
        const auto kind = static_cast<StatementKind>(rows.Int(2));
        const model::StatementId id{rows.Uint(4)};
        const NodeId subject = state.Now(rows.Int(1));
        if (kind == kOwnStatement) {
          return on_change(
              model::EntityStated{id, subject, source, {rows.Int(5)}, std::move(properties)});
        }
        return on_change(model::EdgeStated{id,
                                           EdgeOf(kind),
                                           subject,
                                           state.Now(rows.Int(3)),
                                           std::string(rows.Text(8)),
                                           source,
                                           {rows.Int(5)},
                                           std::move(properties)});
      });
}

}  // namespace

Result<std::uint64_t> ReadCurrentState(Database& db, const Store::OnChange& on_change) {
  // Never written to: its end, however it comes, only lets go of the moment that was read.
  Transaction moment = HM_TRY(Transaction::Begin(db, false));
  State state;
  const std::int64_t seq = HM_TRY(db.Number("SELECT max(seq) FROM change_log"));
  const std::int64_t unpublished = HM_TRY(db.Number("SELECT id FROM staged WHERE state = 1"));
  state.unpublished = static_cast<std::uint64_t>(unpublished);
  state.merged = HM_TRY(ReadMerges(db));
  HM_TRY(ReadSources(db, state, on_change));
  HM_TRY(ReadEntities(db, state, on_change));
  HM_TRY(ReadNames(db, state, on_change));
  HM_TRY(ReadStatements(db, state, on_change));
  return static_cast<std::uint64_t>(seq);
}

}  // namespace hullmark::sqlite
