// SPDX-License-Identifier: Apache-2.0
//
// What the store and the records of one open data directory share: the lock, the writer and the
// readers. Thread-safety: thread-safe.
#pragma once
#include <memory>
#include <string>

#include "base/guarded.h"
#include "base/result.h"
#include "core/estate/sqlite/data_dir.h"
#include "core/estate/sqlite/reader.h"
#include "core/estate/sqlite/sqlite_store.h"
#include "core/estate/sqlite/writer.h"

namespace hullmark::sqlite {

class Core {
 public:
  static Result<std::shared_ptr<Core>> Open(const SqliteOptions& options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const Clock& clock() const { return *clock_; }
  const model::ObservationLimits& limits() const { return limits_; }
  Writer& writer() { return *writer_; }
  ReaderPool& readers() { return *readers_; }

  void Follow(estate::Store::OnBatch on_batch);
  std::string PersonName(std::string_view key);

 private:
  explicit Core(DataDir dir) : dir_(std::move(dir)) {}
  void OnCommit(const model::ChangeBatch& batch, bool people);

  /// Names of people that were asked for; emptied whenever one may have changed.
  struct PeopleCache {
    std::uint64_t version = 0;
    std::unordered_map<std::string, std::string> names;
  };

  // The order matters: readers and writer close before the lock is let go.
  DataDir dir_;
  SystemClock system_clock_;
  const Clock* clock_ = nullptr;
  model::ObservationLimits limits_;
  Guarded<PeopleCache> people_;
  estate::Store::OnBatch on_batch_;
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<Writer> writer_;
};

std::unique_ptr<estate::Store> MakeStore(std::shared_ptr<Core> core);
Result<std::unique_ptr<records::Records>> MakeRecords(std::shared_ptr<Core> core);

}  // namespace hullmark::sqlite
