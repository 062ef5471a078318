// SPDX-License-Identifier: Apache-2.0
//
// Image configs (image-spec config.md) and their fingerprint.
#include <algorithm>
#include <functional>
#include <optional>

#include "base/codec/json.h"
#include "base/crypto/hash.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "sources/oci/json_fields.h"
#include "sources/oci/manifest.h"

namespace hullmark::oci {
namespace {

using codec::Json;

// What a Go program writes for a member with its zero value differs from tool to tool: null, "",
// false, [], {} or nothing at all.
bool IsEmpty(Json value) {
  if (value.missing() || value.IsNull()) return true;
  if (value.IsString()) return value.Text().empty();
  if (value.IsBool()) return value.Bool() == false;
  return (value.IsArray() || value.IsObject()) && value.size() == 0;
}

std::vector<std::string_view> SortedKeys(Json object) {
  std::vector<std::string_view> keys;
  keys.reserve(object.size());
  object.ForEachMember([&](std::string_view key, Json value) {
    if (!value.IsNull()) keys.push_back(key);
  });
  std::ranges::sort(keys);
  return keys;
}

// Depth is bounded by the parser's.
void WriteCanonical(JsonWriter& out, Json value) {
  if (value.IsObject()) {
    out.BeginObject();
    for (const std::string_view key : SortedKeys(value)) {
      out.Key(key);
      WriteCanonical(out, value[key]);
    }
    out.EndObject();
  } else if (value.IsArray()) {
    out.BeginArray();
    value.ForEachItem([&](Json item) { WriteCanonical(out, item); });
    out.EndArray();
  } else if (value.IsString()) {
    out.String(value.Text());
  } else {
    out.Raw(value.Dump());
  }
}

// Re-serialising a time drops the zeros at the end of its fraction.
std::string TrimFraction(std::string_view time) {
  const std::size_t dot = time.find('.');
  if (dot == std::string_view::npos) return std::string(time);
  std::size_t end = dot + 1;
  while (end < time.size() && time[end] >= '0' && time[end] <= '9') ++end;
  std::size_t keep = end;
  while (keep > dot + 1 && time[keep - 1] == '0') --keep;
  if (keep == dot + 1) keep = dot;
  return Cat({time.substr(0, keep), time.substr(end)});
}

// The members of `object` that are named and not empty.  Requires: `names` sorted.
void WriteMembers(JsonWriter& out, Json object, std::span<const std::string_view> names) {
  out.BeginObject();
  for (const std::string_view name : names) {
    const Json value = object[name];
    if (IsEmpty(value)) continue;
    out.Key(name);
    if (name == "created" && value.IsString()) {
      out.String(TrimFraction(value.Text()));
    } else {
      WriteCanonical(out, value);
    }
  }
  out.EndObject();
}

// Docker's own members (Hostname, Image, Healthcheck, container_config, …) are left out: a copy
// that recompresses to zstd turns the config into OCI's, which has no room for them (seen with
// skopeo 1.9.3).  What they would tell apart, `created` and `history` tell apart.
constexpr std::string_view kConfigMembers[] = {"Cmd",          "Entrypoint", "Env",
                                               "ExposedPorts", "Labels",     "StopSignal",
                                               "User",         "Volumes",    "WorkingDir"};
constexpr std::string_view kHistoryMembers[] = {"author", "comment", "created", "created_by",
                                                "empty_layer"};
constexpr std::string_view kRootfsMembers[] = {"diff_ids", "type"};

void WriteText(JsonWriter& out, std::string_view key, std::string_view text) {
  if (!text.empty()) out.Field(key, text);
}

Digest FingerprintOf(Json root) {
  JsonWriter out;
  out.BeginObject();
  WriteText(out, "architecture", root["architecture"].Text());
  out.Key("config");
  WriteMembers(out, root["config"], kConfigMembers);
  WriteText(out, "created", TrimFraction(root["created"].Text()));
  out.Key("history").BeginArray();
  root["history"].ForEachItem([&](Json entry) { WriteMembers(out, entry, kHistoryMembers); });
  out.EndArray();
  WriteText(out, "os", root["os"].Text());
  out.Key("rootfs");
  WriteMembers(out, root["rootfs"], kRootfsMembers);
  WriteText(out, "variant", root["variant"].Text());
  out.EndObject();
  return crypto::Sha256Of(out.text());
}

Result<std::vector<Digest>> DiffIdsOf(Json rootfs, std::size_t max_layers) {
  std::vector<Digest> diff_ids;
  const Json list = rootfs["diff_ids"];
  if (list.missing() || list.IsNull()) return diff_ids;
  if (!list.IsArray()) return Fail(Errc::kInputRefused, "rootfs.diff_ids: want a list");
  if (list.size() > max_layers) {
    return Fail(Errc::kResourceExhausted,
                Cat({"rootfs.diff_ids: more than ", std::to_string(max_layers), " layers"}));
  }
  diff_ids.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Result<Digest> digest = Digest::Parse(list.At(i).Text());
    if (!digest) {
      return Fail(Errc::kInputRefused,
                  Cat({"rootfs.diff_ids[", std::to_string(i), "]: ", digest.error().message()}));
    }
    diff_ids.push_back(*digest);
  }
  return diff_ids;
}

Result<ImageConfig> ReadConfig(std::string_view bytes, const ManifestLimits& limits) {
  const codec::JsonDocument json = HM_TRY(codec::JsonDocument::Parse(
      bytes, {.max_bytes = limits.max_config_bytes, .max_depth = limits.max_depth}));
  const Json root = json.root();
  if (!root.IsObject()) return Fail(Errc::kInputRefused, "want a JSON object");
  for (const std::string_view name : {"config", "rootfs"}) {
    const Json value = root[name];
    if (!value.missing() && !value.IsNull() && !value.IsObject()) {
      return Fail(Errc::kInputRefused, Cat({name, ": want an object"}));
    }
  }
  const std::string os = HM_TRY(TextMember(root, "os"));
  const std::string architecture = HM_TRY(TextMember(root, "architecture"));
  const std::string variant = HM_TRY(TextMember(root, "variant"));

  ImageConfig config{{}, {}, {}, {}, FingerprintOf(root)};
  if (!os.empty() || !architecture.empty()) config.platform = Cat({os, "/", architecture});
  if (!config.platform.empty() && !variant.empty()) config.platform += '/' + variant;
  config.created = HM_TRY(TextMember(root, "created"));
  config.diff_ids = HM_TRY(DiffIdsOf(root["rootfs"], limits.max_layers));
  config.labels = HM_TRY(PairsMember(root["config"], "Labels"));
  return config;
}

}  // namespace

Result<ImageConfig> ParseConfig(std::string_view bytes, const ManifestLimits& limits) {
  if (bytes.size() > limits.max_config_bytes) {
    return Fail(Errc::kResourceExhausted,
                Cat({"config: longer than ", std::to_string(limits.max_config_bytes), " bytes"}));
  }
  Result<ImageConfig> config = ReadConfig(bytes, limits);
  if (!config) return Fail(std::move(config).error(), "config");
  return config;
}

}  // namespace hullmark::oci
