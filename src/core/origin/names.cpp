// SPDX-License-Identifier: Apache-2.0
#include "core/origin/names.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"

namespace hullmark::origin {

using graph::Snapshot;
using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;

namespace {

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string FirstOf(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!text.empty()) return std::string(text);
  }
  return {};
}

/// What stands after `mark` in `key`; empty when it is not there.
std::string_view After(std::string_view key, std::string_view mark) {
  const std::size_t at = key.find(mark);
  return at == std::string_view::npos ? std::string_view() : key.substr(at + mark.size());
}

}  // namespace

NamedKey NamedKeyOf(const Snapshot& snapshot, NodeId node) {
  const std::string_view own = snapshot.Text(node, PropertyId::kName);
  const std::vector<std::string_view> names = snapshot.NamesOf(node);
  const auto best =
      std::ranges::find_if(names, [&](std::string_view name) { return name.ends_with(own); });
  const std::string key(snapshot.KeyOf(node));
  if (best != names.end()) return {key, std::string(*best)};
  return {key, FirstOf({names.empty() ? "" : names.front(), own, key})};
}

std::string ShortNameOf(const Snapshot& snapshot, NodeId node) {
  const std::vector<std::string_view> names = snapshot.NamesOf(node);
  return FirstOf({snapshot.Text(node, PropertyId::kName),
                  LastPart(names.empty() ? std::string_view() : names.front()),
                  LastPart(snapshot.KeyOf(node))});
}

std::string PipelineNameOf(const Snapshot& snapshot, NodeId run) {
  const NodeId pipeline = ParentOf(snapshot, run, EdgeKind::kRan, EntityKind::kPipeline);
  if (pipeline.value == 0) return {};
  const std::string_view key = snapshot.KeyOf(pipeline);
  return FirstOf({snapshot.Text(pipeline, PropertyId::kCicdPipelinePath), After(key, "/"), key});
}

std::string JobNameOf(const Snapshot& snapshot, NodeId job) {
  const std::string_view key = snapshot.KeyOf(job);
  return FirstOf({snapshot.Text(job, PropertyId::kCicdTaskName),
                  snapshot.Text(job, PropertyId::kName), After(key, "/job/"), After(key, "/jobs/"),
                  key});
}

Run RunOf(const Snapshot& snapshot, NodeId run, const PersonName& person_name) {
  if (run.value == 0) return {};
  Run out;
  const std::string_view key = snapshot.KeyOf(run);
  const std::string_view in_key = After(key, "/runs/");
  out.id =
      FirstOf({snapshot.Text(run, PropertyId::kCicdRunId), in_key.substr(0, in_key.find('/'))});
  const model::Value* attempt = snapshot.Property(run, PropertyId::kCicdRunAttempt);
  if (const auto* number = attempt == nullptr ? nullptr : std::get_if<std::int64_t>(attempt)) {
    out.attempt = *number;
  } else if (const auto in_attempt = ParseUint(After(key, "/attempts/"))) {
    out.attempt = static_cast<std::int64_t>(*in_attempt);
  }
  const std::vector<std::string_view> names = snapshot.NamesOf(run);
  out.url = FirstOf({snapshot.Text(run, PropertyId::kCicdRunUrl),
                     snapshot.Text(run, PropertyId::kUrl), names.empty() ? "" : names.back()});
  out.event = snapshot.Text(run, PropertyId::kCicdTrigger);
  bool by_token = false;
  for (const graph::EdgeView& view : snapshot.OutEdges(run, EdgeKind::kTriggeredBy)) {
    if (by_token) break;
    by_token = IsByToken(snapshot, view);
    const std::string_view person_key = snapshot.KeyOf(view.to);
    out.actor = FirstOf({person_name ? person_name(person_key) : std::string(), person_key});
  }
  return out;
}

std::string WorkloadNameOf(const Snapshot& snapshot, NodeId pod) {
  // ReplicaSets belong to Deployments and Jobs to CronJobs; more than two steps are not made by
  // Kubernetes itself.
  constexpr int kMaxSteps = 8;
  NodeId top;
  NodeId node = pod;
  for (int i = 0; i < kMaxSteps; ++i) {
    node = ParentOf(snapshot, node, EdgeKind::kMaintains, EntityKind::kWorkload);
    if (node.value == 0) break;
    top = node;
  }
  if (top.value == 0) return {};
  const std::string_view kind = snapshot.Text(top, PropertyId::kK8sKind);
  if (!kind.empty()) return Cat({kind, "/", ShortNameOf(snapshot, top)});
  const std::vector<std::string_view> names = snapshot.NamesOf(top);
  if (names.empty()) return ShortNameOf(snapshot, top);
  const std::vector<std::string_view> parts = Split(names.front(), '/');
  return parts.size() < 2 ? std::string(names.front())
                          : Cat({parts[parts.size() - 2], "/", parts.back()});
}

bool IsByToken(const Snapshot& snapshot, const graph::EdgeView& edge) {
  const graph::SourceIdentity* source = snapshot.Source(edge.source);
  return source != nullptr && source->kind == model::SourceKind::kCiReport;
}

NodeId ParentOf(const Snapshot& snapshot, NodeId node, EdgeKind edge, EntityKind kind) {
  std::optional<std::pair<bool, NodeId>> best;
  for (const graph::EdgeView& view : snapshot.InEdges(node, edge)) {
    if (snapshot.KindOf(view.from) != kind) continue;
    const std::pair one{!IsByToken(snapshot, view), view.from};
    if (!best || one < *best) best = one;
  }
  return best ? best->second : NodeId{};
}

std::string ShortDigest(std::string_view digest) {
  constexpr std::size_t kShown = std::string_view("sha256:").size() + 12;
  return digest.size() <= kShown ? std::string(digest) : Cat({digest.substr(0, kShown), "…"});
}

}  // namespace hullmark::origin
