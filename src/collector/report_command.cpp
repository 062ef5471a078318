// SPDX-License-Identifier: Apache-2.0
#include "collector/report_command.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "collector/engine.h"
#include "collector/files.h"
#include "collector/history.h"
#include "collector/hullmark_server.h"
#include "collector/registries.h"
#include "collector/resolve.h"
#include "collector/state.h"
#include "collector/summary.h"
#include "collector/token.h"
#include "sources/ci/report.h"

namespace hullmark::collector {

namespace {

constexpr std::size_t kWorkers = 6;

struct Findings {
  ci::Report report;
  std::vector<std::string> unresolved;  // pushes that were seen and cannot be told, in words
};

class Reporter {
 public:
  explicit Reporter(const CommandContext& context) : context_(context) {}
  Status Run();

 private:
  Result<Findings> Find();
  std::optional<State> FindStart(const Engine& engine, const EngineInfo& info);
  void ResolveAll(const ResolveContext& resolve, const std::vector<SeenPush>& pushes,
                  Findings& findings);
  Status Send(const ci::Report& report);
  void Summarise(const Findings& findings, std::string_view result);
  void Say(std::string_view words) { context_.say(Cat({"hullmark-ci: ", words})); }

  const CommandContext& context_;
};

/// What `start` left, when it is about this job and this engine.
std::optional<State> Reporter::FindStart(const Engine& engine, const EngineInfo& info) {
  const std::string path = StatePath(context_.options.state, context_.env);
  const auto text = ReadOwnFile(path, StateLimits().max_bytes);
  if (!text) {
    if (text.error().code() != Errc::kNotFound) Say(text.error().message());
    return std::nullopt;
  }
  auto state = ParseState(*text);
  if (!state) {
    Say(Cat({path, ": ", state.error().message()}));
    return std::nullopt;
  }
  if (state->job != JobKey(context_.env)) {
    Say("what start left is another job's; it is not used");
    return std::nullopt;
  }
  if (state->engine_id != info.id || (info.id.empty() && state->host != engine.endpoint().host)) {
    Say("start looked at another Docker engine; what it left is not used");
    return std::nullopt;
  }
  return *std::move(state);
}

Result<Findings> Reporter::Find() {
  const Endpoint endpoint = HM_TRY(FindEndpoint(context_.options.docker_host, context_.env));
  const Engine engine =
      HM_TRY(Engine::Connect(context_.transport, endpoint, context_.deadline, context_.stop));
  const EngineInfo info = HM_TRY(engine.Info(context_.clock));
  const std::optional<State> start = FindStart(engine, info);
  const Timestamp since = start ? start->started_at : Timestamp{};
  const EventParser events = HM_TRY(engine.Events(since, info.now));

  std::vector<EngineImage> images;
  if (History::NeedsImages(events.events())) images = HM_TRY(engine.Images());
  History history(start ? &*start : nullptr, events.events(), images);
  Findings findings;
  findings.report.collector = "hullmark-ci/" HM_VERSION;
  findings.report.engine = Cat({"docker/", info.version, " (api ", engine.api_version(), ", ",
                                NameOf(info.store), " store)"});
  findings.report.job_name = JobName(context_.env);
  if (history.pushes().empty()) return findings;
  if (start && events.records() >= kEngineHistory) {
    Say("the engine remembers 256 events only; earlier pushes of this job may be missing");
  }

  for (const std::string& reference : history.PulledReferences()) {
    const auto image = engine.Inspect(reference);
    if (image && *image) history.SetPulled(reference, (*image)->id);
  }
  Registries registries(context_.transport,
                        {.config_dir = context_.env.Get("DOCKER_CONFIG"),
                         .plain = info.plain,
                         .deadline = context_.deadline},
                        context_.stop);
  // A machine that GitHub made for this job has no other job's events.
  const bool certain = start || context_.env.Get("RUNNER_ENVIRONMENT") == "github-hosted";
  ResolveAll({engine, info, history, registries, certain}, history.pushes(), findings);
  return findings;
}

void Reporter::ResolveAll(const ResolveContext& resolve, const std::vector<SeenPush>& pushes,
                          Findings& findings) {
  const std::size_t count = std::min(pushes.size(), ci::ReportLimits().max_pushes);
  if (count < pushes.size()) {
    Say(Cat({"only the first ", std::to_string(count), " of ", std::to_string(pushes.size()),
             " pushes are reported"}));
  }
  std::vector<std::optional<Result<ci::ReportedPush>>> results(count);
  std::atomic<std::size_t> next = 0;
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(count, kWorkers); ++i) {
      workers.emplace_back([&] {
        for (std::size_t n = next++; n < count; n = next++)
          results[n] = Resolve(resolve, pushes[n]);
      });
    }
  }
  std::vector<ci::ReportedPush>& found = findings.report.pushes;
  for (auto& result : results) {
    if (*result) {
      found.push_back(**std::move(result));
    } else {
      findings.unresolved.push_back(result->error().message());
    }
  }
  // The same image pushed to the same place by another image id of the engine is one push.
  const auto key = [](const ci::ReportedPush& push) {
    return std::tie(push.reference, push.digest);
  };
  std::ranges::stable_sort(found, {}, key);
  const auto same = std::ranges::unique(found, {}, key);
  found.erase(same.begin(), same.end());
}

Status Reporter::Send(const ci::Report& report) {
  if (context_.options.server.empty()) {
    return Fail(Errc::kInvalidArgument, "no server; name it by --server or HULLMARK_SERVER");
  }
  const HullmarkServer server = HM_TRY(HullmarkServer::Open(
      context_.transport, context_.options.server, context_.deadline, context_.stop));
  std::string audience;
  // A token that the CI made beforehand has its audience already.
  if (!context_.env.Has("HULLMARK_ID_TOKEN")) {
    audience = HM_TRY(server.Audience(context_.options.audience));
  }
  const Secret token = HM_TRY(
      GetToken(context_.transport, context_.env, audience, context_.deadline, context_.stop));
  HM_TRY(server.SendReport(token, ci::WriteReport(report)));
  Say(Cat({"reported to ", server.Name()}));
  return {};
}

void Reporter::Summarise(const Findings& findings, std::string_view result) {
  const std::string path = context_.env.Get("GITHUB_STEP_SUMMARY");
  if (path.empty()) return;
  const Status written =
      AppendToFile(path, SummaryOf(findings.report.pushes, findings.unresolved, result));
  if (!written) Say(Cat({"job summary: ", written.error().message()}));
}

Status Reporter::Run() {
  auto found = Find();
  if (!found) return std::unexpected(std::move(found).error());
  const std::vector<ci::ReportedPush>& pushes = found->report.pushes;
  if (context_.options.dry_run) context_.print(ci::WriteReport(found->report));
  if (pushes.empty() && found->unresolved.empty()) {
    if (!context_.options.dry_run) Say("nothing pushed, nothing to report");
    return {};
  }
  Say(Cat({std::to_string(pushes.size()), pushes.size() == 1 ? " push" : " pushes", " seen by ",
           found->report.engine}));
  for (const ci::ReportedPush& push : pushes) {
    for (const std::string& line : LogLines(push)) context_.say(line);
  }
  for (const std::string& line : found->unresolved) Say(Cat({"not told: ", line}));
  if (context_.options.dry_run) return {};

  Status sent;
  if (!pushes.empty()) sent = Send(found->report);
  std::string result =
      sent ? "Reported to " + context_.options.server : "Not reported: " + sent.error().message();
  if (pushes.empty()) result = "Nothing that could be reported";
  Summarise(*found, result);
  if (!sent) return sent;
  if (!found->unresolved.empty()) return Fail(Errc::kNotFound, found->unresolved.front());
  return {};
}

}  // namespace

Status RunReport(const CommandContext& context) { return Reporter(context).Run(); }

}  // namespace hullmark::collector
