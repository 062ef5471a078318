// SPDX-License-Identifier: Apache-2.0
//
// Small clusters as kubectl prints them, and questions about what was read of them.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "core/model/frame.h"
#include "sources/reports/kubectl.h"

namespace hullmark::reports::fixture {

inline KubectlOptions Options() {
  KubectlOptions options;
  options.cluster = "prod";
  options.environment = "production";
  options.source = "kubectl:prod";
  options.observed_at = Timestamp::FromSeconds(1'795'255'200);
  options.sequence = 7;
  return options;
}

/// An object whose uid is `uid-<name>`; `rest` follows the metadata, as `,"spec":{…}`; `meta`
/// stands inside of them, as `,"labels":{…}`.
inline std::string Object(std::string_view version, std::string_view kind, std::string_view space,
                          std::string_view name, std::string_view rest = "",
                          std::string_view meta = "") {
  std::string out = Cat({R"({"apiVersion":")", version, R"(","kind":")", kind,
                         R"(","metadata":{"name":")", name, "\""});
  if (!space.empty()) out += Cat({R"(,"namespace":")", space, "\""});
  return Cat({out, R"(,"uid":"uid-)", name, "\"", meta, "}", rest, "}"});
}

inline std::string Pod(std::string_view name, std::string_view rest, std::string_view meta = "") {
  return Object("v1", "Pod", "shop", name, rest, meta);
}

/// A pod of one container `app` with this status of the pod and of the container.
inline std::string PodOf(
    std::string_view name, std::string_view phase, std::string_view image_id,
    std::string_view state = R"({"running":{"startedAt":"2026-11-21T20:00:00Z"}})") {
  return Pod(
      name,
      Cat({R"(,"spec":{"containers":[{"name":"app","image":"h/shop:1"}]},"status":{"phase":")",
           phase, R"(","containerStatuses":[{"name":"app","image":"h/shop:1","imageID":")",
           image_id, R"(","state":)", state, "}]}"}));
}

inline std::string Namespaces() {
  return Cat({Object("v1", "Namespace", "", "kube-system"), ",",
              Object("v1", "Namespace", "", "default"), ",",
              Object("v1", "Namespace", "", "shop")});
}

inline std::string List(std::initializer_list<std::string_view> items,
                        std::string_view kind = "List", std::string_view version = "v1",
                        std::string_view metadata = "{}") {
  std::string out = Cat({R"({"apiVersion":")", version, R"(","kind":")", kind, R"(","metadata":)",
                         metadata, R"(,"items":[)"});
  bool first = true;
  for (const std::string_view item : items) {
    out += Cat({first ? "" : ",", item});
    first = false;
  }
  return out + "]}";
}

struct Reading {
  std::vector<model::Observation> frames;
  std::vector<std::string> notes;

  const model::Observation* Frame(std::string_view extent) const {
    const auto at = std::ranges::find(
        frames, extent, [](const auto& f) { return std::string_view(f.header.extent); });
    return at == frames.end() ? nullptr : &*at;
  }
  bool Complete(std::string_view extent) const {
    const auto* frame = Frame(extent);
    return frame != nullptr && frame->header.complete;
  }
  std::vector<const model::EdgeRecord*> Edges(model::EdgeKind kind) const {
    std::vector<const model::EdgeRecord*> out;
    for (const auto& frame : frames) {
      for (const auto& record : frame.records) {
        const auto* edge = std::get_if<model::EdgeRecord>(&record);
        if (edge != nullptr && edge->kind == kind) out.push_back(edge);
      }
    }
    return out;
  }
  /// `from>to` of every edge of the kind, sorted.
  std::vector<std::string> Ends(model::EdgeKind kind) const {
    std::vector<std::string> out;
    for (const auto* edge : Edges(kind)) out.push_back(Cat({edge->from.key, ">", edge->to.key}));
    std::ranges::sort(out);
    return out;
  }
  const model::EntityRecord* Entity(model::EntityKind kind, std::string_view key) const {
    for (const auto& frame : frames) {
      for (const auto& record : frame.records) {
        const auto* entity = std::get_if<model::EntityRecord>(&record);
        if (entity != nullptr && entity->kind == kind && entity->key == key) return entity;
      }
    }
    return nullptr;
  }
  std::string Lines() const {
    std::string out;
    for (const auto& frame : frames) out += model::WriteFrame(frame);
    return out;
  }
};

inline Result<Reading> TryRead(std::string bytes, const KubectlOptions& options = Options()) {
  Reading out;
  out.frames = HM_TRY(ReadKubectlList(std::move(bytes), options, &out.notes));
  return out;
}

/// What was read; nothing and a failed test when it was refused.
inline Reading Read(std::string bytes, const KubectlOptions& options = Options()) {
  auto reading = TryRead(std::move(bytes), options);
  if (reading) return *std::move(reading);
  ADD_FAILURE() << reading.error().message();
  return {};
}

inline const std::string kDigest = "sha256:" + std::string(64, 'a');

}  // namespace hullmark::reports::fixture
