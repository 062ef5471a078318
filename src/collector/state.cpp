// SPDX-License-Identifier: Apache-2.0
#include "collector/state.h"

#include <unistd.h>

#include "base/codec/json.h"
#include "base/crypto/hash.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace hullmark::collector {

namespace {

constexpr int kStateVersion = 1;

void WriteTexts(JsonWriter& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.Key(key).BeginArray();
  for (const std::string& text : texts) out.String(text);
  out.EndArray();
}

std::vector<std::string> ReadTexts(codec::Json array) {
  std::vector<std::string> texts;
  array.ForEachItem([&](codec::Json item) { texts.emplace_back(item.Text()); });
  return texts;
}

}  // namespace

std::string WriteState(const State& state) {
  JsonWriter out;
  out.BeginObject().Field("version", kStateVersion);
  out.Field("job", state.job).Field("engine", state.engine_id).Field("host", state.host);
  out.Field("started_at", state.started_at.ToString());
  out.Key("images").BeginArray();
  for (const EngineImage& image : state.images) {
    out.BeginObject().Field("id", image.id);
    WriteTexts(out, "tags", image.tags);
    WriteTexts(out, "manifests", image.manifests);
    out.EndObject();
  }
  out.EndArray().EndObject();
  return out.Take();
}

Result<State> ParseState(std::string_view text, const StateLimits& limits) {
  const codec::JsonDocument document =
      HM_TRY(codec::JsonDocument::Parse(text, {.max_bytes = limits.max_bytes, .max_depth = 8}));
  const codec::Json root = document.root();
  if (root["version"].Int() != kStateVersion) {
    return Fail(Errc::kInputRefused,
                "$.version: not 1; it was left by another version of hullmark-ci");
  }
  if (root["images"].size() > limits.max_images) {
    return Fail(Errc::kResourceExhausted,
                "$.images: more than " + std::to_string(limits.max_images));
  }
  State state;
  state.job = root["job"].Text();
  state.engine_id = root["engine"].Text();
  state.host = root["host"].Text();
  auto started_at = Timestamp::Parse(root["started_at"].Text());
  if (!started_at) return Fail(std::move(started_at).error(), "$.started_at");
  state.started_at = *started_at;
  root["images"].ForEachItem([&](codec::Json item) {
    EngineImage image;
    image.id = item["id"].Text();
    image.tags = ReadTexts(item["tags"]);
    image.manifests = ReadTexts(item["manifests"]);
    state.images.push_back(std::move(image));
  });
  return state;
}

std::string StatePath(const std::string& flag, const Environment& env) {
  if (!flag.empty()) return flag;
  if (env.Has("HULLMARK_STATE")) return env.Get("HULLMARK_STATE");
  std::string folder = env.Get("RUNNER_TEMP");
  if (folder.empty()) folder = env.Get("AGENT_TEMPDIRECTORY");
  if (folder.empty()) folder = env.Get("TMPDIR");
  if (folder.empty()) folder = "/tmp";
  const std::string job = JobKey(env);
  const std::string name =
      job.empty() ? "user-" + std::to_string(geteuid()) : crypto::Sha256Of(job).Hex().substr(0, 16);
  return Cat({folder, "/hullmark-ci-", name, ".json"});
}

}  // namespace hullmark::collector
