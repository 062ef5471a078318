// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/sqlite_store.h"

#include <utility>

#include "base/telemetry/log.h"
#include "core/estate/sqlite/core.h"
#include "core/estate/sqlite/digest.h"

namespace hullmark::sqlite {
namespace {

using estate::Applied;
using estate::ReportRecord;
using estate::SourceState;
using model::EntityRef;

class SqliteStore final : public estate::Store {
 public:
  explicit SqliteStore(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  Result<Applied> Apply(estate::Submission submission) override {
    Fingerprint fingerprint;
    estate::PreparedFrame frame = HM_TRY(estate::Prepare(
        std::move(submission.observation), core_->clock().Now(), core_->limits(), fingerprint));
    return core_->writer().Apply(std::move(frame), std::move(submission.report));
  }

  Result<std::uint64_t> ReadCurrent(const OnChange& on_change) const override {
    return core_->readers().With(
        [&](Reader& reader) { return ReadCurrentState(reader.db(), on_change); });
  }

  Status ReadLog(std::uint64_t after,
                 const std::function<Status(model::ChangeBatch&&)>& on_batch) const override {
    return core_->readers().With(
        [&](Reader& reader) { return ReadChangeLog(reader.db(), after, on_batch); });
  }

  void Follow(OnBatch on_batch) override { core_->Follow(std::move(on_batch)); }

  Result<std::vector<SourceState>> Sources() const override {
    return core_->readers().With([](Reader& reader) { return reader.Sources(); });
  }

  std::string PersonName(std::string_view person_key) const override {
    return core_->PersonName(person_key);
  }

  Result<std::optional<ReportRecord>> FindReport(std::string_view issuer, std::string_view token_id,
                                                 std::string_view route) const override {
    return core_->readers().With(
        [&](Reader& reader) { return reader.reports().Find(issuer, token_id, route); });
  }

  bool Stands(std::string_view source, std::string_view extent,
              const EntityRef& entity) const override {
    const Result<bool> stands = core_->readers().With(
        [&](Reader& reader) { return reader.Stands(source, extent, entity); });
    return Or(stands, false);  // then it is read and sent again, which does no harm
  }

  std::uint64_t LastSequence(std::string_view source, std::string_view extent) const override {
    const Result<std::uint64_t> last =
        core_->readers().With([&](Reader& reader) { return reader.LastSequence(source, extent); });
    return Or(last, std::uint64_t{0});  // then its next frame is refused, and says why
  }

  std::optional<std::vector<EntityRef>> Targets(std::string_view source, std::string_view extent,
                                                const EntityRef& from,
                                                model::EdgeKind kind) const override {
    Result<std::vector<EntityRef>> targets = core_->readers().With(
        [&](Reader& reader) { return reader.Targets(source, extent, from, kind); });
    if (targets) return *std::move(targets);
    Warn(targets.error());
    return std::nullopt;
  }

 private:
  // Known's questions have no place for an error; each has an answer that only costs a second look.
  template <class T>
  static T Or(const Result<T>& result, T otherwise) {
    if (result) return *result;
    Warn(result.error());
    return otherwise;
  }
  static void Warn(const Error& error) {
    telemetry::LogWarning("estate: what is known could not be read", {{"error", error.message()}});
  }

  std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<estate::Store> MakeStore(std::shared_ptr<Core> core) {
  return std::make_unique<SqliteStore>(std::move(core));
}

Result<SqliteEstate> OpenSqlite(const SqliteOptions& options) {
  std::shared_ptr<Core> core = HM_TRY(Core::Open(options));
  SqliteEstate out;
  out.records = HM_TRY(MakeRecords(core));
  out.store = MakeStore(std::move(core));
  return out;
}

Result<std::unique_ptr<estate::Store>> OpenSqliteStore(const SqliteOptions& options) {
  std::shared_ptr<Core> core = HM_TRY(Core::Open(options));
  return MakeStore(std::move(core));
}

}  // namespace hullmark::sqlite
