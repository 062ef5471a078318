// SPDX-License-Identifier: Apache-2.0
//
// What the server says about itself: health, metrics, its description, its schema, and the
// collectors it hands out.
#include "base/crypto/hash.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/telemetry/metrics.h"
#include "base/text.h"
#include "core/model/schema.h"
#include "service/api/assets.h"
#include "service/api/problem.h"
#include "service/api/routes.h"

namespace hullmark::api {
namespace {

constexpr std::size_t kMaxCollectorBytes = std::size_t{64} << 20U;

/// Names of collectors only: no separators, so that no path leaves the folder.
bool IsDistName(std::string_view name) {
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!plain) return false;
  }
  return name.starts_with("hullmark-ci");
}

}  // namespace

net::ServerResponse Home(const ApiParts& parts, const net::ServerRequest&, const Caller&) {
  return TextResponse(
      Cat({"Hullmark " HM_VERSION
           "\n\nFrom any running container or image back to its code, commit, run and people.\n\n",
           "  kubectl get namespaces,nodes,pods,deployments,replicasets -A -o json |\n",
           "    hullmark import - --cluster NAME --environment production\n",
           "  hullmark connect registry https://REGISTRY\n", "  hullmark trace IMAGE\n\n",
           "API: ", parts.public_url, "/openapi.json\n"}),
      "text/plain; charset=utf-8");
}

net::ServerResponse Health(const ApiParts&, const net::ServerRequest&, const Caller&) {
  return TextResponse("ok\n", "text/plain; charset=utf-8");
}

net::ServerResponse Ready(const ApiParts& parts, const net::ServerRequest&, const Caller&) {
  if (parts.estate.Current() == nullptr) return Problem(503, "the estate is being opened");
  return TextResponse("ready\n", "text/plain; charset=utf-8");
}

net::ServerResponse MetricsText(const ApiParts& parts, const net::ServerRequest&, const Caller&) {
  const std::shared_ptr<const graph::Snapshot> snapshot = parts.estate.Current();
  telemetry::Metrics()
      .GaugeOf("hullmark_graph_entities", "Entities in the graph", {})
      .Set(static_cast<double>(snapshot->node_count()));
  telemetry::Metrics()
      .GaugeOf("hullmark_graph_edges", "Statements of edges in the graph", {})
      .Set(static_cast<double>(snapshot->edge_count()));
  return TextResponse(telemetry::Metrics().Exposition(),
                      "text/plain; version=0.0.4; charset=utf-8");
}

net::ServerResponse OpenApi(const ApiParts&, const net::ServerRequest&, const Caller&) {
  net::ServerResponse response = TextResponse(std::string(OpenApiDocument()), "application/json");
  response.headers.Add("Cache-Control", "public, max-age=300");
  return response;
}

net::ServerResponse SchemaOf(const ApiParts& parts, const net::ServerRequest&, const Caller&) {
  const std::shared_ptr<const graph::Snapshot> snapshot = parts.estate.Current();
  JsonWriter json;
  json.BeginObject()
      .Field("version", 1)
      .Field("semantic_conventions", model::kSemanticConventionsVersion);
  json.Key("kinds").BeginArray();
  for (const model::KindInfo& kind : model::Kinds()) {
    json.BeginObject()
        .Field("name", kind.name)
        .Field("display", kind.display)
        .Field("key", kind.key_format)
        .Field("count", static_cast<std::uint64_t>(snapshot->CountOf(kind.kind)))
        .EndObject();
  }
  json.EndArray().Key("edges").BeginArray();
  for (const model::EdgeInfo& edge : model::Edges()) {
    json.BeginObject()
        .Field("name", edge.name)
        .Field("forward", edge.forward)
        .Field("backward", edge.backward)
        .Field("derived", edge.derived);
    json.Key("ends").BeginArray();
    for (const model::EdgeEnds& ends : edge.ends) {
      json.BeginObject()
          .Field("from", model::InfoOf(ends.from).name)
          .Field("to", model::InfoOf(ends.to).name)
          .EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray().Key("properties").BeginArray();
  for (const model::PropertyInfo& property : model::Properties()) {
    json.BeginObject()
        .Field("name", property.name)
        .Field("display", property.display)
        .Field("shared_identifier", property.shared_identifier)
        .EndObject();
  }
  json.EndArray().EndObject();
  return JsonResponse(json.Take());
}

net::ServerResponse Dist(const ApiParts& parts, const net::ServerRequest& request, const Caller&) {
  std::string_view name = std::string_view(request.path).substr(std::string_view("/dist/").size());
  const bool checksum = name.ends_with(".sha256");
  std::string_view file = name;
  if (checksum) file.remove_suffix(std::string_view(".sha256").size());
  if (!IsDistName(file) || parts.dist_dir.empty())
    return Problem(404, "no such collector; there is /dist/hullmark-ci");
  const Result<std::string> bytes = ReadFile(Cat({parts.dist_dir, "/", file}), kMaxCollectorBytes);
  if (!bytes) {
    return Problem(404, Cat({"no collector ", Quote(file),
                             " beside this server; build it (preset static) or set `dist`"}));
  }
  if (checksum) {
    return TextResponse(Cat({crypto::Sha256Of(*bytes).Hex(), "  ", file, "\n"}),
                        "text/plain; charset=utf-8");
  }
  return TextResponse(*bytes, "application/octet-stream");
}

}  // namespace hullmark::api
