// SPDX-License-Identifier: Apache-2.0
#include "sources/ci/report.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/codec/image_reference.h"
#include "base/codec/json.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/time.h"

namespace hullmark::ci {
namespace {

using codec::Json;

constexpr std::size_t kMaxWord = 255;
constexpr std::size_t kMaxReference = 512;  // it becomes part of an edge's identity
constexpr std::size_t kMaxConfirmations = 16;
constexpr std::size_t kMaxDepth = 8;

constexpr std::array<std::string_view, 5> kReportMembers = {"version", "collector", "engine", "job",
                                                            "pushes"};
constexpr std::array<std::string_view, 1> kJobMembers = {"name"};
constexpr std::array<std::string_view, 11> kPushMembers = {
    "reference",  "digest",  "media_type", "config_digest", "platform", "how",
    "how_detail", "certain", "pushed_at",  "confirmed_by",  "manifests"};
constexpr std::array<std::string_view, 4> kManifestMembers = {"digest", "media_type", "platform",
                                                              "config_digest"};
constexpr std::array<std::string_view, 4> kHows = {"built", "assembled", "republished", "unknown"};

std::unexpected<Error> Refuse(std::string_view path, std::string_view what) {
  return Fail(Errc::kInputRefused, Cat({path, ": ", what}));
}

std::string Member(std::string_view path, std::string_view name) { return Cat({path, ".", name}); }

Status CheckMembers(std::string_view path, Json object, std::span<const std::string_view> known) {
  if (!object.IsObject()) return Refuse(path, "not an object; write {…}");
  std::string stranger;
  bool strange = false;
  object.ForEachMember([&](std::string_view key, Json) {
    if (strange || std::ranges::find(known, key) != known.end()) return;
    strange = true;
    stranger = key;
  });
  if (!strange) return {};
  const auto nearest = stranger.size() <= 64 ? Nearest(stranger, known) : std::nullopt;
  return Refuse(path, Cat({"unknown member ", Quote(stranger),
                           nearest ? Cat({"; did you mean ", Quote(*nearest), "?"})
                                   : std::string("; leave it out")}));
}

bool HasControlCharacter(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

// A member that is a line of text; empty when absent.
Result<std::string> ReadText(std::string_view path, Json object, std::string_view name,
                             std::size_t max_bytes) {
  const Json value = object[name];
  if (value.missing()) return std::string();
  const auto text = value.String();
  if (!text) return Refuse(Member(path, name), "not a string; write it in quotes");
  if (text->size() > max_bytes) {
    return Refuse(Member(path, name),
                  Cat({"longer than ", std::to_string(max_bytes), " bytes; shorten it"}));
  }
  if (HasControlCharacter(*text)) {
    return Refuse(Member(path, name),
                  Cat({Quote(*text), " has a control character; leave it out"}));
  }
  return std::string(*text);
}

Result<std::string> ReadRequired(std::string_view path, Json object, std::string_view name,
                                 std::size_t max_bytes) {
  std::string text = HM_TRY(ReadText(path, object, name, max_bytes));
  if (text.empty()) return Refuse(Member(path, name), "missing or empty; give it");
  return text;
}

Result<std::string> ReadDigest(std::string_view path, Json object, std::string_view name,
                               bool required) {
  std::string text = HM_TRY(ReadText(path, object, name, kMaxWord));
  if (text.empty() && !required) return text;
  if (!Digest::Parse(text)) {
    return Refuse(
        Member(path, name),
        Cat({Quote(text), " is not a digest; write sha256: and 64 lower-case hex characters"}));
  }
  return text;
}

// os/architecture[/variant] as image-spec's platforms; `unknown/unknown` for what is no image.
Result<std::string> ReadPlatform(std::string_view path, Json object) {
  std::string text = HM_TRY(ReadText(path, object, "platform", kMaxWord));
  if (text.empty()) return text;
  const auto parts = Split(text, '/');
  const bool blank = std::ranges::any_of(parts, [](std::string_view part) {
    return part.empty() || part.find(' ') != std::string_view::npos;
  });
  if (parts.size() < 2 || parts.size() > 4 || blank) {
    return Refuse(Member(path, "platform"),
                  Cat({Quote(text), " is not a platform; write it as linux/amd64"}));
  }
  return text;
}

Result<ReportedManifest> ReadManifest(const std::string& path, Json json) {
  HM_TRY(CheckMembers(path, json, kManifestMembers));
  std::string digest = HM_TRY(ReadDigest(path, json, "digest", true));
  std::string media_type = HM_TRY(ReadText(path, json, "media_type", kMaxWord));
  std::string platform = HM_TRY(ReadPlatform(path, json));
  std::string config_digest = HM_TRY(ReadDigest(path, json, "config_digest", false));
  return ReportedManifest{std::move(digest), std::move(media_type), std::move(platform),
                          std::move(config_digest)};
}

Result<std::vector<ReportedManifest>> ReadManifests(const std::string& path, Json json,
                                                    const ReportLimits& limits) {
  std::vector<ReportedManifest> manifests;
  if (json.missing()) return manifests;
  if (!json.IsArray()) return Refuse(path, "not a list; write […]");
  if (json.size() > limits.max_manifests) {
    return Refuse(path, Cat({"more than ", std::to_string(limits.max_manifests),
                             " manifests; report the index alone"}));
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    ReportedManifest manifest =
        HM_TRY(ReadManifest(Cat({path, "[", std::to_string(i), "]"}), json.At(i)));
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

Result<std::string> ReadReference(const std::string& path, Json json, std::string_view digest) {
  std::string text = HM_TRY(ReadRequired(path, json, "reference", kMaxReference));
  const auto reference = codec::ImageReference::Parse(text);
  if (!reference) {
    return Refuse(Member(path, "reference"),
                  Cat({reference.error().message(), "; write it as host/path:tag"}));
  }
  if (reference->digest && reference->digest->ToString() != digest) {
    return Refuse(Member(path, "reference"),
                  "its digest is not $.digest of this push; give the digest once");
  }
  return text;
}

Result<std::string> ReadHow(const std::string& path, Json json) {
  std::string how = HM_TRY(ReadText(path, json, "how", kMaxWord));
  if (how.empty()) return std::string("unknown");
  if (std::ranges::find(kHows, how) == kHows.end()) {
    return Refuse(Member(path, "how"),
                  Cat({Quote(how), " is not built, assembled, republished or unknown"}));
  }
  return how;
}

Result<std::string> ReadTime(const std::string& path, Json json) {
  std::string text = HM_TRY(ReadText(path, json, "pushed_at", kMaxWord));
  if (!text.empty() && !Timestamp::Parse(text)) {
    return Refuse(Member(path, "pushed_at"),
                  Cat({Quote(text), " is not a time; write it as 2026-11-21T10:00:00Z"}));
  }
  return text;
}

Result<std::vector<std::string>> ReadConfirmations(const std::string& path, Json json) {
  std::vector<std::string> out;
  if (json.missing()) return out;
  if (!json.IsArray()) return Refuse(path, "not a list; write [\"registry\"]");
  if (json.size() > kMaxConfirmations) return Refuse(path, "more than 16 items; leave some out");
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto item = json.At(i).String();
    if (!item || item->empty() || item->size() > 64 || HasControlCharacter(*item)) {
      return Refuse(Cat({path, "[", std::to_string(i), "]"}), "not a text of 1 to 64 bytes");
    }
    out.emplace_back(*item);
  }
  return out;
}

Result<ReportedPush> ReadPush(const std::string& path, Json json, const ReportLimits& limits) {
  HM_TRY(CheckMembers(path, json, kPushMembers));
  ReportedPush push;
  push.digest = HM_TRY(ReadDigest(path, json, "digest", true));
  push.reference = HM_TRY(ReadReference(path, json, push.digest));
  push.media_type = HM_TRY(ReadText(path, json, "media_type", kMaxWord));
  push.config_digest = HM_TRY(ReadDigest(path, json, "config_digest", false));
  push.platform = HM_TRY(ReadPlatform(path, json));
  push.how = HM_TRY(ReadHow(path, json));
  push.how_detail = HM_TRY(ReadText(path, json, "how_detail", limits.max_text));
  if (const Json certain = json["certain"]; !certain.missing()) {
    if (!certain.IsBool())
      return Refuse(Member(path, "certain"), "not a flag; write true or false");
    push.certain = *certain.Bool();
  }
  push.pushed_at = HM_TRY(ReadTime(path, json));
  push.confirmed_by = HM_TRY(ReadConfirmations(Member(path, "confirmed_by"), json["confirmed_by"]));
  push.manifests = HM_TRY(ReadManifests(Member(path, "manifests"), json["manifests"], limits));
  return push;
}

Status CheckVersion(Json root) {
  const auto version = root["version"].Int();
  if (!version) return Refuse("$.version", "missing or not a number; write 1");
  if (*version != kReportVersion) {
    return Refuse("$.version", Cat({std::to_string(*version),
                                    " is not a version this server reads; take the collector that "
                                    "it serves under /dist/"}));
  }
  return {};
}

}  // namespace

Result<Report> ParseReport(std::string_view body, const ReportLimits& limits) {
  const codec::JsonLimits json_limits{.max_bytes = limits.max_bytes, .max_depth = kMaxDepth};
  auto document = codec::JsonDocument::Parse(body, json_limits);
  if (!document) return Fail(std::move(document).error(), "report");
  const Json root = document->root();
  // The version first: another one may have other members.
  if (root.IsObject()) HM_TRY(CheckVersion(root));
  HM_TRY(CheckMembers("$", root, kReportMembers));
  Report report;
  report.collector = HM_TRY(ReadText("$", root, "collector", kMaxWord));
  report.engine = HM_TRY(ReadText("$", root, "engine", kMaxWord));
  if (const Json job = root["job"]; !job.missing()) {
    HM_TRY(CheckMembers("$.job", job, kJobMembers));
    report.job_name = HM_TRY(ReadText("$.job", job, "name", kMaxWord));
  }
  const Json pushes = root["pushes"];
  if (!pushes.IsArray()) return Refuse("$.pushes", "missing or not a list; write […]");
  if (pushes.size() > limits.max_pushes) {
    return Refuse("$.pushes", Cat({"more than ", std::to_string(limits.max_pushes),
                                   " pushes; send them in several reports"}));
  }
  for (std::size_t i = 0; i < pushes.size(); ++i) {
    ReportedPush push =
        HM_TRY(ReadPush(Cat({"$.pushes[", std::to_string(i), "]"}), pushes.At(i), limits));
    report.pushes.push_back(std::move(push));
  }
  return report;
}

}  // namespace hullmark::ci
