// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"
#include "sources/ci/report.h"

namespace hullmark::ci {
namespace {

// What is not known is left out.
void WriteText(JsonWriter& out, std::string_view key, std::string_view value) {
  if (!value.empty()) out.Field(key, value);
}

void WriteManifest(JsonWriter& out, const ReportedManifest& manifest) {
  out.BeginObject().Field("digest", manifest.digest);
  WriteText(out, "media_type", manifest.media_type);
  WriteText(out, "platform", manifest.platform);
  WriteText(out, "config_digest", manifest.config_digest);
  out.EndObject();
}

void WritePush(JsonWriter& out, const ReportedPush& push) {
  out.BeginObject().Field("reference", push.reference).Field("digest", push.digest);
  WriteText(out, "media_type", push.media_type);
  WriteText(out, "config_digest", push.config_digest);
  WriteText(out, "platform", push.platform);
  WriteText(out, "how", push.how);
  WriteText(out, "how_detail", push.how_detail);
  out.Field("certain", push.certain);
  WriteText(out, "pushed_at", push.pushed_at);
  if (!push.confirmed_by.empty()) {
    out.Key("confirmed_by").BeginArray();
    for (const std::string& by : push.confirmed_by) out.String(by);
    out.EndArray();
  }
  if (!push.manifests.empty()) {
    out.Key("manifests").BeginArray();
    for (const ReportedManifest& manifest : push.manifests) WriteManifest(out, manifest);
    out.EndArray();
  }
  out.EndObject();
}

}  // namespace

std::string WriteReport(const Report& report) {
  JsonWriter out;
  out.BeginObject().Field("version", kReportVersion).Field("collector", report.collector);
  WriteText(out, "engine", report.engine);
  if (!report.job_name.empty()) {
    out.Key("job").BeginObject().Field("name", report.job_name).EndObject();
  }
  out.Key("pushes").BeginArray();
  for (const ReportedPush& push : report.pushes) WritePush(out, push);
  out.EndArray().EndObject();
  return out.Take();
}

}  // namespace hullmark::ci
