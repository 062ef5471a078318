// SPDX-License-Identifier: Apache-2.0
//
// A small estate for tests: says what was seen in a few words, as sources would, and gives the
// snapshot of it. Digests, commits and times are made from short names, so that cases read like
// documentation.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/graph.h"
#include "core/origin/trace.h"

namespace hullmark::origin {

/// "sha256:" and the hex of `name` repeated: D("a1") is sha256:a1a1…
std::string D(std::string_view hex);
/// A commit's sha, made the same way.
std::string Sha(std::string_view hex);

/// One push as a pipeline job reports it.
struct Pushed {
  std::string digest;
  std::string to;  ///< host/path:tag
  std::string how = "built";
  std::string repository =
      "shop";  ///< of github.com/acme: shop is 101, others are numbered as they come
  int run = 7;
  int attempt = 1;
  std::string commit = "c1";
  std::string job = "build";
  std::string binding = "named";
  std::string ref = "refs/heads/main";
  bool index = false;
  bool known_kind = true;  ///< false: the report does not say what the digest is
};

struct Stored {
  std::string digest;
  std::vector<std::string> tags;  ///< host/path:tag
  std::string config{};           ///< digest
  std::string fingerprint{};
  std::vector<std::string> diff_ids{};
  std::string platform = "linux/amd64";
  bool layers_checked = false;
};

struct Runs {
  std::string pod;     ///< cluster/namespace/name
  std::string digest;  ///< as the node reports it; empty: not yet pulled
  std::string image = "registry.example/shop:1.0";  ///< as asked for
  std::string workload{};                           ///< Deployment/web
  std::string architecture{};                       ///< of its node
  std::string container = "main";
};

class EstateForTest {
 public:
  EstateForTest();

  /// The time from which what follows was seen: minutes after 2026-11-21T10:00:00Z.
  EstateForTest& At(int minute);
  /// `through` is another kind of source than a report.
  EstateForTest& Report(const Pushed& pushed,
                        model::SourceKind through = model::SourceKind::kCiReport);
  /// Another source says that the run which `pushed` names had another job's push, was at another
  /// commit, of another repository.
  EstateForTest& Contradict(const Pushed& pushed, model::SourceKind kind);
  /// A registry connector read the image; its host is that of the first tag.
  EstateForTest& Store(const Stored& stored);
  /// A registry connector read the index and what it includes.
  EstateForTest& StoreIndex(std::string_view digest, const std::vector<std::string>& tags,
                            const std::vector<std::string>& members);
  EstateForTest& MoveTag(std::string_view tag, std::string_view digest);
  EstateForTest& Run(const Runs& runs);
  /// The pod is gone: the cluster no longer states it, its containers, and what they run.
  EstateForTest& RemovePod(std::string_view pod);

  std::shared_ptr<const graph::Snapshot> Snapshot() const { return graph_->Current(); }
  model::NodeId Find(model::EntityKind kind, std::string_view key) const;
  TraceAnswer Trace(std::string_view ref, const TraceOptions& options = {}) const;

 private:
  struct Names {
    std::vector<std::string> names;
  };
  model::NodeId Node(model::EntityKind kind, std::string_view key);
  model::NodeId State(model::EntityKind kind, std::string_view key,
                      const std::vector<std::string>& names = {},
                      model::PropertyMap properties = {});
  model::StatementId Edge(model::EdgeKind kind, model::NodeId from, model::NodeId to,
                          std::string_view qualifier = {}, model::PropertyMap properties = {});
  void Speak(std::string_view source, model::SourceKind kind, std::string_view extent);
  void Publish();
  model::NodeId Place(std::string_view tag, model::NodeId digest);

  std::unique_ptr<graph::Graph> graph_ = std::make_unique<graph::Graph>();
  model::ChangeBatch batch_;
  std::map<std::string, model::SourceId, std::less<>> sources_;
  std::map<std::pair<model::EntityKind, std::string>, model::NodeId> nodes_;
  std::map<model::NodeId, model::EntityKind> kinds_;
  std::map<std::tuple<model::SourceId, model::NodeId>, model::StatementId> stated_;
  std::map<std::string, model::EdgeStated, std::less<>> tagged_;
  std::vector<model::EdgeStated> edges_;
  std::map<std::string, int> repositories_{{"shop", 101}};
  model::SourceId speaker_;
  Timestamp now_;
  std::uint32_t last_node_ = 0;
  std::uint64_t last_statement_ = 0;
};

struct OriginCase {
  std::string_view name;
  void (*see)(EstateForTest& estate);
  std::string ref;
  std::string_view want;
};

/// The answer in short: one line for each origin, conflict, unknown, in their order; digests by
/// their first two digits.
std::string Summary(const TraceAnswer& answer);
std::string ShortHex(std::string_view text);

}  // namespace hullmark::origin
