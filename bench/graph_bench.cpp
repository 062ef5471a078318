// SPDX-License-Identifier: Apache-2.0
//
// The graph alone: loading an estate, following changes while readers read, and tracing on it.  The
// sample estate's observations become changes here as the estate would make them; no store is
// involved.
//   graph_bench [IMAGES]      (100,000)
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "core/graph/graph.h"
#include "core/model/schema.h"
#include "core/origin/trace.h"
#include "sample/sample.h"

namespace {

namespace model = hullmark::model;
using hullmark::graph::Graph;
using hullmark::graph::Snapshot;
using model::Change;
using model::EntityKind;
using model::NodeId;

/// This thread's time on a processor: what others on the machine do is not the graph's.
double Now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
double Since(double start) { return Now() - start; }

void Row(const std::string& what, double value, const char* unit, const std::string& note = {}) {
  std::printf("{\"what\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"note\":\"%s\"}\n", what.c_str(),
              value, unit, note.c_str());
  std::fflush(stdout);
}

double ResidentMegabytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  statm >> pages >> pages;
  return static_cast<double>(pages) * 4096 / 1e6;
}

/// Numbers entities and statements as an estate would; every record of the sample is new or
/// replaces.
class Numberer {
 public:
  std::vector<Change> changes;

  void Take(const model::Observation& frame) {
    const auto [source, is_new] = sources_.try_emplace(
        frame.header.source, model::SourceId{static_cast<std::uint32_t>(sources_.size() + 1)});
    if (is_new) {
      changes.emplace_back(
          model::SourceSeen{source->second, frame.header.source, frame.header.source_kind});
    }
    changes.emplace_back(model::ExtentSeen{source->second, frame.header.extent,
                                           frame.header.observed_at, frame.header.complete});
    for (const model::Record& record : frame.records) {
      if (const auto* entity = std::get_if<model::EntityRecord>(&record)) {
        const NodeId node = Node({entity->kind, entity->key});
        for (const std::string& name : entity->names) {
          if (names_.emplace(node, name).second) {
            changes.emplace_back(model::NameChanged{node, name, true});
          }
        }
        changes.emplace_back(model::EntityStated{StatementOf({source->second.value, node.value, 0}),
                                                 node, source->second, frame.header.observed_at,
                                                 entity->properties});
      } else if (const auto* edge = std::get_if<model::EdgeRecord>(&record)) {
        const NodeId from = Node(edge->from);
        const NodeId to = Node(edge->to);
        if (!edges_.emplace(source->second.value, edge->kind, from, to, edge->qualifier).second) {
          continue;
        }
        changes.emplace_back(model::EdgeStated{model::StatementId{++last_statement_}, edge->kind,
                                               from, to, edge->qualifier, source->second,
                                               frame.header.observed_at, edge->properties});
      }
    }
  }

 private:
  NodeId Node(const model::EntityRef& ref) {
    const EntityKind space =
        model::SpaceOf(ref.kind) == model::KeySpace::kDigest ? EntityKind::kDigest : ref.kind;
    const auto [at, is_new] =
        nodes_.try_emplace({space, ref.key}, NodeId{static_cast<std::uint32_t>(nodes_.size() + 1)});
    if (is_new) {
      changes.emplace_back(model::EntityAdded{at->second, ref.kind, ref.key});
      kinds_[at->second] = ref.kind;
    } else if (ref.kind != EntityKind::kDigest && kinds_[at->second] == EntityKind::kDigest) {
      changes.emplace_back(model::KindLearned{at->second, ref.kind});
      kinds_[at->second] = ref.kind;
    }
    return at->second;
  }
  model::StatementId StatementOf(
      const std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>& who) {
    const auto [at, is_new] = statements_.try_emplace(who, model::StatementId{last_statement_ + 1});
    if (is_new) ++last_statement_;
    return at->second;
  }

  std::map<std::string, model::SourceId> sources_;
  std::map<std::pair<EntityKind, std::string>, NodeId> nodes_;
  std::map<NodeId, EntityKind> kinds_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, model::StatementId> statements_;
  std::set<std::pair<NodeId, std::string>> names_;
  std::set<std::tuple<std::uint32_t, model::EdgeKind, NodeId, NodeId, std::string>> edges_;
  std::uint64_t last_statement_ = 0;
};

std::vector<Change> SampleChanges(std::size_t images) {
  Numberer numberer;
  const auto done = hullmark::sample::GenerateSampleEstate(
      {.now = hullmark::SystemClock().Now(), .images = images},
      [&](const model::Observation& frame) {
        numberer.Take(frame);
        return hullmark::Status();
      });
  if (!done) {
    std::fprintf(stderr, "graph_bench: %s\n", done.error().message().c_str());
    std::exit(1);
  }
  return std::move(numberer.changes);
}

void MeasureLoad(Graph& graph, std::vector<Change> changes) {
  const double before = ResidentMegabytes();
  const std::size_t count = changes.size();
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  for (Change& change : changes) graph.Load(std::move(change));
  graph.FinishLoad(1);
  const double busy = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  const double whole =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  Row("graph: loading " + std::to_string(count) + " changes", whole, "s",
      "processor time " + std::to_string(busy) + " s, all threads");
  Row("graph: memory after it", ResidentMegabytes() - before, "MB",
      std::to_string(graph.Current()->node_count()) + " entities, " +
          std::to_string(graph.Current()->edge_count()) + " edges");
}

/// Batches of 100 on top of the loaded estate: new images with a tag each, as a registry tells of
/// them.
void MeasureApply(Graph& graph) {
  std::uint32_t node = 0;
  const auto loaded = graph.Current();
  for (std::size_t kind = 0; kind < model::kEntityKindCount; ++kind) {
    for (const NodeId one : loaded->NodesOf(static_cast<EntityKind>(kind)))
      node = std::max(node, one.value);
  }
  const std::vector<NodeId> repositories = loaded->NodesOf(EntityKind::kImageRepository);
  std::uint64_t statement = std::uint64_t{1} << 40;
  std::vector<model::ChangeBatch> batches(3000);
  std::size_t count = 0;
  std::uint64_t seq = 1;
  for (model::ChangeBatch& batch : batches) {
    batch.seq = ++seq;
    while (batch.changes.size() < 100) {
      const NodeId repository = repositories[node % repositories.size()];
      char digest[80];
      std::snprintf(digest, sizeof digest, "sha256:%064x", node);
      const NodeId image{++node};
      const NodeId tag{++node};
      model::PropertyMap properties;
      properties.SetText(model::PropertyId::kImageConfigDigest, digest);
      properties.SetText(model::PropertyId::kImagePlatform, "linux/amd64");
      const auto edge = [&](model::EdgeKind kind, NodeId from, NodeId to) {
        batch.changes.emplace_back(
            model::EdgeStated{{++statement}, kind, from, to, "", {1}, {}, {}});
      };
      batch.changes.emplace_back(model::EntityAdded{image, EntityKind::kImage, digest});
      batch.changes.emplace_back(model::EntityStated{{++statement}, image, {1}, {}, properties});
      batch.changes.emplace_back(
          model::EntityAdded{tag, EntityKind::kTag, std::string("bench:") + digest});
      batch.changes.emplace_back(model::EntityStated{{++statement}, tag, {1}, {}, {}});
      edge(model::EdgeKind::kContains, repository, image);
      edge(model::EdgeKind::kContains, repository, tag);
      edge(model::EdgeKind::kTagged, tag, image);
    }
    count += batch.changes.size();
  }
  std::atomic<bool> done = false;
  std::atomic<std::size_t> reads = 0;
  std::jthread reader([&] {
    while (!done) {
      const auto snapshot = graph.Current();
      const NodeId repository = repositories[reads % repositories.size()];
      reads += 1 + snapshot->Out(repository, model::EdgeKind::kContains).size() * 0;
    }
  });
  double slowest = 0;
  const auto start = Now();
  for (const model::ChangeBatch& batch : batches) {
    const auto one = Now();
    graph.Apply(batch);
    slowest = std::max(slowest, Since(one));
  }
  const double whole = Since(start);
  done = true;
  reader.join();
  Row("graph: applying changes in batches of 100, one reader beside",
      static_cast<double>(count) / whole, "/s",
      "slowest batch " + std::to_string(slowest * 1e3) + " ms; " + std::to_string(reads.load()) +
          " reads meanwhile; budget 60,000");
  graph.Settle();
}

void MeasureTraces(const Snapshot& snapshot) {
  struct Kind {
    const char* what;
    std::vector<std::string> refs;
  };
  const auto keys_of = [&](EntityKind kind) {
    std::vector<std::string> keys;
    const std::vector<NodeId> nodes = snapshot.NodesOf(kind);
    for (std::size_t i = 0; i < 300 && !nodes.empty(); ++i) {
      keys.emplace_back(snapshot.KeyOf(nodes[i * 7919 % nodes.size()]));
    }
    return keys;
  };
  std::vector<std::string> pods;
  for (const NodeId pod : snapshot.NodesOf(EntityKind::kPod)) {
    const auto names = snapshot.NamesOf(pod);
    if (pods.size() < 300 && !names.empty()) pods.emplace_back(names.front());
  }
  std::vector<std::string> commits = keys_of(EntityKind::kCommit);
  for (std::string& commit : commits) commit.erase(0, commit.rfind('@') + 1);
  const std::vector<Kind> kinds = {
      {"tag", keys_of(EntityKind::kTag)},
      {"manifest digest", keys_of(EntityKind::kImage)},
      {"pod", pods},
      {"commit", commits},
      {"nothing known", {"nowhere.example/none:1", "none", "ns/none"}}};
  for (const Kind& kind : kinds) {
    std::vector<double> times;
    std::string slowest;
    std::size_t origins = 0;
    for (const std::string& ref : kind.refs) {
      const auto start = Now();
      const auto answer = hullmark::origin::Trace(snapshot, ref, {}, {}, nullptr);
      if (!answer) continue;
      origins += hullmark::origin::ToJson(*answer).empty() ? 0 : answer->total;
      times.push_back(Since(start));
      if (times.back() >= std::ranges::max(times)) slowest = ref;
    }
    if (times.empty()) continue;
    std::ranges::sort(times);
    Row(std::string("trace by ") + kind.what + ", median", times[times.size() / 2] * 1e3, "ms",
        "slowest " + std::to_string(times.back() * 1e3) + " ms (" + slowest + "); " +
            std::to_string(origins) + " origins in " + std::to_string(times.size()) + " traces");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t images = argc > 1 ? static_cast<std::size_t>(std::atol(argv[1])) : 100'000;
  Graph graph;
  MeasureLoad(graph, SampleChanges(images));
  MeasureTraces(*graph.Current());
  MeasureApply(graph);
  MeasureTraces(*graph.Current());
  return 0;
}
