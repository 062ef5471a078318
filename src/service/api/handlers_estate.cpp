// SPDX-License-Identifier: Apache-2.0
//
// Reading the estate (trace) and writing to it (observations, imports).
#include "base/json_writer.h"
#include "base/text.h"
#include "core/origin/trace.h"
#include "service/api/problem.h"
#include "service/api/routes.h"
#include "service/ingest/importer.h"

namespace hullmark::api {
namespace {

std::string QueryText(const net::ServerRequest& request, std::string_view name) {
  const std::string* value = request.Query(name);
  return value == nullptr ? std::string() : *value;
}

/// Of several clusters that have had the name, the one that has it now counts.
void FindCluster(const graph::Snapshot& snapshot, ingest::ImportOptions& options) {
  constexpr auto kKind = model::EntityKind::kCluster;
  const auto by_key = snapshot.Find(kKind, options.cluster);
  options.known_by_name = by_key.has_value();
  std::vector<model::NodeId> named = snapshot.FindByName(kKind, options.cluster);
  if (named.empty() && by_key) named.push_back(*by_key);
  if (named.size() == 1) options.known_key = snapshot.KeyOf(named.front());
}

net::ServerResponse ImportAs(const ApiParts& parts, const net::ServerRequest& request,
                             std::string format) {
  const std::string cluster = QueryText(request, "cluster");
  std::string environment = QueryText(request, "environment");
  if (environment.empty()) environment = config::EnvironmentOf(parts.environments, cluster);
  ingest::ImportOptions options{.format = std::move(format),
                                .cluster = cluster,
                                .environment = std::move(environment),
                                .received_at = parts.clock.Now()};
  FindCluster(*parts.estate.Current(), options);
  const Result<ingest::ImportSummary> summary =
      ingest::Import(parts.estate.store(), request.body, options);
  if (!summary) return Problem(summary.error());
  JsonWriter json;
  json.BeginObject()
      .Field("format", summary->format)
      .Field("frames", summary->frames)
      .Field("records", summary->records)
      .Field("changes", summary->changes);
  json.Key("notes").BeginArray();
  for (const std::string& note : summary->notes) json.String(note);
  json.EndArray().EndObject();
  return JsonResponse(json.Take());
}

}  // namespace

net::ServerResponse TraceRef(const ApiParts& parts, const net::ServerRequest& request,
                             const Caller&) {
  const std::string* ref = request.Query("ref");
  if (ref == nullptr || ref->empty()) {
    return Problem(
        Error(Errc::kInvalidArgument,
              "ref is missing: /api/v1/trace?ref=IMAGE, digest, pod, commit or run URL"));
  }
  origin::TraceOptions options;
  if (const std::string* limit = request.Query("limit")) {
    const auto number = ParseUint(*limit);
    if (!number || *number == 0 || *number > 1000) {
      return Problem(
          Error(Errc::kInvalidArgument, Cat({"limit ", Quote(*limit), ": want 1 to 1000"})));
    }
    options.limit = static_cast<std::size_t>(*number);
  }
  options.cursor = QueryText(request, "cursor");
  const std::shared_ptr<const graph::Snapshot> snapshot = parts.estate.Current();
  const Result<origin::TraceAnswer> answer =
      origin::Trace(*snapshot, *ref, parts.clock.Now(), options,
                    [&](std::string_view key) { return parts.estate.store().PersonName(key); });
  if (!answer) return Problem(answer.error());
  return JsonResponse(origin::ToJson(*answer));
}

net::ServerResponse PostObservations(const ApiParts& parts, const net::ServerRequest& request,
                                     const Caller&) {
  return ImportAs(parts, request, "observations");
}

net::ServerResponse PostImport(const ApiParts& parts, const net::ServerRequest& request,
                               const Caller&) {
  return ImportAs(parts, request, QueryText(request, "as"));
}

}  // namespace hullmark::api
