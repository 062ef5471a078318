// SPDX-License-Identifier: Apache-2.0
//
// One read connection and the questions it answers, and a pool of them.  Readers see what is
// published, never block the writer and are never blocked by it.  Thread-safety: Reader is one
// thread's at a time; ReaderPool is thread-safe.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/report_table.h"
#include "core/estate/store.h"

namespace hullmark::sqlite {

class Reader {
 public:
  static Result<std::unique_ptr<Reader>> Open(const std::string& path);

  Result<std::vector<estate::SourceState>> Sources();
  Result<std::string> PersonName(std::string_view key);
  Result<bool> Stands(std::string_view source, std::string_view extent,
                      const model::EntityRef& entity);
  Result<std::vector<model::EntityRef>> Targets(std::string_view source, std::string_view extent,
                                                const model::EntityRef& from, model::EdgeKind kind);
  Result<std::uint64_t> LastSequence(std::string_view source, std::string_view extent);

  ReportTable& reports() { return *reports_; }
  Database& db() { return db_; }

 private:
  explicit Reader(Database db) : db_(std::move(db)) {}

  /// The extent's number and those that the entity has had; empty when one is not known.
  struct Place {
    std::int64_t extent = 0;
    std::vector<std::int64_t> entities;
  };
  Result<Place> Find(std::string_view source, std::string_view extent,
                     const model::EntityRef& entity);

  Database db_;
  std::optional<ReportTable> reports_;
  Statement extent_, entity_, holder_, members_, stands_, targets_, person_;
};

class ReaderPool {
 public:
  static Result<std::unique_ptr<ReaderPool>> Open(const std::string& path, std::size_t count);

  /// Calls `f(reader)` with a reader of its own, when one is free.
  template <class F>
  auto With(F&& f) {
    Lease lease(*this);
    return std::forward<F>(f)(*lease.reader);
  }

 private:
  struct Lease {
    explicit Lease(ReaderPool& from) : pool(from), reader(from.Take()) {}
    ~Lease() { pool.GiveBack(std::move(reader)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ReaderPool& pool;
    std::unique_ptr<Reader> reader;
  };
  std::unique_ptr<Reader> Take();
  void GiveBack(std::unique_ptr<Reader> reader);

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Reader>> free_;
};

/// Hands over what is published now, as changes, and returns the end of the log it corresponds to.
Result<std::uint64_t> ReadCurrentState(Database& db, const estate::Store::OnChange& on_change);

}  // namespace hullmark::sqlite
