// SPDX-License-Identifier: Apache-2.0
#include "sources/connect/registry.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "sources/connect/parallel.h"
#include "sources/connect/repository_reader.h"
#include "sources/oci/hosts.h"

namespace hullmark::connect {
namespace {

using model::EdgeKind;
using model::EntityKind;
using model::EntityRef;

constexpr std::string_view kCatalogExtent = "catalog";
constexpr std::size_t kProgressEvery = 100;  // manifests

// What became of one repository.
enum class Outcome {
  kUnread,
  kRead,    // and its frame was taken
  kFailed,  // nothing of it was closed
  kGone,    // the registry has it no more, and the estate knows
};

std::uint64_t NextSequence(const SyncContext& context, std::string_view source,
                           std::string_view extent) {
  // Of the clock, so that a source that was removed and added again does not start below itself.
  const auto now =
      static_cast<std::uint64_t>(std::max<std::int64_t>(context.clock.Now().micros, 1));
  return std::max(context.known.LastSequence(source, extent) + 1, now);
}

}  // namespace

class RegistryConnector::Impl {
 public:
  Impl(net::HttpTransport& transport, RegistryConnectorOptions options)
      : options_(std::move(options)),
        name_(Cat({"registry:", options_.host})),
        client_(transport, options_.client) {}

  const std::string& name() const { return name_; }
  oci::RegistryClient& client() { return client_; }
  Result<SyncSummary> Sync(const SyncContext& context);
  Result<SyncSummary> SyncOne(const SyncContext& context, std::string_view path);

 private:
  struct Plan {
    std::vector<std::string> paths;
    bool listed = false;         // by the registry itself
    std::set<std::string> gone;  // known from before, and listed no more
  };
  struct Run {  // one sync; shared by its threads
    Run(const SyncContext& c, std::size_t width) : context(c), gate(width, c.stop) {}
    const SyncContext& context;
    RequestGate gate;
    std::mutex mutex;  // guards what follows
    SyncSummary summary;
    SyncProgress progress;
  };

  Result<Plan> MakePlan(const SyncContext& context);
  ReaderShared SharedOf(Run& run);
  Outcome SyncRepository(Run& run, const std::string& path, const Plan& plan);
  Outcome CloseRepository(Run& run, const std::string& path);
  bool Submit(Run& run, model::Observation observation);
  void SubmitCatalog(Run& run, const Plan& plan, const std::vector<Outcome>& outcomes,
                     Timestamp observed_at);
  void AddProblem(Run& run, std::string extent, Error error, std::string mend = "");
  void Report(Run& run);

  const RegistryConnectorOptions options_;
  const std::string name_;
  oci::RegistryClient client_;
};

Result<RegistryConnector::Impl::Plan> RegistryConnector::Impl::MakePlan(
    const SyncContext& context) {
  Plan plan;
  if (!options_.repositories.empty()) {
    plan.paths = options_.repositories;
    return plan;
  }
  plan.paths = HM_TRY(client_.Catalog(context.stop));
  plan.listed = true;
  const auto before = context.known.Targets(
      name_, kCatalogExtent, {EntityKind::kRegistry, options_.host}, EdgeKind::kContains);
  if (!before) return plan;
  const std::string prefix = options_.host + "/";
  for (const EntityRef& repository : *before) {
    if (!repository.key.starts_with(prefix)) continue;
    std::string path = repository.key.substr(prefix.size());
    if (!std::ranges::binary_search(plan.paths, path)) plan.gone.insert(std::move(path));
  }
  plan.paths.insert(plan.paths.end(), plan.gone.begin(), plan.gone.end());
  return plan;
}

ReaderShared RegistryConnector::Impl::SharedOf(Run& run) {
  return {.client = client_,
          .known = run.context.known,
          .gate = run.gate,
          .width = options_.requests_at_once,
          .source = name_,
          .host = options_.host,
          .limits = options_.client.limits,
          .on_manifest_read = [this, &run] {
            const std::lock_guard lock(run.mutex);
            if (++run.progress.manifests_read % kProgressEvery == 0) Report(run);
          }};
}

// Requires: run.mutex is held, so that calls come one at a time.
void RegistryConnector::Impl::Report(Run& run) {
  if (run.context.on_progress) run.context.on_progress(run.progress);
}

void RegistryConnector::Impl::AddProblem(Run& run, std::string extent, Error error,
                                         std::string mend) {
  if (mend.empty()) mend = MendFor(error);
  const std::lock_guard lock(run.mutex);
  run.summary.problems.push_back({std::move(extent), std::move(error), std::move(mend)});
}

bool RegistryConnector::Impl::Submit(Run& run, model::Observation observation) {
  std::string extent = observation.header.extent;
  observation.header.sequence = NextSequence(run.context, name_, extent);
  const std::size_t records = observation.records.size();
  Result<model::Receipt> receipt = run.context.sink.Submit(std::move(observation));
  if (!receipt) {
    AddProblem(run, std::move(extent), std::move(receipt).error(),
               "the estate did not take it; see the server's log");
    return false;
  }
  const std::lock_guard lock(run.mutex);
  ++run.summary.frames;
  run.summary.records += records;
  run.summary.changes += receipt->changes;
  return true;
}

Outcome RegistryConnector::Impl::CloseRepository(Run& run, const std::string& path) {
  model::Observation nothing;
  nothing.header.source = name_;
  nothing.header.source_kind = model::SourceKind::kRegistry;
  nothing.header.extent = RepositoryExtent(path);
  nothing.header.observed_at = run.context.clock.Now();
  nothing.header.complete = true;
  return Submit(run, std::move(nothing)) ? Outcome::kGone : Outcome::kFailed;
}

Outcome RegistryConnector::Impl::SyncRepository(Run& run, const std::string& path,
                                                const Plan& plan) {
  const ReaderShared shared = SharedOf(run);
  Result<RepositoryReading> reading = RepositoryReader(shared, path).Read(run.context.clock.Now());
  if (!reading) {
    // Where the registry lists its repositories, an answer of 404 for one means that it is gone or
    // has no tags left; where it does not, the account may merely have lost its rights.
    if (plan.listed && reading.error().code() == Errc::kNotFound) {
      const Outcome closed = CloseRepository(run, path);
      return closed == Outcome::kGone && !plan.gone.contains(path) ? Outcome::kRead : closed;
    }
    AddProblem(run, RepositoryExtent(path), std::move(reading).error());
    return Outcome::kFailed;
  }
  {
    const std::lock_guard lock(run.mutex);
    run.summary.manifests_read += reading->manifests_read;
    run.summary.configs_read += reading->configs_read;
    run.summary.unchanged += reading->unchanged;
    std::ranges::move(reading->problems, std::back_inserter(run.summary.problems));
  }
  return Submit(run, std::move(reading->observation)) ? Outcome::kRead : Outcome::kFailed;
}

// Last, so that a sync that ends half way leaves the list as it was.
void RegistryConnector::Impl::SubmitCatalog(Run& run, const Plan& plan,
                                            const std::vector<Outcome>& outcomes,
                                            Timestamp observed_at) {
  model::Observation observation;
  observation.header.source = name_;
  observation.header.source_kind = model::SourceKind::kRegistry;
  observation.header.extent = kCatalogExtent;
  observation.header.observed_at = observed_at;
  observation.header.complete = true;

  const EntityRef registry{EntityKind::kRegistry, options_.host};
  model::EntityRecord record{registry.kind, registry.key, {}, {}};
  record.properties.SetText(model::PropertyId::kName, options_.host);
  record.properties.SetText(model::PropertyId::kUrl, options_.client.base_url);
  observation.records.emplace_back(std::move(record));
  for (std::size_t i = 0; i < plan.paths.size(); ++i) {
    if (outcomes[i] == Outcome::kGone) continue;
    // A repository that was only named to us, and could not be read, may not exist.
    if (!plan.listed && outcomes[i] != Outcome::kRead) {
      observation.header.complete = false;
      continue;
    }
    EntityRef repository{EntityKind::kImageRepository, Cat({options_.host, "/", plan.paths[i]})};
    model::EntityRecord entity{repository.kind, repository.key, {}, {}};
    entity.properties.SetText(model::PropertyId::kName, plan.paths[i]);
    observation.records.emplace_back(std::move(entity));
    observation.records.emplace_back(
        model::EdgeRecord{EdgeKind::kContains, registry, std::move(repository), "", {}});
  }
  Submit(run, std::move(observation));
}

Result<SyncSummary> RegistryConnector::Impl::Sync(const SyncContext& context) {
  const Timestamp begun = context.clock.Now();
  const Plan plan = HM_TRY(MakePlan(context));
  Run run(context, options_.requests_at_once);
  run.progress.extents_total = run.summary.extents = plan.paths.size() + 1;
  std::vector<Outcome> outcomes(plan.paths.size(), Outcome::kUnread);
  ParallelFor(plan.paths.size(), options_.repositories_at_once, [&](std::size_t i) {
    if (context.stop.stop_requested() || run.gate.given_up()) return;
    outcomes[i] = SyncRepository(run, plan.paths[i], plan);
    const std::lock_guard lock(run.mutex);
    ++run.progress.extents_done;
    Report(run);
  });
  if (context.stop.stop_requested()) return Fail(Errc::kCancelled, Cat({name_, ": sync stopped"}));
  if (std::optional<Error> outage = run.gate.given_up()) {
    const auto unread = std::ranges::count(outcomes, Outcome::kUnread);
    outage->Add(Cat({std::to_string(unread), " repositories not tried"}));
    AddProblem(run, std::string(kCatalogExtent), *std::move(outage));
  } else {
    SubmitCatalog(run, plan, outcomes, begun);
  }
  ++run.progress.extents_done;
  Report(run);
  run.summary.complete = run.summary.problems.empty();
  return std::move(run.summary);
}

Result<SyncSummary> RegistryConnector::Impl::SyncOne(const SyncContext& context,
                                                     std::string_view path) {
  Run run(context, options_.requests_at_once);
  run.progress.extents_total = run.summary.extents = 1;
  SyncRepository(run, std::string(path), Plan{.paths = {}, .listed = false, .gone = {}});
  if (context.stop.stop_requested()) return Fail(Errc::kCancelled, Cat({name_, ": sync stopped"}));
  run.progress.extents_done = 1;
  Report(run);
  run.summary.complete = run.summary.problems.empty();
  return std::move(run.summary);
}

RegistryConnector::RegistryConnector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RegistryConnector::~RegistryConnector() = default;

Result<std::unique_ptr<RegistryConnector>> RegistryConnector::Create(
    net::HttpTransport& transport, RegistryConnectorOptions options) {
  const net::Url url = HM_TRY(oci::RegistryUrl(options.url));
  if (url.scheme != "https" && !url.IsLoopback() && !options.client.insecure) {
    return Fail(Errc::kInvalidArgument,
                Cat({Quote(options.url),
                     " is plain http; use https, or say that this registry is insecure"}));
  }
  options.client.base_url = Cat({url.scheme, "://", url.Authority()});
  if (options.host.empty()) options.host = oci::CanonicalHost(url.Authority());
  std::ranges::sort(options.repositories);
  const auto repeated = std::ranges::unique(options.repositories);
  options.repositories.erase(repeated.begin(), repeated.end());
  for (const std::string& path : options.repositories) {
    if (!oci::IsRepositoryName(path)) {
      return Fail(Errc::kInvalidArgument,
                  Cat({Quote(path), " is no repository's name; write it as in host/NAME:tag"}));
    }
  }
  return std::unique_ptr<RegistryConnector>(
      new RegistryConnector(std::make_unique<Impl>(transport, std::move(options))));
}

const std::string& RegistryConnector::name() const { return impl_->name(); }

Result<SyncSummary> RegistryConnector::Sync(const SyncContext& context) {
  return impl_->Sync(context);
}

Result<SyncSummary> RegistryConnector::SyncRepository(const SyncContext& context,
                                                      std::string_view path) {
  if (!oci::IsRepositoryName(path)) {
    return Fail(Errc::kInvalidArgument, Cat({Quote(path), " is no repository's name"}));
  }
  return impl_->SyncOne(context, path);
}

Status RegistryConnector::Check(const std::stop_token& stop) { return impl_->client().Ping(stop); }

}  // namespace hullmark::connect
