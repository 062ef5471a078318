// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>

#include "core/graph/reference_test.h"

namespace hullmark::graph {
namespace {

std::string Text(const model::Value& value) {
  struct Visitor {
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(Timestamp v) const { return fmt::format("@{}", v.micros); }
    std::string operator()(const std::vector<std::string>& v) const {
      return fmt::format("[{}]", fmt::join(v, " "));
    }
  };
  return std::visit(Visitor(), value);
}

std::string Text(const model::PropertyMap& properties) {
  std::string text;
  for (const auto& [id, value] : properties) {
    text += fmt::format(" {}={}", static_cast<int>(id), Text(value));
  }
  return text;
}

std::string Text(const PropertyView& properties) {
  std::string text;
  for (const PropertyView::Item& item : properties.items()) {
    text += fmt::format(" {}={}", static_cast<int>(item.id), Text(properties.ValueOf(item)));
  }
  return text;
}

std::string Text(const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId node : nodes) text += fmt::format(" {}", node.value);
  return text;
}

constexpr std::array kSharedIds = {PropertyId::kImageConfigDigest, PropertyId::kImageDiffIds};
constexpr std::array kSomeEdges = {EdgeKind::kContains, EdgeKind::kPushed, EdgeKind::kTagged};

int Trust(const Reference& reference, SourceId source) {
  switch (reference.sources.at(source).kind) {
    case model::SourceKind::kCiReport:
      return 2;
    case model::SourceKind::kImport:
      return 1;
    default:
      return 3;
  }
}

std::string EdgesText(const Reference& reference, NodeId node, EdgeKind kind, bool out) {
  std::string text;
  std::set<NodeId> others;
  for (const auto& [id, edge] : reference.edges) {
    if (edge.kind != kind || (out ? edge.from : edge.to) != node) continue;
    others.insert(out ? edge.to : edge.from);
    text +=
        fmt::format("    {}->{} '{}' by {} @{}{}\n", edge.from.value, edge.to.value, edge.qualifier,
                    edge.source.value, edge.since.micros, Text(edge.properties));
  }
  return text + "    =" + Text(std::vector<NodeId>(others.begin(), others.end())) + "\n";
}

std::string EdgesText(const Snapshot& snapshot, NodeId node, EdgeKind kind, bool out) {
  std::string text;
  for (const EdgeView& e : out ? snapshot.OutEdges(node, kind) : snapshot.InEdges(node, kind)) {
    text += fmt::format("    {}->{} '{}' by {} @{}{}\n", e.from.value, e.to.value, e.qualifier,
                        e.source.value, e.since.micros, Text(e.properties));
  }
  return text + "    =" + Text(out ? snapshot.Out(node, kind) : snapshot.In(node, kind)) + "\n";
}

}  // namespace

std::string Describe(const Snapshot& snapshot, const Asked& asked) {
  std::string text;
  for (const NodeId node : asked.nodes) {
    text += fmt::format("node {} kind {} key {} stated {}\n", node.value,
                        static_cast<int>(snapshot.KindOf(node)), snapshot.KeyOf(node),
                        snapshot.IsStated(node));
    for (const auto& name : snapshot.NamesOf(node)) text += fmt::format("  name {}\n", name);
    for (const StatementView& s : snapshot.StatementsOf(node)) {
      text += fmt::format("  by {} @{}{}\n", s.source.value, s.since.micros, Text(s.properties));
    }
    const model::Value* name = snapshot.Property(node, PropertyId::kName);
    text += fmt::format("  best {}\n", name == nullptr ? "-" : Text(*name));
    for (const EdgeKind kind : kSomeEdges) {
      text += "  out\n" + EdgesText(snapshot, node, kind, true);
      text += "  in\n" + EdgesText(snapshot, node, kind, false);
    }
  }
  for (const model::KindInfo& info : model::Kinds()) {
    text += fmt::format("kind {} {}:{}\n", info.name, snapshot.CountOf(info.kind),
                        Text(snapshot.NodesOf(info.kind)));
    for (const std::string& key : asked.keys) {
      if (const auto found = snapshot.Find(info.kind, key)) {
        text += fmt::format("  key {} = {}\n", key, found->value);
      }
    }
    for (const std::string& name : asked.names) {
      text += fmt::format("  named {}{}\n", name, Text(snapshot.FindByName(info.kind, name)));
    }
  }
  for (const PropertyId id : kSharedIds) {
    for (const std::string& value : asked.shared) {
      text += fmt::format("shared {} {}\n", value, Text(snapshot.FindByShared(id, value)));
    }
  }
  text += fmt::format("pushed to q{}\n", Text(snapshot.FindByDestination("q")));
  for (const SourceInfo& source : snapshot.Sources()) {
    text += fmt::format("source {} {} {}\n", source.source.value, source.name,
                        static_cast<int>(source.kind));
    for (const auto& e : source.extents) {
      text += fmt::format("  {} @{} {}\n", e.extent, e.as_of.micros, e.complete);
    }
    const SourceFreshness fresh = snapshot.FreshnessOf(source.source);
    text += fmt::format("  from {} to {} {}\n", fresh.oldest.micros, fresh.newest.micros,
                        fresh.complete);
  }
  return text + fmt::format("{} nodes {} edges\n", snapshot.node_count(), snapshot.edge_count());
}

std::string Describe(const Reference& r, const Asked& asked) {
  std::string text;
  for (const NodeId asked_node : asked.nodes) {
    const NodeId node = r.Resolve(asked_node);
    const bool is_stated =
        std::ranges::any_of(r.stated, [&](const auto& entry) { return entry.second.node == node; });
    text += fmt::format("node {} kind {} key {} stated {}\n", asked_node.value,
                        static_cast<int>(r.nodes.at(node).kind), r.nodes.at(node).key, is_stated);
    for (const auto& [named, name] : r.names) {
      if (named == node) text += fmt::format("  name {}\n", name);
    }
    std::string best = "-";
    std::tuple<int, Timestamp> best_rank{-1, {}};
    for (const auto& [id, s] : r.stated) {
      if (s.node != node) continue;
      text += fmt::format("  by {} @{}{}\n", s.source.value, s.since.micros, Text(s.properties));
      const model::Value* name = s.properties.Find(PropertyId::kName);
      const std::tuple<int, Timestamp> rank{Trust(r, s.source), s.since};
      if (name != nullptr && rank >= best_rank) {
        best = Text(*name);
        best_rank = rank;
      }
    }
    text += fmt::format("  best {}\n", best);
    for (const EdgeKind kind : kSomeEdges) {
      text += "  out\n" + EdgesText(r, node, kind, true);
      text += "  in\n" + EdgesText(r, node, kind, false);
    }
  }
  std::size_t count = 0;
  for (const model::KindInfo& info : model::Kinds()) {
    std::vector<NodeId> of_kind;
    for (const auto& [node, entry] : r.nodes) {
      if (entry.kind == info.kind && entry.into.value == 0) of_kind.push_back(node);
    }
    count += of_kind.size();
    text += fmt::format("kind {} {}:{}\n", info.name, of_kind.size(), Text(of_kind));
    for (const std::string& key : asked.keys) {
      const auto found = r.keys.find({Reference::Space(info.kind), key});
      if (found == r.keys.end()) continue;
      const NodeId node = r.Resolve(found->second);
      if (Reference::Space(r.nodes.at(node).kind) == Reference::Space(info.kind)) {
        text += fmt::format("  key {} = {}\n", key, node.value);
      }
    }
    for (const std::string& name : asked.names) {
      std::vector<NodeId> named;
      for (const auto& [node, held] : r.names) {
        if (held == name && r.nodes.at(node).kind == info.kind) named.push_back(node);
      }
      text += fmt::format("  named {}{}\n", name, Text(named));
    }
  }
  for (const PropertyId id : kSharedIds) {
    for (const std::string& value : asked.shared) {
      std::set<NodeId> with;
      for (const auto& [statement, s] : r.stated) {
        const model::Value* held = s.properties.Find(id);
        if (held == nullptr) continue;
        const auto* one = std::get_if<std::string>(held);
        const auto* list = std::get_if<std::vector<std::string>>(held);
        if ((one != nullptr && *one == value) ||
            (list != nullptr && std::ranges::find(*list, value) != list->end())) {
          with.insert(s.node);
        }
      }
      text += fmt::format("shared {} {}\n", value, Text({with.begin(), with.end()}));
    }
  }
  std::set<NodeId> pushed_to;
  for (const auto& [id, edge] : r.edges) {
    if (edge.kind == EdgeKind::kPushed && edge.qualifier == "q") pushed_to.insert(edge.to);
  }
  text += fmt::format("pushed to q{}\n", Text({pushed_to.begin(), pushed_to.end()}));
  for (const auto& [id, source] : r.sources) {
    text += fmt::format("source {} {} {}\n", id.value, source.name, static_cast<int>(source.kind));
    bool any = false;
    bool complete = true;
    std::int64_t oldest = 1 << 30;
    std::int64_t newest = 0;
    for (const auto& [extent, state] : r.extents) {
      if (extent.first != id) continue;
      text += fmt::format("  {} @{} {}\n", extent.second, state.first.micros, state.second);
      oldest = std::min(oldest, state.first.micros);
      newest = std::max(newest, state.first.micros);
      complete &= state.second;
      any = true;
    }
    text += any ? fmt::format("  from {} to {} {}\n", oldest, newest, complete)
                : "  from 0 to 0 false\n";
  }
  return text + fmt::format("{} nodes {} edges\n", count, r.edges.size());
}

std::vector<model::Change> ChangesOf(const std::vector<Step>& steps) {
  std::vector<model::Change> changes;
  std::vector<NodeId> nodes;  // not merged away
  std::vector<std::pair<model::StatementId, NodeId>> stated;
  std::vector<model::EdgeStated> edges;
  std::map<NodeId, EntityKind> kinds;
  std::uint32_t last_node = 0;
  std::uint64_t last_statement = 0;
  for (std::uint32_t i = 1; i <= 3; ++i) {
    changes.emplace_back(model::SourceSeen{SourceId{i}, fmt::format("source-{}", i),
                                           static_cast<model::SourceKind>(i == 3 ? 4 : i - 1)});
  }
  constexpr std::array kKinds = {EntityKind::kDigest,         EntityKind::kImage,
                                 EntityKind::kImageIndex,     EntityKind::kTag,
                                 EntityKind::kCodeRepository, EntityKind::kPod};
  const auto properties = [](std::uint16_t seed) {
    model::PropertyMap map;
    if (seed % 2 == 0) map.Set(PropertyId::kName, fmt::format("n{}", seed % 5));
    if (seed % 3 == 0) map.Set(PropertyId::kImageConfigDigest, fmt::format("c{}", seed % 4));
    if (seed % 5 < 2) {
      map.Set(PropertyId::kImageDiffIds,
              std::vector<std::string>{fmt::format("c{}", seed % 3), fmt::format("d{}", seed % 7)});
    }
    if (seed % 7 == 0) map.Set(PropertyId::kImageSize, std::int64_t{seed});
    if (seed % 11 == 0) map.Set(PropertyId::kImageCreated, Timestamp{seed});
    return map;
  };
  for (const auto& [op, a, b, c] : steps) {
    const auto pick = [&](std::uint16_t n) { return nodes[n % nodes.size()]; };
    const SourceId source{b % 3U + 1};
    const Timestamp since{c % 16};
    if (nodes.size() < 2 || op % 16 < 3) {
      const EntityKind kind = kKinds[a % kKinds.size()];
      const NodeId node{++last_node + (a % 50 == 0 ? 3 : 0)};  // numbers may be left out
      last_node = node.value;
      nodes.push_back(node);
      kinds[node] = kind;
      changes.emplace_back(model::EntityAdded{node, kind, fmt::format("key-{}", node.value)});
      continue;
    }
    switch (op % 16) {
      case 3:
      case 4:
      case 5:
        stated.emplace_back(model::StatementId{++last_statement}, pick(a));
        changes.emplace_back(model::EntityStated{stated.back().first, stated.back().second, source,
                                                 since, properties(c)});
        break;
      case 6:
      case 7:
      case 8: {
        edges.push_back({model::StatementId{++last_statement}, kSomeEdges[c % kSomeEdges.size()],
                         pick(a), pick(b), b % 4 == 0 ? "q" : "", source, since, properties(c)});
        changes.emplace_back(edges.back());
        break;
      }
      case 9: {
        if (stated.empty()) break;
        const std::size_t at = a % stated.size();
        changes.emplace_back(model::EntityUnstated{stated[at].first, stated[at].second});
        stated.erase(stated.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      }
      case 10: {
        if (edges.empty()) break;
        const std::size_t at = a % edges.size();
        changes.emplace_back(
            model::EdgeUnstated{edges[at].statement, edges[at].kind, edges[at].from, edges[at].to});
        edges.erase(edges.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      }
      case 11: {
        if (stated.empty()) break;
        const auto& [statement, node] = stated[a % stated.size()];
        changes.emplace_back(model::EntityStated{statement, node, source, since, properties(c)});
        break;
      }
      case 12: {
        if (edges.empty()) break;
        model::EdgeStated edge = edges[a % edges.size()];
        edge.properties = properties(c);
        changes.emplace_back(edge);
        break;
      }
      case 13:
        changes.emplace_back(
            model::NameChanged{pick(a), fmt::format("alias-{}", b % 5), c % 3 > 0});
        break;
      case 14: {
        const NodeId node = pick(a);
        if (model::SpaceOf(kinds[node]) != model::KeySpace::kDigest) break;
        kinds[node] = kKinds[b % 3];
        changes.emplace_back(model::KindLearned{node, kinds[node]});
        break;
      }
      default: {
        if (c % 3 == 0) {
          changes.emplace_back(
              model::ExtentSeen{source, fmt::format("extent-{}", a % 3), since, c % 2 == 0});
          break;
        }
        const NodeId from = pick(a);
        const NodeId into = pick(b);
        if (from == into) break;
        std::erase(nodes, from);
        changes.emplace_back(model::Merged{from, into});
      }
    }
  }
  return changes;
}

Asked AskAbout(const std::vector<model::Change>& changes) {
  Asked asked;
  for (const model::Change& change : changes) {
    if (const auto* added = std::get_if<model::EntityAdded>(&change)) {
      asked.nodes.push_back(added->node);
      asked.keys.push_back(added->key);
    }
  }
  for (int i = 0; i < 7; ++i) {
    asked.names.push_back(fmt::format("alias-{}", i));
    asked.shared.push_back(fmt::format("c{}", i));
    asked.shared.push_back(fmt::format("d{}", i));
  }
  return asked;
}

}  // namespace hullmark::graph
