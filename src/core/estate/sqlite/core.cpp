// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/core.h"

#include "base/telemetry/log.h"
#include "core/estate/sqlite/migrations.h"

namespace hullmark::sqlite {
namespace {

constexpr std::size_t kCachedPeople = 10'000;

// DESIGN §6: an acknowledged submission is on disk.  In WAL mode that takes synchronous = FULL:
// NORMAL would sync at checkpoints only.
constexpr const char* kWriterPragmas =
    "PRAGMA page_size = 8192;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = FAST;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -65536;"
    "PRAGMA journal_size_limit = 134217728;";

}  // namespace

Result<std::shared_ptr<Core>> Core::Open(const SqliteOptions& options) {
  DataDir dir = HM_TRY(DataDir::Open(options.dir));
  const std::string path = HM_TRY(dir.DatabaseFile());
  std::shared_ptr<Core> core(new Core(std::move(dir)));
  core->clock_ = options.clock != nullptr ? options.clock : &core->system_clock_;
  core->limits_ = options.limits;

  Database db = HM_TRY(Database::Open(path, Database::Mode::kCreate));
  HM_TRY(db.Execute(kWriterPragmas));
  HM_TRY(Migrate(db));
  const WriterOptions writer_options{core->clock_, options.max_queued, options.stage_above,
                                     options.slice};
  core->writer_ =
      HM_TRY(Writer::Open(std::move(db), writer_options,
                          [raw = core.get()](const model::ChangeBatch& batch, bool people) {
                            raw->OnCommit(batch, people);
                          }));
  core->readers_ = HM_TRY(ReaderPool::Open(path, options.readers));
  return core;
}

Core::~Core() {
  // The follower may read until the last submission is done, and the connection that closes last
  // folds the log into the file, which only the writer's may.
  if (writer_) writer_->Stop();
  readers_.reset();
  writer_.reset();
}

void Core::Follow(estate::Store::OnBatch on_batch) { on_batch_ = std::move(on_batch); }

void Core::OnCommit(const model::ChangeBatch& batch, bool people) {
  if (people) {
    people_.With([](PeopleCache& cache) {
      ++cache.version;
      cache.names.clear();
    });
  }
  if (on_batch_) on_batch_(batch);
}

std::string Core::PersonName(std::string_view key) {
  std::string name(key);
  std::uint64_t version = 0;
  const bool cached = people_.With([&](PeopleCache& cache) {
    version = cache.version;
    const auto at = cache.names.find(name);
    if (at == cache.names.end()) return false;
    name = at->second;
    return true;
  });
  if (cached) return name;
  Result<std::string> found =
      readers_->With([&](Reader& reader) { return reader.PersonName(key); });
  if (!found) {
    telemetry::LogWarning("estate: a person's name could not be read",
                          {{"error", found.error().message()}});
    return {};
  }
  people_.With([&](PeopleCache& cache) {
    if (cache.version != version) return;  // what was read may be older than the last commit
    if (cache.names.size() >= kCachedPeople) cache.names.clear();
    cache.names.emplace(std::move(name), *found);
  });
  return *std::move(found);
}

}  // namespace hullmark::sqlite
