// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/database.h"

#include <sqlite3.h>

#include "base/telemetry/log.h"
#include "base/text.h"

namespace hullmark::sqlite {
namespace {

constexpr int kBusyMillis = 10'000;

// One table for what SQLite says and what that means to us.
Error ErrorOf(int code, sqlite3* db) {
  std::string_view said = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Errc::kResourceExhausted,
              "estate: the disk is full; free some space for the data directory"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Errc::kDataLoss, Cat({"estate: the file is damaged (", said, "); restore a backup"})};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::kUnavailable,
              Cat({"estate: the file is locked by another program (", said, "); try again"})};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Errc::kUnavailable,
              Cat({"estate: the file cannot be read or written (", said, ", ", sqlite3_errstr(code),
                   "); see to the disk and the permissions"})};
    default:
      return {Errc::kInternal, Cat({"estate: sqlite: ", said, " (", std::to_string(code), ")"})};
  }
}

Status Judge(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return {};
  return std::unexpected(ErrorOf(code, db));
}

// SQLite counts all it allocates under one lock, for a report that nobody here reads.
void ConfigureOnce() {
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)configured;  // refused where SQLite is in use already: then it counts on
}

}  // namespace

Rows::~Rows() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

Result<bool> Rows::Next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(ErrorOf(code, sqlite3_db_handle(statement_)));
}

std::int64_t Rows::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Rows::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Rows::Bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Rows::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

void Statement::Restart() {
  sqlite3_reset(handle_.get());
  bind_error_ = SQLITE_OK;
}

Status Statement::Bound() {
  return Judge(bind_error_, handle_ ? sqlite3_db_handle(handle_.get()) : nullptr);
}

void Statement::BindInt(int at, std::int64_t value) {
  const int code = sqlite3_bind_int64(handle_.get(), at, value);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Statement::Bind(int at, std::string_view text) {
  // A null pointer would bind NULL; an empty text is a text.
  const char* data = text.data() == nullptr ? "" : text.data();
  const int code =
      sqlite3_bind_text64(handle_.get(), at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Statement::Bind(int at, Blob blob) {
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  const int code = sqlite3_bind_blob64(handle_.get(), at, data, blob.bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Statement::Bind(int at, Null) {
  const int code = sqlite3_bind_null(handle_.get(), at);
  if (code != SQLITE_OK) bind_error_ = code;
}

void Database::Close::operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }

Result<Database> Database::Open(const std::string& path, Mode mode) {
  const int flags = (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY
                                             : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  ConfigureOnce();
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database out;
  out.handle_.reset(raw);  // owned even when opening failed, as sqlite3 documents
  Status opened = Judge(code, raw);
  if (!opened) return Fail(std::move(opened).error(), path);
  HM_TRY(Judge(sqlite3_busy_timeout(raw, kBusyMillis), raw));
  return out;
}

Status Database::Execute(const std::string& sql) {
  return Judge(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr), handle_.get());
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  Statement statement;
  statement.handle_.reset(raw);
  HM_TRY(Judge(code, handle_.get()));
  return statement;
}

Result<std::int64_t> Database::Number(std::string_view sql) {
  Statement statement = HM_TRY(Prepare(sql));
  Rows rows = HM_TRY(statement.Query());
  const bool found = HM_TRY(rows.Next());
  return found ? rows.Int(0) : 0;
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

std::int64_t Database::changed() const { return sqlite3_changes64(handle_.get()); }

void Database::TakeOverCheckpoints() {
  log_pages_ = std::make_unique<int>(0);
  const auto count = [](void* to, sqlite3*, const char*, int pages) {
    *static_cast<int*>(to) = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_.get(), count, log_pages_.get());
}

Status Database::Checkpoint() {
  return Judge(sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                         nullptr),
               handle_.get());
}

Result<Transaction> Transaction::Begin(Database& db, bool writing) {
  HM_TRY(db.Execute(writing ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(db);
}

Transaction::~Transaction() {
  // Rolling back fails only where the error has done so already.
  if (db_ == nullptr || !db_->in_transaction()) return;
  if (Status undone = db_->Execute("ROLLBACK"); !undone) {
    telemetry::LogWarning("estate: a transaction could not be rolled back",
                          {{"error", undone.error().message()}});
  }
}

Status Transaction::Commit() {
  HM_TRY(db_->Execute("COMMIT"));
  db_ = nullptr;
  return {};
}

}  // namespace hullmark::sqlite
