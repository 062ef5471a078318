// SPDX-License-Identifier: Apache-2.0
//
// Records in the estate's file: written by the one writer, tokens kept in memory as well.
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/guarded.h"
#include "base/text.h"
#include "core/estate/records/check.h"
#include "core/estate/sqlite/core.h"

namespace hullmark::sqlite {
namespace {

using records::ApiToken;
using records::AuditEntry;
using records::ConfiguredSource;
using records::Sync;

constexpr std::chrono::minutes kTouchEvery{1};

std::optional<Timestamp> TimeAt(const Rows& rows, int column) {
  if (rows.IsNull(column)) return std::nullopt;
  return Timestamp{rows.Int(column)};
}

// For the one column that may be NULL.
template <class Run>
Status RunWith(const std::optional<Timestamp>& time, const Run& run) {
  return time ? run(time->micros) : run(Null{});
}

ConfiguredSource SourceOf(const Rows& rows) {
  ConfiguredSource out{std::string(rows.Text(0)),
                       std::string(rows.Text(1)),
                       std::string(rows.Text(2)),
                       {rows.Int(3)},
                       std::nullopt};
  if (const auto started = TimeAt(rows, 4)) {
    out.last_sync = Sync{*started, TimeAt(rows, 5), rows.Int(6) != 0, std::string(rows.Text(7)),
                         std::string(rows.Text(8))};
  }
  return out;
}

constexpr std::string_view kReadSources =
    "SELECT name, kind, settings, created, sync_started, sync_ended, sync_ok, sync_error, "
    "sync_mend FROM configured_source";

class SqliteRecords final : public records::Records {
 public:
  explicit SqliteRecords(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  Status Load() {
    std::vector<ApiToken> tokens = HM_TRY(core_->readers().With(ReadTokens));
    tokens_.With([&](std::vector<ApiToken>& all) { all = std::move(tokens); });
    return {};
  }

  Status AddToken(const ApiToken& token) override {
    HM_TRY(records::CheckToken(token));
    const Status added = core_->writer().Run([&](Database& db) -> Status {
      Statement taken =
          HM_TRY(db.Prepare("SELECT id = ?1 FROM api_token WHERE id = ?1 OR secret_sha256 = ?2"));
      {
        Rows rows = HM_TRY(taken.Query(token.id, token.secret_sha256));
        const bool found = HM_TRY(rows.Next());
        if (found) {
          return Fail(Errc::kConflict,
                      Cat({"token: ", rows.Int(0) != 0 ? "the id " : "the secret of ",
                           Quote(token.id), " is taken; make a new one"}));
        }
      }
      Statement add = HM_TRY(
          db.Prepare("INSERT INTO api_token(id, name, role, secret_sha256, created, expires) "
                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
      return RunWith(token.expires_at, [&](auto expires) {
        return add.Run(token.id, token.name, token.role, token.secret_sha256,
                       token.created_at.micros, expires);
      });
    });
    if (!added) return added;
    tokens_.With([&](std::vector<ApiToken>& all) { all.push_back(token); });
    return {};
  }

  Status RemoveToken(std::string_view id) override {
    const Status removed = core_->writer().Run([&](Database& db) -> Status {
      Statement remove = HM_TRY(db.Prepare("DELETE FROM api_token WHERE id = ?1"));
      HM_TRY(remove.Run(id));
      if (db.changed() == 0) return Fail(Errc::kNotFound, Cat({"token: there is no ", Quote(id)}));
      return {};
    });
    if (!removed) return removed;
    tokens_.With([&](std::vector<ApiToken>& all) {
      std::erase_if(all, [&](const ApiToken& token) { return token.id == id; });
    });
    return {};
  }

  std::vector<ApiToken> Tokens() const override {
    return tokens_.With([](const std::vector<ApiToken>& all) { return all; });
  }

  std::optional<ApiToken> FindToken(std::string_view secret_sha256) const override {
    return tokens_.With([&](const std::vector<ApiToken>& all) -> std::optional<ApiToken> {
      const auto at = std::ranges::find(all, secret_sha256, &ApiToken::secret_sha256);
      if (at == all.end()) return std::nullopt;
      return *at;
    });
  }

  void TouchToken(std::string_view id) override {
    const Timestamp now = core_->clock().Now();
    const bool due = tokens_.With([&](std::vector<ApiToken>& all) {
      const auto at = std::ranges::find(all, id, &ApiToken::id);
      if (at == all.end()) return false;
      if (at->last_used && now < *at->last_used + kTouchEvery) return false;
      at->last_used = now;
      return true;
    });
    if (!due) return;
    core_->writer().RunSometime([key = std::string(id), now](Database& db) -> Status {
      Statement touch = HM_TRY(db.Prepare("UPDATE api_token SET last_used = ?2 WHERE id = ?1"));
      return touch.Run(key, now.micros);
    });
  }

  Status PutSource(const ConfiguredSource& source) override {
    HM_TRY(records::CheckSource(source));
    return core_->writer().Run([&](Database& db) -> Status {
      Statement put =
          HM_TRY(db.Prepare("INSERT INTO configured_source(name, kind, settings, created) "
                            "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(name) DO UPDATE SET kind = ?2, "
                            "settings = ?3"));
      return put.Run(source.name, source.kind, source.settings, source.created_at.micros);
    });
  }

  Status RemoveSource(std::string_view name) override {
    return core_->writer().Run([&](Database& db) -> Status {
      Statement remove = HM_TRY(db.Prepare("DELETE FROM configured_source WHERE name = ?1"));
      HM_TRY(remove.Run(name));
      return FoundOne(db, name);
    });
  }

  Result<std::vector<ConfiguredSource>> ConfiguredSources() const override {
    return core_->readers().With([](Reader& reader) -> Result<std::vector<ConfiguredSource>> {
      std::vector<ConfiguredSource> out;
      Statement read = HM_TRY(reader.db().Prepare(Cat({kReadSources, " ORDER BY name"})));
      Rows rows = HM_TRY(read.Query());
      for (;;) {
        const bool more = HM_TRY(rows.Next());
        if (!more) return out;
        out.push_back(SourceOf(rows));
      }
    });
  }

  Result<std::optional<ConfiguredSource>> FindSource(std::string_view name) const override {
    return core_->readers().With([&](Reader& reader) -> Result<std::optional<ConfiguredSource>> {
      Statement read = HM_TRY(reader.db().Prepare(Cat({kReadSources, " WHERE name = ?1"})));
      Rows rows = HM_TRY(read.Query(name));
      const bool found = HM_TRY(rows.Next());
      if (!found) return std::nullopt;
      return SourceOf(rows);
    });
  }

  Status NoteSync(std::string_view name, const Sync& sync) override {
    return core_->writer().Run([&](Database& db) -> Status {
      Statement note =
          HM_TRY(db.Prepare("UPDATE configured_source SET sync_started = ?2, sync_ended = ?3, "
                            "sync_ok = ?4, sync_error = ?5, sync_mend = ?6 WHERE name = ?1"));
      const Status noted = RunWith(sync.ended_at, [&](auto ended) {
        return note.Run(name, sync.started_at.micros, ended, sync.ok ? 1 : 0, sync.error,
                        sync.mend);
      });
      if (!noted) return noted;
      return FoundOne(db, name);
    });
  }

  Result<std::string> Pin(std::string_view scope, std::string_view name,
                          std::string_view value) override {
    std::optional<std::string> pinned = HM_TRY(
        core_->readers().With([&](Reader& reader) { return ReadPin(reader.db(), scope, name); }));
    if (pinned) return *std::move(pinned);
    const Status done = core_->writer().Run([&](Database& db) -> Status {
      Statement add =
          HM_TRY(db.Prepare("INSERT INTO pin(scope, name, value) VALUES(?1, ?2, ?3) "
                            "ON CONFLICT DO NOTHING"));
      HM_TRY(add.Run(scope, name, value));
      pinned = HM_TRY(ReadPin(db, scope, name));
      return {};
    });
    if (!done) return std::unexpected(done.error());
    return *std::move(pinned);
  }

  Status Audit(std::string_view who, std::string_view what, std::string_view detail) override {
    const Timestamp now = core_->clock().Now();
    return core_->writer().Run([&](Database& db) -> Status {
      Statement add =
          HM_TRY(db.Prepare("INSERT INTO audit(at, who, what, detail) VALUES(?1, ?2, ?3, ?4)"));
      return add.Run(now.micros, who, what, detail);
    });
  }

  Result<std::vector<AuditEntry>> AuditLog(std::uint64_t before, std::size_t limit) const override {
    return core_->readers().With([&](Reader& reader) -> Result<std::vector<AuditEntry>> {
      Statement read = HM_TRY(reader.db().Prepare(
          "SELECT seq, at, who, what, detail FROM audit WHERE ?1 = 0 OR seq < ?1 "
          "ORDER BY seq DESC LIMIT ?2"));
      std::vector<AuditEntry> out;
      Rows rows = HM_TRY(read.Query(before, limit));
      for (;;) {
        const bool more = HM_TRY(rows.Next());
        if (!more) return out;
        out.push_back({rows.Uint(0),
                       {rows.Int(1)},
                       std::string(rows.Text(2)),
                       std::string(rows.Text(3)),
                       std::string(rows.Text(4))});
      }
    });
  }

 private:
  static Result<std::optional<std::string>> ReadPin(Database& db, std::string_view scope,
                                                    std::string_view name) {
    Statement read = HM_TRY(db.Prepare("SELECT value FROM pin WHERE scope = ?1 AND name = ?2"));
    Rows rows = HM_TRY(read.Query(scope, name));
    const bool found = HM_TRY(rows.Next());
    if (!found) return std::nullopt;
    return std::string(rows.Text(0));
  }

  static Status FoundOne(const Database& db, std::string_view name) {
    if (db.changed() != 0) return {};
    return Fail(Errc::kNotFound, Cat({"source: there is no ", Quote(name)}));
  }

  static Result<std::vector<ApiToken>> ReadTokens(Reader& reader) {
    std::vector<ApiToken> out;
    Statement read = HM_TRY(reader.db().Prepare(
        "SELECT id, name, role, secret_sha256, created, last_used, expires FROM api_token "
        "ORDER BY created, id"));
    Rows rows = HM_TRY(read.Query());
    for (;;) {
      const bool more = HM_TRY(rows.Next());
      if (!more) return out;
      out.push_back({std::string(rows.Text(0)),
                     std::string(rows.Text(1)),
                     std::string(rows.Text(2)),
                     std::string(rows.Text(3)),
                     {rows.Int(4)},
                     TimeAt(rows, 5),
                     TimeAt(rows, 6)});
    }
  }

  std::shared_ptr<Core> core_;
  Guarded<std::vector<ApiToken>> tokens_;
};

}  // namespace

Result<std::unique_ptr<records::Records>> MakeRecords(std::shared_ptr<Core> core) {
  auto out = std::make_unique<SqliteRecords>(std::move(core));
  HM_TRY(out->Load());
  return out;
}

}  // namespace hullmark::sqlite
