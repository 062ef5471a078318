// SPDX-License-Identifier: Apache-2.0
//
// The promised JSON of a trace: docs/formats/trace.md.  Every field is always there.
#include "base/json_writer.h"
#include "core/origin/trace.h"

namespace hullmark::origin {

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kVerified:
      return "verified";
    case Level::kReported:
      return "reported";
    case Level::kAsserted:
      return "asserted";
    case Level::kDeclared:
      return "declared";
    case Level::kInferred:
      return "inferred";
  }
  return "inferred";
}

namespace {

constexpr int kTraceVersion = 1;

/// `write` writes one item.
template <class Items, class Write>
void List(JsonWriter& json, std::string_view key, const Items& items, Write&& write) {
  json.Key(key).BeginArray();
  for (const auto& item : items) write(item);
  json.EndArray();
}

void Texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  List(json, key, texts, [&](const std::string& text) { json.String(text); });
}

void WriteNamedKey(JsonWriter& json, const NamedKey& named) {
  json.BeginObject().Field("key", named.key).Field("name", named.name).EndObject();
}

void WriteEvidence(JsonWriter& json, const Evidence& evidence) {
  json.BeginObject().Field("kind", evidence.kind).Field("level", NameOf(evidence.level));
  json.Key("binding")
      .BeginObject()
      .Field("push", evidence.binding.push)
      .Field("body", evidence.binding.body)
      .EndObject();
  json.Field("source", evidence.source)
      .Field("observed_at", evidence.observed_at.ToString())
      .Field("subject", evidence.subject)
      .Field("detail", evidence.detail)
      .Field("who_could_have_lied", evidence.who_could_have_lied)
      .EndObject();
}

void WriteOrigin(JsonWriter& json, const Origin& origin) {
  json.BeginObject()
      .Field("image", origin.image)
      .Field("level", NameOf(origin.level))
      .Field("how", origin.how)
      .Field("why", origin.why);
  json.Key("repository");
  WriteNamedKey(json, origin.repository);
  json.Field("commit", origin.commit).Field("ref", origin.ref).Field("pipeline", origin.pipeline);
  json.Key("run")
      .BeginObject()
      .Field("id", origin.run.id)
      .Field("attempt", origin.run.attempt)
      .Field("url", origin.run.url)
      .Field("actor", origin.run.actor)
      .Field("event", origin.run.event)
      .EndObject();
  json.Field("job", origin.job);
  List(json, "via", origin.via, [&](const Via& via) {
    json.BeginObject()
        .Field("rule", via.rule)
        .Field("from", via.from)
        .Field("layers_checked", via.layers_checked)
        .EndObject();
  });
  List(json, "evidence", origin.evidence, [&](const Evidence& e) { WriteEvidence(json, e); });
  json.EndObject();
}

void WriteUnknown(JsonWriter& json, const UnknownSubject& unknown) {
  json.BeginObject().Key("subject").BeginObject();
  json.Field("kind", unknown.kind).Field("key", unknown.key).EndObject();
  json.Field("reason", unknown.reason).Field("mend", unknown.mend).EndObject();
}

void WriteConflict(JsonWriter& json, const Conflict& conflict) {
  json.BeginObject().Field("image", conflict.image);
  List(json, "repositories", conflict.repositories,
       [&](const NamedKey& repository) { WriteNamedKey(json, repository); });
  json.Field("why", conflict.why).EndObject();
}

void WriteImage(JsonWriter& json, const TracedImage& image) {
  json.BeginObject().Field("digest", image.digest);
  Texts(json, "indexes", image.indexes);
  json.Field("config_digest", image.config_digest).Field("platform", image.platform);
  Texts(json, "locations", image.locations);
  json.EndObject();
}

void WriteRunning(JsonWriter& json, const Running& running) {
  json.BeginObject()
      .Field("image", running.image)
      .Field("cluster", running.cluster)
      .Field("namespace", running.namespace_name)
      .Field("workload", running.workload)
      .Field("pod", running.pod)
      .Field("container", running.container)
      .EndObject();
}

}  // namespace

std::string ToJson(const TraceAnswer& answer) {
  JsonWriter json;
  json.BeginObject()
      .Field("version", kTraceVersion)
      .Field("ref", answer.ref)
      .Field("at", answer.at.ToString())
      .Field("total", static_cast<std::uint64_t>(answer.total));
  json.Key("cursor");
  if (answer.cursor) {
    json.String(*answer.cursor);
  } else {
    json.Null();
  }
  List(json, "freshness", answer.freshness, [&](const Freshness& freshness) {
    json.BeginObject()
        .Field("source", freshness.source)
        .Field("as_of", freshness.as_of.ToString())
        .Field("complete", freshness.complete)
        .EndObject();
  });
  List(json, "matched", answer.matched, [&](const Matched& matched) {
    json.BeginObject()
        .Field("kind", matched.kind)
        .Field("key", matched.key)
        .Field("by", matched.by)
        .EndObject();
  });
  List(json, "origins", answer.origins, [&](const Origin& o) { WriteOrigin(json, o); });
  List(json, "unknown", answer.unknown, [&](const UnknownSubject& u) { WriteUnknown(json, u); });
  List(json, "conflicts", answer.conflicts, [&](const Conflict& c) { WriteConflict(json, c); });
  List(json, "images", answer.images, [&](const TracedImage& i) { WriteImage(json, i); });
  List(json, "running", answer.running, [&](const Running& r) { WriteRunning(json, r); });
  json.EndObject();
  return json.Take();
}

}  // namespace hullmark::origin
