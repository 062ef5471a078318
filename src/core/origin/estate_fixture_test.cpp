// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "core/model/schema.h"
#include "core/origin/estate_test.h"

namespace hullmark::origin {

using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;
using model::PropertyMap;

namespace {
std::string Repeat(std::string_view hex, std::size_t size) {
  std::string out;
  while (out.size() < size) out += hex;
  out.resize(size);
  return out;
}
}  // namespace

std::string D(std::string_view hex) { return "sha256:" + Repeat(hex, 64); }
std::string Sha(std::string_view hex) { return Repeat(hex, 40); }

EstateForTest::EstateForTest() { At(0); }

EstateForTest& EstateForTest::At(int minute) {
  now_ = Timestamp::FromSeconds(1'795'255'200 + minute * 60);  // 2026-11-21T10:00:00Z
  return *this;
}

void EstateForTest::Speak(std::string_view source, model::SourceKind kind,
                          std::string_view extent) {
  const auto [at, fresh] = sources_.try_emplace(
      std::string(source), model::SourceId{static_cast<std::uint32_t>(sources_.size() + 1)});
  speaker_ = at->second;
  if (fresh) batch_.changes.emplace_back(model::SourceSeen{speaker_, std::string(source), kind});
  batch_.changes.emplace_back(
      model::ExtentSeen{speaker_, std::string(extent), now_, kind != model::SourceKind::kCiReport});
}

void EstateForTest::Publish() {
  ++batch_.seq;
  graph_->Apply(batch_);
  batch_.changes.clear();
}

NodeId EstateForTest::Node(EntityKind kind, std::string_view key) {
  const EntityKind space =
      model::SpaceOf(kind) == model::KeySpace::kDigest ? EntityKind::kDigest : kind;
  const auto [at, fresh] = nodes_.try_emplace({space, std::string(key)}, NodeId{last_node_ + 1});
  if (fresh) {
    ++last_node_;
    kinds_[at->second] = kind;
    batch_.changes.emplace_back(model::EntityAdded{at->second, kind, std::string(key)});
  } else if (kind != EntityKind::kDigest && kinds_[at->second] != kind) {
    kinds_[at->second] = kind;
    batch_.changes.emplace_back(model::KindLearned{at->second, kind});
  }
  return at->second;
}

NodeId EstateForTest::State(EntityKind kind, std::string_view key,
                            const std::vector<std::string>& names, PropertyMap properties) {
  const NodeId node = Node(kind, key);
  for (const std::string& name : names)
    batch_.changes.emplace_back(model::NameChanged{node, name, true});
  const auto [at, fresh] =
      stated_.try_emplace({speaker_, node}, model::StatementId{last_statement_ + 1});
  if (fresh) ++last_statement_;
  batch_.changes.emplace_back(
      model::EntityStated{at->second, node, speaker_, now_, std::move(properties)});
  return node;
}

model::StatementId EstateForTest::Edge(EdgeKind kind, NodeId from, NodeId to,
                                       std::string_view qualifier, PropertyMap properties) {
  for (const model::EdgeStated& held : edges_) {
    if (held.kind == kind && held.from == from && held.to == to && held.qualifier == qualifier &&
        held.source == speaker_) {
      return held.statement;
    }
  }
  edges_.push_back({model::StatementId{++last_statement_}, kind, from, to, std::string(qualifier),
                    speaker_, now_, std::move(properties)});
  batch_.changes.emplace_back(edges_.back());
  return edges_.back().statement;
}

EstateForTest& EstateForTest::Report(const Pushed& pushed, model::SourceKind through) {
  const bool by_job = through == model::SourceKind::kCiReport;
  const auto [number, fresh] =
      repositories_.try_emplace(pushed.repository, 200 + static_cast<int>(repositories_.size()));
  const std::string key = fmt::format("github.com#{}", number->second);
  const std::string name = "github.com/acme/" + pushed.repository;
  const std::string run_key =
      fmt::format("{}/runs/{}/attempts/{}", key, pushed.run, pushed.attempt);
  const std::string run_url = fmt::format("https://{}/actions/runs/{}", name, pushed.run);
  const std::string attempt_url = fmt::format("{}/attempts/{}", run_url, pushed.attempt);
  Speak(by_job ? "ci:github.com" : "import:notes", through, run_key + "/" + pushed.job);

  PropertyMap of_repository;
  of_repository.SetText(PropertyId::kName, "acme/" + pushed.repository);
  const NodeId repository = State(EntityKind::kCodeRepository, key, {name}, of_repository);
  const NodeId commit = State(EntityKind::kCommit, key + "@" + Sha(pushed.commit));
  Edge(EdgeKind::kContains, repository, commit);
  const NodeId project = State(EntityKind::kProject, key, {name});
  PropertyMap of_pipeline;
  of_pipeline.SetText(PropertyId::kCicdPipelinePath, ".github/workflows/build.yml");
  const NodeId pipeline =
      State(EntityKind::kPipeline, key + "/.github/workflows/build.yml", {}, of_pipeline);
  Edge(EdgeKind::kContains, project, pipeline);
  PropertyMap of_run;
  of_run.SetText(PropertyId::kCicdRunId, fmt::format("{}", pushed.run));
  of_run.Set(PropertyId::kCicdRunAttempt, std::int64_t{pushed.attempt});
  of_run.SetText(PropertyId::kCicdRunUrl, attempt_url);
  of_run.SetText(PropertyId::kCicdTrigger, "push");
  of_run.SetText(PropertyId::kVcsRef, pushed.ref);
  const NodeId run = State(EntityKind::kPipelineRun, run_key, {attempt_url, run_url}, of_run);
  Edge(EdgeKind::kRan, pipeline, run);
  PropertyMap at;
  at.SetText(PropertyId::kAtRole, "source");
  Edge(EdgeKind::kAt, run, commit, "source", at);
  Edge(EdgeKind::kTriggeredBy, run, State(EntityKind::kPerson, "github.com#5"));
  PropertyMap of_job;
  of_job.SetText(PropertyId::kCicdTaskName, pushed.job);
  const NodeId job = State(EntityKind::kJob, run_key + "/job/" + pushed.job, {}, of_job);
  Edge(EdgeKind::kHasJob, run, job);

  const EntityKind kind = !pushed.known_kind ? EntityKind::kDigest
                          : pushed.index     ? EntityKind::kImageIndex
                                             : EntityKind::kImage;
  PropertyMap push;
  push.SetText(PropertyId::kPushHow, pushed.how);
  push.SetText(PropertyId::kPushDestination, pushed.to);
  push.SetText(PropertyId::kPushBinding, pushed.binding);
  push.Set(PropertyId::kPushBodyBound, false);
  Edge(EdgeKind::kPushed, job, State(kind, pushed.digest), pushed.to, push);
  Publish();
  return *this;
}

EstateForTest& EstateForTest::Contradict(const Pushed& pushed, model::SourceKind kind) {
  const std::string key = fmt::format("github.com#{}", repositories_.at(pushed.repository));
  const std::string run_key =
      fmt::format("{}/runs/{}/attempts/{}", key, pushed.run, pushed.attempt);
  const NodeId run = Node(EntityKind::kPipelineRun, run_key);
  const NodeId job = Node(EntityKind::kJob, run_key + "/job/" + pushed.job);
  const NodeId commit = Node(EntityKind::kCommit, key + "@" + Sha(pushed.commit));
  Speak("notes", kind, "all");
  const NodeId other = State(EntityKind::kCodeRepository, "github.com#1", {"github.com/other/it"});
  const NodeId other_commit = State(EntityKind::kCommit, "github.com#1@" + Sha("ee"));
  const NodeId other_run = State(EntityKind::kPipelineRun, "github.com#1/runs/1/attempts/1");
  Edge(EdgeKind::kContains, other, other_commit);
  Edge(EdgeKind::kContains, other, commit);
  Edge(EdgeKind::kHasJob, other_run, job);
  Edge(EdgeKind::kAt, run, other_commit, "source");
  Edge(EdgeKind::kAt, other_run, other_commit, "source");
  Edge(EdgeKind::kTriggeredBy, run, State(EntityKind::kPerson, "github.com#9"));
  Publish();
  return *this;
}

NodeId EstateForTest::Place(std::string_view tag, NodeId digest) {
  const std::string_view repository_key = tag.substr(0, tag.rfind(':'));
  const std::string_view host = tag.substr(0, tag.find('/'));
  const NodeId registry = State(EntityKind::kRegistry, host);
  const NodeId repository = State(EntityKind::kImageRepository, repository_key);
  Edge(EdgeKind::kContains, registry, repository);
  Edge(EdgeKind::kContains, repository, digest);
  const NodeId node = State(EntityKind::kTag, tag);
  Edge(EdgeKind::kContains, repository, node);
  const model::StatementId statement = Edge(EdgeKind::kTagged, node, digest);
  tagged_[std::string(tag)] = {statement, EdgeKind::kTagged, node, digest, "", speaker_, now_, {}};
  return node;
}

EstateForTest& EstateForTest::Store(const Stored& stored) {
  const std::string_view first = stored.tags.front();
  const std::string host(first.substr(0, first.find('/')));
  Speak("registry:" + host, model::SourceKind::kRegistry, first.substr(0, first.rfind(':')));
  PropertyMap properties;
  properties.SetText(PropertyId::kImageConfigDigest, stored.config);
  properties.SetText(PropertyId::kImageConfigFingerprint, stored.fingerprint);
  properties.SetText(PropertyId::kImagePlatform, stored.platform);
  if (!stored.diff_ids.empty()) properties.Set(PropertyId::kImageDiffIds, stored.diff_ids);
  if (stored.layers_checked) properties.Set(PropertyId::kImageLayersChecked, true);
  const NodeId image = State(EntityKind::kImage, stored.digest, {}, properties);
  for (const std::string& tag : stored.tags) Place(tag, image);
  Publish();
  return *this;
}

EstateForTest& EstateForTest::StoreIndex(std::string_view digest,
                                         const std::vector<std::string>& tags,
                                         const std::vector<std::string>& members) {
  const std::string_view first = tags.front();
  Speak("registry:" + std::string(first.substr(0, first.find('/'))), model::SourceKind::kRegistry,
        first.substr(0, first.rfind(':')));
  const NodeId index = State(EntityKind::kImageIndex, digest);
  for (const std::string& tag : tags) Place(tag, index);
  for (const std::string& member : members) {
    Edge(EdgeKind::kIncludes, index,
         Node(nodes_.contains({EntityKind::kDigest, member}) ? EntityKind::kDigest
                                                             : EntityKind::kImage,
              member));
  }
  Publish();
  return *this;
}

EstateForTest& EstateForTest::MoveTag(std::string_view tag, std::string_view digest) {
  const auto held = tagged_.find(tag);
  Speak("registry:" + std::string(tag.substr(0, tag.find('/'))), model::SourceKind::kRegistry,
        tag.substr(0, tag.rfind(':')));
  batch_.changes.emplace_back(model::EdgeUnstated{held->second.statement, EdgeKind::kTagged,
                                                  held->second.from, held->second.to});
  std::erase_if(edges_, [&](const auto& e) { return e.statement == held->second.statement; });
  if (!digest.empty()) Place(tag, Node(EntityKind::kImage, digest));
  Publish();
  return *this;
}

EstateForTest& EstateForTest::Run(const Runs& runs) {
  const std::vector<std::string_view> parts = Split(runs.pod, '/');
  const std::string cluster_name(parts[0]);
  const std::string cluster_key = "uid-of-" + cluster_name;
  const std::string space_name = Cat({cluster_name, "/", parts[1]});
  Speak("kubernetes:" + cluster_name, model::SourceKind::kKubernetes, "pods");
  const auto named = [](std::string_view name) {
    PropertyMap properties;
    properties.SetText(PropertyId::kName, name);
    return properties;
  };
  const NodeId cluster = State(EntityKind::kCluster, cluster_key, {cluster_name}, {});
  const NodeId space = State(EntityKind::kNamespace, Cat({cluster_key, "/uid-of-", parts[1]}),
                             {space_name}, named(parts[1]));
  Edge(EdgeKind::kContains, cluster, space);
  const std::string pod_key = Cat({cluster_key, "/uid-of-", parts[1], "-", parts[2]});
  const NodeId pod = State(EntityKind::kPod, pod_key, {runs.pod}, named(parts[2]));
  Edge(EdgeKind::kContains, space, pod);
  PropertyMap of_container = named(runs.container);
  of_container.SetText(PropertyId::kContainerImage, runs.image);
  const NodeId container =
      State(EntityKind::kContainer, pod_key + "/" + runs.container, {}, std::move(of_container));
  Edge(EdgeKind::kContains, pod, container);
  if (!runs.digest.empty())
    Edge(EdgeKind::kIsRunning, container, Node(EntityKind::kDigest, runs.digest));
  if (!runs.workload.empty()) {
    const std::vector<std::string_view> workload = Split(runs.workload, '/');
    PropertyMap properties = named(workload[1]);
    properties.SetText(PropertyId::kK8sKind, workload[0]);
    const std::string of = Cat({cluster_key, "/uid-of-", runs.workload});
    const NodeId outer =
        State(EntityKind::kWorkload, of, {Cat({space_name, "/", runs.workload})}, properties);
    PropertyMap inner_properties = named("inner");
    inner_properties.SetText(PropertyId::kK8sKind, "ReplicaSet");
    const NodeId inner = State(EntityKind::kWorkload, of + "-inner", {}, inner_properties);
    Edge(EdgeKind::kMaintains, outer, inner);
    Edge(EdgeKind::kMaintains, inner, pod);
  }
  if (!runs.architecture.empty()) {
    PropertyMap of_node;
    of_node.SetText(PropertyId::kNodeArchitecture, runs.architecture);
    of_node.SetText(PropertyId::kNodeOs, "linux");
    Edge(EdgeKind::kRunsOn, pod,
         State(EntityKind::kNode, cluster_key + "/node-" + runs.architecture, {}, of_node));
  }
  Publish();
  return *this;
}

EstateForTest& EstateForTest::RemovePod(std::string_view pod) {
  const auto snapshot = Snapshot();
  const NodeId node = snapshot->FindByName(EntityKind::kPod, pod).front();
  std::vector<NodeId> gone = snapshot->Out(node, EdgeKind::kContains);
  gone.push_back(node);
  for (const NodeId one : gone) {
    for (auto& [who, statement] : stated_) {
      if (std::get<NodeId>(who) == one)
        batch_.changes.emplace_back(model::EntityUnstated{statement, one});
    }
    for (const model::EdgeStated& edge : edges_) {
      if (edge.from == one || edge.to == one) {
        batch_.changes.emplace_back(
            model::EdgeUnstated{edge.statement, edge.kind, edge.from, edge.to});
      }
    }
  }
  batch_.changes.emplace_back(model::NameChanged{node, std::string(pod), false});
  Publish();
  return *this;
}

NodeId EstateForTest::Find(EntityKind kind, std::string_view key) const {
  return Snapshot()->Find(kind, key).value_or(NodeId{});
}

TraceAnswer EstateForTest::Trace(std::string_view ref, const TraceOptions& options) const {
  auto answer = origin::Trace(*Snapshot(), ref, now_, options, [](std::string_view key) {
    return std::string(key == "github.com#5" ? "ada" : "");
  });
  if (answer) return *std::move(answer);
  TraceAnswer refused;
  refused.ref = "refused: " + answer.error().message();
  return refused;
}

std::string ShortHex(std::string_view text) {
  std::string out(text);
  for (std::size_t at = out.find("sha256:"); at != std::string::npos;
       at = out.find("sha256:", at)) {
    std::size_t end = at + 7;
    while (end < out.size() && LowerHexValue(out[end]) >= 0) ++end;
    if (out.compare(end, 3, "…") == 0) end += 3;
    out.replace(at, end - at, out.substr(at + 7, 2));
  }
  return out;
}

std::string Summary(const TraceAnswer& answer) {
  std::string text = answer.ref.starts_with("refused: ") ? answer.ref + "\n" : "";
  for (const Origin& o : answer.origins) {
    text += fmt::format("{}: {} {} by {}@{} run {}", ShortHex(o.image), NameOf(o.level), o.how,
                        o.repository.name, o.commit.substr(0, 2), o.run.id);
    for (const Via& via : o.via) {
      text += fmt::format(" via {} {}{}", via.rule, ShortHex(via.from),
                          via.layers_checked ? " (layers checked)" : "");
    }
    text += "\n";
  }
  for (const Conflict& c : answer.conflicts) {
    text += ShortHex(c.image) + ": contested:";
    for (const NamedKey& repository : c.repositories) text += " " + repository.name;
    text += "\n";
  }
  for (const UnknownSubject& u : answer.unknown) {
    text += ShortHex(fmt::format("{} {}: {}; mend: {}\n", u.kind, u.key, u.reason, u.mend));
  }
  return text;
}

}  // namespace hullmark::origin
