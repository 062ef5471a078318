// SPDX-License-Identifier: Apache-2.0
//
// The answers: rows from the layers, decoded by the dictionary.
#include "core/graph/snapshot.h"

#include <algorithm>
#include <numeric>

#include "core/graph/layers.h"
#include "core/graph/shared_identifiers.h"
#include "core/graph/values.h"
#include "core/model/schema.h"

namespace hullmark::graph {

const model::Value* PropertyView::Find(PropertyId id) const {
  const auto item = std::ranges::lower_bound(items_, id, {}, &Item::id);
  return item == items_.end() || item->id != id ? nullptr : &(*values_)[item->value];
}

std::string_view PropertyView::Text(PropertyId id) const {
  const auto item = std::ranges::lower_bound(items_, id, {}, &Item::id);
  return item == items_.end() || item->id != id ? std::string_view() : values_->Text(item->value);
}

const model::Value& PropertyView::ValueOf(const Item& item) const { return (*values_)[item.value]; }

Snapshot::Snapshot(Parts parts) : parts_(std::move(parts)) {}
Snapshot::~Snapshot() = default;

Layers Snapshot::Read() const { return {*parts_.base, parts_.deltas}; }

std::optional<NodeId> Snapshot::Find(EntityKind kind, std::string_view key) const {
  const EntityKind space =
      model::SpaceOf(kind) == model::KeySpace::kDigest ? EntityKind::kDigest : kind;
  const auto number = parts_.values->FindText(key);
  if (!number) return std::nullopt;
  const Layers layers = Read();
  const auto found = layers.FindKey(*number, space);
  if (!found) return std::nullopt;
  const NodeId node = layers.Resolve(*found);
  // The key index keeps a kind that was corrected later: the node itself knows.
  if (model::SpaceOf(KindOf(node)) != model::SpaceOf(kind)) return std::nullopt;
  if (space != EntityKind::kDigest && KindOf(node) != kind) return std::nullopt;
  return node;
}

std::vector<NodeId> Snapshot::FindByName(EntityKind kind, std::string_view name) const {
  const auto number = parts_.values->FindText(name);
  if (!number) return {};
  std::vector<NodeId> nodes;
  for (const NameRow& row : Read().WithName(*number)) {
    if (KindOf(row.node) == kind) nodes.push_back(row.node);
  }
  return nodes;
}

std::vector<NodeId> Snapshot::FindByShared(PropertyId id, std::string_view value,
                                           std::size_t most) const {
  const auto number = parts_.values->FindText(value);
  if (!number) return {};
  const Layers layers = Read();
  std::vector<NodeId> nodes;
  for (const NodeId node : layers.CandidatesFor(id, *number)) {
    if (nodes.size() >= most) break;
    const bool has = std::ranges::any_of(layers.StatementsOf(node), [&](const StatementRow& row) {
      return States(*parts_.values, row.properties, id, *number);
    });
    if (has) nodes.push_back(node);
  }
  return nodes;
}

std::vector<NodeId> Snapshot::FindByDestination(std::string_view destination) const {
  const auto number = parts_.values->FindText(destination);
  if (!number) return {};
  const Layers layers = Read();
  std::vector<NodeId> nodes;
  for (const NodeId node : layers.CandidatesFor(kPushedTo, *number)) {
    bool pushed = false;
    layers.VisitEdges(Direction::kIn, node, EdgeKind::kPushed,
                      [&](const EdgeRow& row) { pushed |= row.qualifier == *number; });
    if (pushed) nodes.push_back(node);
  }
  return nodes;
}

EntityKind Snapshot::KindOf(NodeId node) const {
  const Layers layers = Read();
  const auto row = layers.FindNode(layers.Resolve(node));
  return row ? row->kind : EntityKind::kDigest;
}

std::string_view Snapshot::KeyOf(NodeId node) const {
  const Layers layers = Read();
  const auto row = layers.FindNode(layers.Resolve(node));
  return row ? parts_.values->Text(row->key) : std::string_view();
}

std::vector<std::string_view> Snapshot::NamesOf(NodeId node) const {
  const Layers layers = Read();
  std::vector<std::string_view> names;
  for (const NameRow& row : layers.NamesOf(layers.Resolve(node))) {
    names.push_back(parts_.values->Text(row.name));
  }
  std::ranges::sort(names);
  return names;
}

bool Snapshot::IsStated(NodeId node) const {
  const Layers layers = Read();
  return !layers.StatementsOf(layers.Resolve(node)).empty();
}

std::vector<StatementView> Snapshot::StatementsOf(NodeId node) const {
  const Layers layers = Read();
  std::vector<StatementView> views;
  for (const StatementRow& row : layers.StatementsOf(layers.Resolve(node))) {
    views.push_back(
        {row.source, row.since, PropertyView(*parts_.values, parts_.values->Set(row.properties))});
  }
  return views;
}

int Snapshot::TrustIn(SourceId source) const {
  const SourceIdentity* identity = Source(source);
  if (identity == nullptr) return 0;
  switch (identity->kind) {
    case model::SourceKind::kRegistry:
    case model::SourceKind::kKubernetes:
    case model::SourceKind::kScm:
      return 3;
    case model::SourceKind::kCiReport:
      return 2;
    case model::SourceKind::kImport:
      return 1;
  }
  return 0;
}

const model::Value* Snapshot::Property(NodeId node, PropertyId id) const {
  const Layers layers = Read();
  const model::Value* best = nullptr;
  std::pair<int, Timestamp> rank{-1, {}};
  for (const StatementRow& row : layers.StatementsOf(layers.Resolve(node))) {
    const PropertyView properties(*parts_.values, parts_.values->Set(row.properties));
    const model::Value* value = properties.Find(id);
    if (value == nullptr) continue;
    const std::pair<int, Timestamp> this_rank{TrustIn(row.source), row.since};
    if (this_rank < rank) continue;  // of equals, the later statement
    rank = this_rank;
    best = value;
  }
  return best;
}

std::string_view Snapshot::Text(NodeId node, PropertyId id) const {
  const model::Value* value = Property(node, id);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

EdgeView Snapshot::ViewOf(const EdgeRow& row) const {
  return {row.kind,
          row.from,
          row.to,
          parts_.values->Text(row.qualifier),
          row.source,
          row.since,
          PropertyView(*parts_.values, parts_.values->Set(row.properties))};
}

std::vector<EdgeView> Snapshot::OutEdges(NodeId node, EdgeKind kind) const {
  const Layers layers = Read();
  std::vector<EdgeView> views;
  layers.VisitEdges(Direction::kOut, layers.Resolve(node), kind,
                    [&](const EdgeRow& row) { views.push_back(ViewOf(row)); });
  return views;
}

std::vector<EdgeView> Snapshot::InEdges(NodeId node, EdgeKind kind) const {
  const Layers layers = Read();
  std::vector<EdgeView> views;
  layers.VisitEdges(Direction::kIn, layers.Resolve(node), kind,
                    [&](const EdgeRow& row) { views.push_back(ViewOf(row)); });
  return views;
}

namespace {
std::vector<NodeId> Neighbours(const Layers& layers, Direction direction, NodeId node,
                               EdgeKind kind) {
  std::vector<NodeId> nodes;
  layers.VisitEdges(direction, layers.Resolve(node), kind, [&](const EdgeRow& row) {
    nodes.push_back(direction == Direction::kOut ? row.to : row.from);
  });
  std::ranges::sort(nodes);
  const auto rest = std::ranges::unique(nodes);
  nodes.erase(rest.begin(), rest.end());
  return nodes;
}
}  // namespace

std::vector<NodeId> Snapshot::Out(NodeId node, EdgeKind kind) const {
  return Neighbours(Read(), Direction::kOut, node, kind);
}

std::vector<NodeId> Snapshot::In(NodeId node, EdgeKind kind) const {
  return Neighbours(Read(), Direction::kIn, node, kind);
}

std::vector<NodeId> Snapshot::NodesOf(EntityKind kind) const { return Read().NodesOf(kind); }

void Snapshot::VisitKeys(
    EntityKind kind, const std::function<void(NodeId node, std::string_view key)>& visit) const {
  const Layers layers = Read();
  for (const NodeId node : layers.NodesOf(kind)) {
    // A node never changes its key, so the base's word stands whatever the deltas say.
    const std::uint32_t in_base =
        node.value < parts_.base->node_limit() ? parts_.base->keys[node.value] : Values::kEmpty;
    visit(node, in_base != Values::kEmpty ? parts_.values->Text(in_base) : KeyOf(node));
  }
}

std::size_t Snapshot::CountOf(EntityKind kind) const {
  return parts_.totals.by_kind[static_cast<std::size_t>(kind)];
}

std::size_t Snapshot::node_count() const {
  return std::accumulate(parts_.totals.by_kind.begin(), parts_.totals.by_kind.end(),
                         std::size_t{0});
}

std::size_t Snapshot::edge_count() const { return Read().EdgeCount(); }

std::vector<SourceInfo> Snapshot::Sources() const {
  const Layers layers = Read();
  std::vector<SourceInfo> sources;
  for (const SourceIdentity& identity : *parts_.sources) {
    SourceInfo& info = sources.emplace_back(SourceInfo{identity, {}});
    for (const ExtentRow& row : layers.ExtentsOf(identity.source)) {
      info.extents.push_back(
          {std::string(parts_.values->Text(row.extent)), row.as_of, row.complete});
    }
    std::ranges::sort(info.extents, {}, &SourceInfo::Extent::extent);
  }
  return sources;
}

std::span<const SourceIdentity> Snapshot::SourceList() const { return *parts_.sources; }

Timestamp Snapshot::LastHeardOf(SourceId source) const {
  const std::vector<Timestamp>& newest = parts_.totals.newest;
  return source.value < newest.size() ? newest[source.value] : Timestamp{};
}

SourceFreshness Snapshot::FreshnessOf(SourceId source) const {
  const std::vector<ExtentRow> rows = Read().ExtentsOf(source);
  if (rows.empty()) return {};
  SourceFreshness freshness{rows.front().as_of, rows.front().as_of, true};
  for (const ExtentRow& row : rows) {
    freshness.oldest = std::min(freshness.oldest, row.as_of);
    freshness.newest = std::max(freshness.newest, row.as_of);
    freshness.complete &= row.complete;
  }
  return freshness;
}

const SourceIdentity* Snapshot::Source(SourceId source) const {
  const auto found = std::ranges::lower_bound(*parts_.sources, source, {}, &SourceIdentity::source);
  return found == parts_.sources->end() || found->source != source ? nullptr : &*found;
}

}  // namespace hullmark::graph
