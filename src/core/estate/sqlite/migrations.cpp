// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/migrations.h"

#include <string>

#include "base/text.h"

namespace hullmark::sqlite {
namespace {

// Why the tables are as they are:
// - What is stated now and what was stated before are apart: the first is read whole at every start
// and looked up for
//   every record, the second only grows.
// - `statement` is clustered by (extent, subject): a frame touches one range of it, so complete
// frames, unchanged
//   records, staging and its undoing need no further index.
// - An entity's own statement is the row with kind 0 and object 0; edges have their kind's number
// plus 1.
// - `batch` is 0 or the staged frame that wrote the row: it counts once that is published
// (staged.state).
constexpr std::string_view kSteps[] = {R"sql(
CREATE TABLE source(
  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, announced INTEGER NOT NULL, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE extent(
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, sequence INTEGER NOT NULL, as_of INTEGER NOT NULL,
  received INTEGER NOT NULL, complete INTEGER NOT NULL, statements INTEGER NOT NULL, content BLOB NOT NULL,
  name TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX extent_name ON extent(source, name);

CREATE TABLE entity(
  id INTEGER PRIMARY KEY, space INTEGER NOT NULL, kind INTEGER NOT NULL, rank INTEGER NOT NULL,
  standing INTEGER NOT NULL, merged_into INTEGER NOT NULL, batch INTEGER NOT NULL, key TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX entity_key ON entity(space, key) WHERE merged_into = 0;
CREATE INDEX entity_merged ON entity(merged_into) WHERE merged_into <> 0;
CREATE TABLE alias(
  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, entity INTEGER NOT NULL, source INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER, batch INTEGER NOT NULL, name TEXT NOT NULL) STRICT;
CREATE INDEX alias_name ON alias(name, kind);
CREATE INDEX alias_entity ON alias(entity, source);
CREATE TABLE person(
  entity INTEGER PRIMARY KEY, updated INTEGER NOT NULL, name TEXT NOT NULL, properties BLOB NOT NULL) STRICT;

CREATE TABLE statement(
  extent INTEGER NOT NULL, subject INTEGER NOT NULL, kind INTEGER NOT NULL, object INTEGER NOT NULL,
  id INTEGER NOT NULL, since INTEGER NOT NULL, received INTEGER NOT NULL, batch INTEGER NOT NULL,
  until INTEGER NOT NULL, ended_batch INTEGER NOT NULL, qualifier TEXT NOT NULL, properties BLOB NOT NULL,
  PRIMARY KEY(extent, subject, kind, object, id)) STRICT, WITHOUT ROWID;
CREATE TABLE statement_past(
  id INTEGER PRIMARY KEY, extent INTEGER NOT NULL, subject INTEGER NOT NULL, kind INTEGER NOT NULL,
  object INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, received INTEGER NOT NULL,
  until_received INTEGER NOT NULL, qualifier TEXT NOT NULL, properties BLOB NOT NULL) STRICT;
CREATE TABLE unresolved(
  entity INTEGER NOT NULL, extent INTEGER NOT NULL, PRIMARY KEY(entity, extent)) STRICT, WITHOUT ROWID;

CREATE TABLE staged(
  id INTEGER PRIMARY KEY, state INTEGER NOT NULL, extent INTEGER NOT NULL, first_entity INTEGER NOT NULL,
  first_alias INTEGER NOT NULL) STRICT;
CREATE TABLE change_log(
  seq INTEGER PRIMARY KEY, published INTEGER NOT NULL, next_statement INTEGER NOT NULL, batch INTEGER NOT NULL,
  amends BLOB NOT NULL, changes BLOB NOT NULL) STRICT;
CREATE TABLE change_part(
  batch INTEGER NOT NULL, part INTEGER NOT NULL, changes BLOB NOT NULL, PRIMARY KEY(batch, part)) STRICT;

CREATE TABLE key_set(id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, document TEXT NOT NULL) STRICT;
CREATE TABLE report(
  id INTEGER PRIMARY KEY, received INTEGER NOT NULL, expires INTEGER NOT NULL, key_set INTEGER NOT NULL,
  lookup BLOB NOT NULL, issuer TEXT NOT NULL, token_id TEXT NOT NULL, route TEXT NOT NULL,
  body_sha256 TEXT NOT NULL, answer TEXT NOT NULL, token TEXT NOT NULL, body BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX report_lookup ON report(lookup);

CREATE TABLE api_token(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, secret_sha256 TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, last_used INTEGER, expires INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE configured_source(
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, settings TEXT NOT NULL, created INTEGER NOT NULL,
  sync_started INTEGER, sync_ended INTEGER, sync_ok INTEGER NOT NULL DEFAULT 0, sync_error TEXT NOT NULL DEFAULT '',
  sync_mend TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE pin(
  scope TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(scope, name)) STRICT, WITHOUT ROWID;
CREATE TABLE audit(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
  detail TEXT NOT NULL) STRICT;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
)sql"};

}  // namespace

std::span<const std::string_view> MigrationSteps() { return kSteps; }

Status Migrate(Database& db) {
  const auto known = static_cast<std::int64_t>(std::size(kSteps));
  const std::int64_t version = HM_TRY(db.Number("PRAGMA user_version"));
  const std::int64_t owner = HM_TRY(db.Number("PRAGMA application_id"));
  const std::int64_t tables = HM_TRY(db.Number("SELECT count(*) FROM sqlite_schema"));
  if (owner != kApplicationId && (owner != 0 || version != 0 || tables != 0)) {
    return Fail(Errc::kInputRefused,
                "estate: the file is another program's database; give a data directory of its own");
  }
  if (version > known) {
    return Fail(Errc::kUnsupported,
                Cat({"estate: the file has format ", std::to_string(version),
                     ", of a newer version; this one knows ", std::to_string(known),
                     ": run the newer one, or restore the backup its upgrade made"}));
  }
  for (std::int64_t step = version; step < known; ++step) {
    Transaction transaction = HM_TRY(Transaction::Begin(db, true));
    HM_TRY(db.Execute(std::string(kSteps[static_cast<std::size_t>(step)])));
    HM_TRY(db.Execute(Cat({"PRAGMA user_version = ", std::to_string(step + 1)})));
    HM_TRY(db.Execute(Cat({"PRAGMA application_id = ", std::to_string(kApplicationId)})));
    HM_TRY(transaction.Commit());
  }
  return {};
}

}  // namespace hullmark::sqlite
