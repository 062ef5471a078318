// SPDX-License-Identifier: Apache-2.0
#include "service/ingest/source_manager.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/file.h"
#include "base/telemetry/log.h"
#include "base/text.h"
#include "core/model/schema.h"
#include "sources/connect/registry.h"

namespace hullmark::ingest {
namespace {

constexpr std::size_t kMaxPasswordBytes = 64U << 10U;
constexpr std::chrono::seconds kScheduleStep{1};

std::string Describe(const connect::SyncSummary& summary) {
  return Cat({std::to_string(summary.extents), summary.extents == 1 ? " part, " : " parts, ",
              std::to_string(summary.manifests_read), " manifests read, ",
              std::to_string(summary.unchanged), " unchanged, ", std::to_string(summary.changes),
              " changes"});
}

std::string MendOf(const Error& error, const RegistrySettings& settings) {
  switch (error.code()) {
    case Errc::kUnauthenticated:
    case Errc::kPermissionDenied:
      return "log in on the server's machine (docker login), or connect with --username and "
             "--password-file";
    case Errc::kUnavailable:
    case Errc::kDeadlineExceeded:
      return Cat({"check that the server's machine reaches ", settings.url,
                  "; for a private certificate authority connect with --ca-file"});
    case Errc::kUnsupported:
      return "its catalog is closed: connect again with --repository for each one to read";
    default:
      return "";
  }
}

Result<oci::Credentials> CredentialsFor(const RegistrySettings& settings) {
  if (settings.username.empty()) {
    const net::Url url = HM_TRY(net::Url::Parse(settings.url));
    return oci::FindCredentials(url.Authority());
  }
  oci::Credentials credentials{.username = settings.username};
  if (!settings.password_file.empty()) {
    credentials.password = HM_TRY(ReadFile(settings.password_file, kMaxPasswordBytes));
    while (credentials.password.ends_with('\n') || credentials.password.ends_with('\r')) {
      credentials.password.pop_back();
    }
  }
  return credentials;
}

}  // namespace

class SourceManager::Impl {
 public:
  Impl(LiveEstate& estate, records::Records& records, const Clock& clock,
       MakeTransport make_transport)
      : estate_(estate),
        records_(records),
        clock_(clock),
        make_transport_(std::move(make_transport)) {}

  Result<SyncOutcome> Add(const RegistrySettings& settings, std::string_view who) {
    HM_TRY(records_.PutSource({.name = settings.name,
                               .kind = "registry",
                               .settings = WriteSettings(settings),
                               .created_at = clock_.Now(),
                               .last_sync = std::nullopt}));
    HM_TRY(records_.Audit(who, "source.add", WriteSettings(settings)));
    return LookAt(settings);
  }

  Result<std::vector<SyncOutcome>> Sync(std::string_view name) {
    std::vector<SyncOutcome> outcomes;
    const std::vector<records::ConfiguredSource> sources = HM_TRY(records_.ConfiguredSources());
    for (const records::ConfiguredSource& source : sources) {
      if (!name.empty() && source.name != name) continue;
      const RegistrySettings settings = HM_TRY(SettingsOf(source));
      SyncOutcome outcome = HM_TRY(LookAt(settings));
      outcomes.push_back(std::move(outcome));
    }
    if (!name.empty() && outcomes.empty()) {
      return Fail(Errc::kNotFound, Cat({"the server does not read a source ", Quote(name),
                                        " by itself; see `hullmark sources`"}));
    }
    return outcomes;
  }

  Result<std::vector<SourceRow>> List() const {
    std::map<std::string, SourceRow> rows;
    const std::vector<estate::SourceState> states = HM_TRY(estate_.store().Sources());
    for (const estate::SourceState& state : states) {
      SourceRow& row = rows[state.name];
      row.name = state.name;
      row.kind = std::string(model::InfoOf(state.kind).name);
      row.complete = !state.extents.empty();
      for (const estate::SourceState::Extent& extent : state.extents) {
        // A job's report is an event: newest is what counts; a looked-at extent is as old as its
        // oldest part.
        const bool event = state.kind == model::SourceKind::kCiReport;
        const bool first = row.as_of.micros == 0;
        if (first || (event ? extent.as_of > row.as_of : extent.as_of < row.as_of))
          row.as_of = extent.as_of;
        row.complete = row.complete && (extent.complete || event);
      }
    }
    const std::vector<records::ConfiguredSource> configured = HM_TRY(records_.ConfiguredSources());
    for (const records::ConfiguredSource& source : configured) {
      SourceRow& row = rows[source.name];
      row.name = source.name;
      row.kind = source.kind;
      row.configured = true;
      if (!source.last_sync) continue;
      row.syncing = !source.last_sync->ended_at.has_value();
      row.error = source.last_sync->error;
      row.mend = source.last_sync->mend;
    }
    std::vector<SourceRow> list;
    for (auto& [name, row] : rows) list.push_back(std::move(row));
    return list;
  }

  void StartSchedule() {
    scheduler_ = std::jthread([this](const std::stop_token& stop) { RunSchedule(stop); });
  }

 private:
  static Result<RegistrySettings> SettingsOf(const records::ConfiguredSource& source) {
    const SettingFields fields = HM_TRY(FieldsOfJson(source.settings));
    return MakeRegistrySettings(fields);
  }

  /// One look; a second caller for the same source waits for the first to end, then looks itself.
  Result<SyncOutcome> LookAt(const RegistrySettings& settings) {
    const std::unique_lock one_at_a_time(MutexOf(settings.name));
    records::Sync sync{.started_at = clock_.Now()};
    HM_TRY(records_.NoteSync(settings.name, sync));
    SyncOutcome outcome{.name = settings.name};
    const Result<connect::SyncSummary> summary = Look(settings);
    if (!summary) {
      outcome.error = summary.error().message();
      outcome.mend = MendOf(summary.error(), settings);
    } else {
      outcome.summary = Describe(*summary);
      if (!summary->problems.empty()) {
        const connect::SyncProblem& problem = summary->problems.front();
        outcome.error = Cat({problem.extent, ": ", problem.error.message()});
        if (summary->problems.size() > 1) {
          outcome.error += Cat({" (and ", std::to_string(summary->problems.size() - 1), " more)"});
        }
        outcome.mend = problem.mend.empty() ? MendOf(problem.error, settings) : problem.mend;
      }
    }
    outcome.ok = outcome.error.empty();
    sync.ended_at = clock_.Now();
    sync.ok = outcome.ok;
    sync.error = outcome.error;
    sync.mend = outcome.mend;
    HM_TRY(records_.NoteSync(settings.name, sync));
    if (outcome.ok) {
      telemetry::LogInfo("source synced", {{"source", outcome.name}, {"summary", outcome.summary}});
    } else {
      telemetry::LogWarning("source failed", {{"source", outcome.name}, {"error", outcome.error}});
    }
    return outcome;
  }

  Result<connect::SyncSummary> Look(const RegistrySettings& settings) {
    const std::unique_ptr<net::HttpTransport> transport = make_transport_(settings.ca_file);
    connect::RegistryConnectorOptions options;
    options.url = settings.url;
    options.repositories = settings.repositories;
    options.client.credentials = HM_TRY(CredentialsFor(settings));
    options.client.insecure = settings.insecure_http;
    const std::unique_ptr<connect::RegistryConnector> connector =
        HM_TRY(connect::RegistryConnector::Create(*transport, std::move(options)));
    return connector->Sync({.sink = estate_.store(),
                            .known = estate_.store(),
                            .clock = clock_,
                            .stop = scheduler_.get_stop_token()});
  }

  std::mutex& MutexOf(const std::string& name) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<std::mutex>& mutex = looking_[name];
    if (!mutex) mutex = std::make_unique<std::mutex>();
    return *mutex;
  }

  void RunSchedule(const std::stop_token& stop) {
    std::mutex idle;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
      {
        std::unique_lock lock(idle);
        wake.wait_for(lock, stop, kScheduleStep, [] { return false; });
      }
      const Result<std::vector<records::ConfiguredSource>> sources = records_.ConfiguredSources();
      if (!sources) continue;
      for (const records::ConfiguredSource& source : *sources) {
        if (stop.stop_requested()) return;
        const Result<RegistrySettings> settings = SettingsOf(source);
        if (!settings) continue;
        const Timestamp last = source.last_sync ? source.last_sync->started_at : Timestamp{};
        if (clock_.Now() - last < settings->every) continue;
        if (const Result<SyncOutcome> outcome = LookAt(*settings); !outcome) {
          telemetry::LogError("source could not be looked at",
                              {{"source", source.name}, {"error", outcome.error().message()}});
        }
      }
    }
  }

  LiveEstate& estate_;
  records::Records& records_;
  const Clock& clock_;
  const MakeTransport make_transport_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<std::mutex>> looking_;  // guarded by mutex_
  std::jthread scheduler_;
};

SourceManager::SourceManager(LiveEstate& estate, records::Records& records, const Clock& clock,
                             MakeTransport make_transport)
    : impl_(std::make_unique<Impl>(estate, records, clock, std::move(make_transport))) {}
SourceManager::~SourceManager() = default;

Result<SyncOutcome> SourceManager::Add(const RegistrySettings& settings, std::string_view who) {
  return impl_->Add(settings, who);
}
Result<std::vector<SyncOutcome>> SourceManager::Sync(std::string_view name) {
  return impl_->Sync(name);
}
Result<std::vector<SourceRow>> SourceManager::List() const { return impl_->List(); }
void SourceManager::StartSchedule() { impl_->StartSchedule(); }

}  // namespace hullmark::ingest
