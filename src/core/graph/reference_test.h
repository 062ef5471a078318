// SPDX-License-Identifier: Apache-2.0
//
// For tests of the graph: what the estate's changes mean, said as simply as can be, and a maker of
// random streams of changes.  A snapshot and the reference are compared by their descriptions:
// every answer of the door, as text.
#pragma once
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/graph/snapshot.h"
#include "core/model/change.h"
#include "core/model/schema.h"

namespace hullmark::graph {

class Reference {
 public:
  void Take(const model::Change& change) {
    std::visit([this](const auto& one) { Do(one); }, change);
  }
  std::string Describe() const;

  struct Node {
    EntityKind kind{};
    std::string key;
    NodeId into;
  };
  struct Stated {
    NodeId node;
    SourceId source;
    Timestamp since;
    model::PropertyMap properties;
  };
  std::map<NodeId, Node> nodes;
  std::map<std::pair<EntityKind, std::string>, NodeId> keys;
  std::set<std::pair<NodeId, std::string>> names;
  std::map<model::StatementId, Stated> stated;
  std::map<model::StatementId, model::EdgeStated> edges;
  std::map<SourceId, model::SourceSeen> sources;
  std::map<std::pair<SourceId, std::string>, std::pair<Timestamp, bool>> extents;

  NodeId Resolve(NodeId node) const {
    while (nodes.at(node).into.value != 0) node = nodes.at(node).into;
    return node;
  }
  static EntityKind Space(EntityKind kind) {
    return model::SpaceOf(kind) == model::KeySpace::kDigest ? EntityKind::kDigest : kind;
  }

 private:
  void Do(const model::SourceSeen& c) { sources[c.source] = c; }
  void Do(const model::ExtentSeen& c) { extents[{c.source, c.extent}] = {c.as_of, c.complete}; }
  void Do(const model::EntityAdded& c) {
    nodes[c.node] = {c.kind, c.key, {}};
    keys[{Space(c.kind), c.key}] = c.node;
  }
  void Do(const model::KindLearned& c) {
    Node& node = nodes.at(Resolve(c.node));
    node.kind = c.kind;
    keys.insert_or_assign({Space(c.kind), node.key}, Resolve(c.node));
  }
  void Do(const model::Merged& c) {
    const NodeId into = Resolve(c.into);
    if (c.from == into) return;
    nodes[c.from].into = into;
    for (auto& [id, statement] : stated) {
      if (statement.node == c.from) statement.node = into;
    }
    for (auto& [id, edge] : edges) {
      if (edge.from == c.from) edge.from = into;
      if (edge.to == c.from) edge.to = into;
    }
    std::set<std::pair<NodeId, std::string>> moved;
    for (const auto& [node, name] : names) moved.emplace(node == c.from ? into : node, name);
    names = std::move(moved);
  }
  void Do(const model::NameChanged& c) {
    if (c.current) {
      names.emplace(Resolve(c.node), c.name);
    } else {
      names.erase({Resolve(c.node), c.name});
    }
  }
  void Do(const model::EntityStated& c) {
    stated[c.statement] = {Resolve(c.node), c.source, c.since, c.properties};
  }
  void Do(const model::EntityUnstated& c) { stated.erase(c.statement); }
  void Do(const model::EdgeStated& c) {
    model::EdgeStated edge = c;
    edge.from = Resolve(edge.from);
    edge.to = Resolve(edge.to);
    edges[c.statement] = edge;
  }
  void Do(const model::EdgeUnstated& c) { edges.erase(c.statement); }
};

/// What a description asks about: everything the stream ever spoke of.
struct Asked {
  std::vector<NodeId> nodes;
  std::vector<std::string> keys, names, shared;
};

std::string Describe(const Snapshot& snapshot, const Asked& asked);
std::string Describe(const Reference& reference, const Asked& asked);

/// One step of a random stream; what it means depends on what there is when it is taken.
using Step = std::tuple<std::uint8_t, std::uint16_t, std::uint16_t, std::uint16_t>;
/// The stream of changes that steps make, each valid after those before it.
std::vector<model::Change> ChangesOf(const std::vector<Step>& steps);
Asked AskAbout(const std::vector<model::Change>& changes);

}  // namespace hullmark::graph
