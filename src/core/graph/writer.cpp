// SPDX-License-Identifier: Apache-2.0
//
// Changes become rows as they come; Seal follows merged nodes, sorts, and moves what older layers
// say of them.
#include "core/graph/writer.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"
#include "core/graph/shared_identifiers.h"
#include "core/model/schema.h"

namespace hullmark::graph {
namespace {

EntityKind SpaceKind(EntityKind kind) {
  return model::SpaceOf(kind) == model::KeySpace::kDigest ? EntityKind::kDigest : kind;
}

void AddEdge(Delta& delta, const EdgeRow& row) {
  delta.out.push_back(row);
  delta.in.push_back(row);
}

template <class Row>
void Append(std::vector<Row>& to, std::vector<Row>&& rows) {
  if (to.empty()) {
    to = std::move(rows);
  } else {
    to.insert(to.end(), rows.begin(), rows.end());
  }
  rows = {};
}

}  // namespace

Writer::NodeState& Writer::StateOf(NodeId node) {
  if (node.value >= nodes_.size()) nodes_.resize(node.value + 1);
  return nodes_[node.value];
}

NodeId Writer::Resolve(NodeId node) const {
  HM_CHECK(node.value < nodes_.size(), "the estate adds an entity before it speaks of it");
  while (nodes_[node.value].into.value != 0) node = nodes_[node.value].into;
  HM_CHECK(nodes_[node.value].known, "the estate adds an entity before it speaks of it");
  return node;
}

std::uint32_t Writer::Properties(model::PropertyMap& properties) {
  items_.clear();
  for (auto& [id, value] : properties.Release()) {
    if (IsShared(id)) {
      if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
        for (const std::string& text : *list) values_->InternText(std::string_view(text));
      }
    }
    items_.push_back({id, values_->Intern(std::move(value))});
  }
  return values_->InternSet(items_);
}

void Writer::Take(model::Change&& change) {
  std::visit([this](auto& one) { Do(one); }, change);
}

void Writer::Do(const model::SourceSeen& change) {
  const auto held = std::ranges::find(*sources_, change.source, &SourceIdentity::source);
  if (held != sources_->end() && held->name == change.name && held->kind == change.kind) return;
  std::vector<SourceIdentity> sources = *sources_;
  std::erase_if(sources, [&](const SourceIdentity& s) { return s.source == change.source; });
  sources.push_back({change.source, change.name, change.kind});
  std::ranges::sort(sources, {}, &SourceIdentity::source);
  sources_ = std::make_shared<const std::vector<SourceIdentity>>(std::move(sources));
}

void Writer::Do(const model::ExtentSeen& change) {
  const std::uint32_t source = change.source.value;
  if (source >= totals_.newest.size()) totals_.newest.resize(source + 1);
  totals_.newest[source] = std::max(totals_.newest[source], change.as_of);
  pending_.extents.push_back({change.source, values_->InternText(std::string_view(change.extent)),
                              change.as_of, change.complete});
}

void Writer::AddKey(NodeId node) {
  pending_.keys.push_back({nodes_[node.value].key, SpaceKind(nodes_[node.value].kind), node});
}

void Writer::Do(model::EntityAdded& change) {
  NodeState& state = StateOf(change.node);
  if (state.into.value != 0) return;
  if (state.known) --totals_.by_kind[static_cast<std::size_t>(state.kind)];
  ++totals_.by_kind[static_cast<std::size_t>(change.kind)];
  state = {NodeId{}, values_->InternText(std::move(change.key)), change.kind, true};
  touched_.push_back(change.node);
  AddKey(change.node);
}

void Writer::Do(const model::KindLearned& change) {
  const NodeId node = Resolve(change.node);
  NodeState& state = nodes_[node.value];
  --totals_.by_kind[static_cast<std::size_t>(state.kind)];
  ++totals_.by_kind[static_cast<std::size_t>(change.kind)];
  const EntityKind space = SpaceKind(state.kind);
  state.kind = change.kind;
  touched_.push_back(node);
  if (SpaceKind(state.kind) != space) AddKey(node);
}

void Writer::Do(const model::Merged& change) {
  const NodeId into = Resolve(change.into);
  NodeState& state = StateOf(change.from);
  if (state.into.value != 0 || change.from == into) return;
  if (state.known) --totals_.by_kind[static_cast<std::size_t>(state.kind)];
  state.into = into;
  touched_.push_back(change.from);
  merged_.push_back({change.from, into, pending_.names.size()});
}

void Writer::Do(model::NameChanged& change) {
  pending_.names.push_back(
      {Resolve(change.node), values_->InternText(std::move(change.name)), change.current});
}

void Writer::Do(model::EntityStated& change) {
  pending_.statements.push_back({change.statement, change.since, change.node, change.source,
                                 Properties(change.properties), true});
}

void Writer::Do(const model::EntityUnstated& change) {
  pending_.statements.push_back(
      {change.statement, Timestamp{}, change.node, SourceId{}, Values::kEmpty, false});
}

void Writer::Do(model::EdgeStated& change) {
  pending_.out.push_back({change.statement, change.since, change.from, change.to,
                          values_->InternText(std::move(change.qualifier)),
                          Properties(change.properties), change.source, change.kind, true});
}

void Writer::Do(const model::EdgeUnstated& change) {
  pending_.out.push_back({change.statement, Timestamp{}, change.from, change.to, Values::kEmpty,
                          Values::kEmpty, SourceId{}, change.kind, false});
}

void Writer::AddShared(const StatementRow& row) {
  VisitShared(*values_, row.properties, [&](PropertyId property, std::uint32_t value) {
    pending_.shared.push_back({value, row.node, property});
  });
}

void Writer::AddDestination(const EdgeRow& row) {
  if (row.kind != EdgeKind::kPushed || row.qualifier == Values::kEmpty || !row.live) return;
  pending_.shared.push_back({row.qualifier, row.to, kPushedTo});
}

void Writer::MoveStatements(NodeId from, const Layers& older, Delta& moved) {
  const NodeId into = Resolve(from);
  for (StatementRow row : older.StatementsOf(from)) {
    row.live = false;
    moved.statements.push_back(row);
    row.live = true;
    row.node = into;
    moved.statements.push_back(row);
    AddShared(row);
  }
  const auto move_edge = [&](const EdgeRow& row) {
    EdgeRow now = row;
    now.from = Resolve(row.from);
    now.to = Resolve(row.to);
    EdgeRow dead = row;
    dead.live = false;
    if (now.from != row.from) moved.out.push_back(dead);
    if (now.to != row.to) moved.in.push_back(dead);
    AddEdge(moved, now);
    AddDestination(now);
  };
  older.VisitEdges(Direction::kOut, from, std::nullopt, move_edge);
  older.VisitEdges(Direction::kIn, from, std::nullopt, move_edge);
}

std::vector<NameRow> Writer::NamesInOrder(const Layers& older) const {
  std::map<std::pair<NodeId, std::uint32_t>, bool> live;
  auto name = pending_.names.begin();
  const auto take_until = [&](std::size_t count) {
    for (; name != pending_.names.begin() + static_cast<std::ptrdiff_t>(count); ++name) {
      live[{name->node, name->name}] = name->live;
    }
  };
  for (const Merge& merge : merged_) {
    take_until(merge.names_before);
    for (const NameRow& row : older.NamesOf(merge.from)) {
      live.try_emplace({merge.from, row.name}, true);
    }
    for (auto held = live.lower_bound({merge.from, 0});
         held != live.end() && held->first.first == merge.from; ++held) {
      if (!std::exchange(held->second, false)) continue;
      live[{merge.into, held->first.second}] = true;
    }
  }
  take_until(pending_.names.size());
  std::vector<NameRow> rows;
  for (const auto& [key, is_live] : live) rows.push_back({key.first, key.second, is_live});
  return rows;
}

Delta Writer::Seal(const Layers& older, Ends ends) {
  Delta sealed;
  for (const Merge& merge : merged_) MoveStatements(merge.from, older, sealed);
  sealed.has_merges = !merged_.empty();

  for (StatementRow& row : pending_.statements) {
    row.node = Resolve(row.node);
    if (row.live) AddShared(row);
  }
  for (EdgeRow& row : pending_.out) {
    row.from = Resolve(row.from);
    row.to = Resolve(row.to);
    AddDestination(row);
  }
  // What the batch says comes after what was moved: of equal keys the last one stays.
  if (ends == Ends::kSorted) pending_.in = pending_.out;
  Append(sealed.statements, std::move(pending_.statements));
  sealed.names = merged_.empty() ? std::move(pending_.names) : NamesInOrder(older);
  Append(sealed.out, std::move(pending_.out));
  Append(sealed.in, std::move(pending_.in));
  sealed.keys = std::move(pending_.keys);
  sealed.shared = std::move(pending_.shared);
  sealed.extents = std::move(pending_.extents);
  for (const NodeId node : touched_) {
    const NodeState& state = nodes_[node.value];
    sealed.nodes.push_back({node, state.into, state.key, state.kind});
  }
  pending_ = {};
  touched_.clear();
  merged_.clear();

  SortRun(sealed.nodes, kByNode);
  SortRun(sealed.keys, kByKey);
  SortRun(sealed.names, kByNamed);
  sealed.by_name = sealed.names;
  SortRun(sealed.by_name, kByName);
  SortRun(sealed.statements, kByStated);
  SortRun(sealed.shared, kByShared);
  SortRun(sealed.out, kByFrom);
  SortRun(sealed.in, kByTo);
  SortRun(sealed.extents, kByExtent);
  return sealed;
}

}  // namespace hullmark::graph
