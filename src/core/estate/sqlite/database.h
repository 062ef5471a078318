// SPDX-License-Identifier: Apache-2.0
//
// SQLite's C API behind owners: a connection, its prepared statements, and rows that end
// themselves. Thread-safety: a connection and all of its statements belong to one thread at a time.
#pragma once
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hullmark::sqlite {

/// Marks bytes that are not text.
struct Blob {
  std::string_view bytes;
};
struct Null {};

/// The rows of a statement that runs; ends it when it goes out of scope.  Borrowed views live until
/// the next row.
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  ~Rows();
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  /// Whether there is one more row.
  Result<bool> Next();

  std::int64_t Int(int column) const;
  std::uint64_t Uint(int column) const { return static_cast<std::uint64_t>(Int(column)); }
  std::string_view Text(int column) const;
  std::string_view Bytes(int column) const;
  bool IsNull(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class Statement {
 public:
  Statement() = default;

  /// Starts the statement with these values for ?1, ?2 …; texts and blobs are borrowed while it
  /// runs.
  template <class... Values>
  Result<Rows> Query(const Values&... values) {
    Restart();
    int at = 0;
    (Bind(++at, values), ...);
    HM_TRY(Bound());
    return Rows(handle_.get());
  }
  /// The same for what gives no rows; runs to its end.
  template <class... Values>
  Status Run(const Values&... values) {
    Rows rows = HM_TRY(Query(values...));
    Result<bool> end = rows.Next();
    if (!end) return std::unexpected(std::move(end).error());
    return {};
  }

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  void Restart();
  Status Bound();
  void BindInt(int at, std::int64_t value);
  void Bind(int at, std::string_view text);
  void Bind(int at, const std::string& text) { Bind(at, std::string_view(text)); }
  void Bind(int at, Blob blob);
  void Bind(int at, Null);
  template <std::integral T>
  void Bind(int at, T value) {
    BindInt(at, static_cast<std::int64_t>(value));
  }

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_error_ = 0;
};

class Database {
 public:
  enum class Mode { kCreate, kReadOnly };
  static Result<Database> Open(const std::string& path, Mode mode);

  /// One or more SQL statements without values and without rows.
  Status Execute(const std::string& sql);
  Result<Statement> Prepare(std::string_view sql);
  /// The first column of the first row; 0 when there is none.
  Result<std::int64_t> Number(std::string_view sql);
  /// False outside a transaction, also when an error has ended it.
  bool in_transaction() const;
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  std::int64_t changed() const;
  /// Ends SQLite's own checkpoints, which would make a committer wait: from now on log_pages counts
  /// and Checkpoint is the caller's to call.
  void TakeOverCheckpoints();
  /// Pages in the write-ahead log as of the last commit.
  int log_pages() const { return log_pages_ ? *log_pages_ : 0; }
  /// Moves what it can of the log into the main file without waiting for anyone.
  Status Checkpoint();

 private:
  struct Close {
    void operator()(sqlite3* db) const noexcept;
  };
  std::unique_ptr<int> log_pages_;  // written by a hook of the connection: closes after it
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A transaction that is undone unless it was committed.
class Transaction {
 public:
  /// `writing` takes the write lock at once.
  static Result<Transaction> Begin(Database& db, bool writing);
  ~Transaction();
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Status Commit();

 private:
  explicit Transaction(Database& db) : db_(&db) {}
  Database* db_;
};

}  // namespace hullmark::sqlite
