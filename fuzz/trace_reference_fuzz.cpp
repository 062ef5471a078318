// SPDX-License-Identifier: Apache-2.0
//
// A reference as a person types it, traced on a small estate: it is answered or refused, and the
// answer is JSON that keeps the limits.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/codec/json.h"
#include "core/graph/graph.h"
#include "core/origin/trace.h"

namespace {

using hullmark::model::EdgeKind;
using hullmark::model::EntityKind;
using hullmark::model::NodeId;
using hullmark::model::SourceId;
using hullmark::model::StatementId;

const hullmark::graph::Snapshot& Estate() {
  static const auto snapshot = [] {
    namespace model = hullmark::model;
    hullmark::graph::Graph graph;
    const std::string digest = "sha256:" + std::string(64, 'a');
    const std::string sha(40, 'c');
    const auto add = [&](std::uint32_t node, EntityKind kind, const std::string& key) {
      graph.Load(model::EntityAdded{NodeId{node}, kind, key});
      graph.Load(model::EntityStated{StatementId{node}, NodeId{node}, SourceId{1}, {}, {}});
    };
    const auto join = [&](std::uint64_t id, EdgeKind kind, std::uint32_t from, std::uint32_t to) {
      graph.Load(model::EdgeStated{StatementId{id},
                                   kind,
                                   NodeId{from},
                                   NodeId{to},
                                   kind == EdgeKind::kPushed ? "r.example/shop:1" : "",
                                   SourceId{1},
                                   {},
                                   {}});
    };
    graph.Load(model::SourceSeen{SourceId{1}, "ci:github.com", model::SourceKind::kCiReport});
    add(1, EntityKind::kCodeRepository, "github.com#101");
    add(2, EntityKind::kCommit, "github.com#101@" + sha);
    add(3, EntityKind::kPipelineRun, "github.com#101/runs/7/attempts/1");
    add(4, EntityKind::kImage, digest);
    add(5, EntityKind::kTag, "docker.io/library/nginx:latest");
    add(6, EntityKind::kCluster, "uid");
    add(7, EntityKind::kPod, "uid/pod");
    add(8, EntityKind::kContainer, "uid/pod/web");
    graph.Load(model::NameChanged{NodeId{6}, "prod", true});
    graph.Load(model::NameChanged{NodeId{7}, "prod/shop/web", true});
    graph.Load(model::NameChanged{NodeId{3}, "https://github.com/acme/shop/actions/runs/7", true});
    join(1, EdgeKind::kContains, 1, 2);
    join(2, EdgeKind::kAt, 3, 2);
    join(3, EdgeKind::kPushed, 3, 4);
    join(4, EdgeKind::kTagged, 5, 4);
    join(5, EdgeKind::kContains, 7, 8);
    join(6, EdgeKind::kIsRunning, 8, 4);
    graph.FinishLoad(1);
    return graph.Current();
  }();
  return *snapshot;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // What follows a NUL is a cursor.
  const std::size_t cut = text.find('\0');
  hullmark::origin::TraceOptions options{.limit = 1};
  if (cut != std::string_view::npos) options.cursor = text.substr(cut + 1);
  const auto answer = hullmark::origin::Trace(Estate(), text.substr(0, cut), {}, options, nullptr);
  if (!answer) {
    HM_CHECK(answer.error().code() == hullmark::Errc::kInvalidArgument,
             "a bad reference is the caller's");
    return 0;
  }
  HM_CHECK(answer->origins.size() <= 1 && answer->images.size() <= 1, "pages keep their limit");
  const auto json = hullmark::codec::JsonDocument::Parse(hullmark::origin::ToJson(*answer));
  HM_CHECK(json.has_value(), "answers are JSON");
  return 0;
}
