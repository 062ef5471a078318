// SPDX-License-Identifier: Apache-2.0
//
// For this room's tests: the state that a stream of changes makes, as a graph would hold it, strict
// about each.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "core/estate/prepare.h"
#include "core/model/change.h"
#include "core/model/schema.h"

namespace hullmark::sqlite {

/// What a graph would hold.  Every change must make sense where it comes.
struct State {
  struct Fact {
    model::NodeId from;
    int kind = -1;  ///< -1: of an entity itself
    model::NodeId to;
    std::string qualifier;
    model::SourceId source;
    std::int64_t since = 0;
    std::string properties;
    friend auto operator<=>(const Fact&, const Fact&) = default;
  };
  std::map<model::SourceId, std::string> sources;
  std::map<std::pair<model::SourceId, std::string>, std::pair<std::int64_t, bool>> extents;
  std::map<model::NodeId, std::pair<model::EntityKind, std::string>> entities;
  std::set<std::pair<model::NodeId, std::string>> names;
  std::map<model::StatementId, Fact> facts;

  friend bool operator==(const State&, const State&) = default;

  void Apply(const model::Change& change) {
    std::visit([&](const auto& c) { On(c); }, change);
  }
  void Apply(const model::ChangeBatch& batch) {
    for (const model::Change& change : batch.changes) Apply(change);
  }

  model::NodeId Find(model::EntityKind kind, const std::string& key) const {
    for (const auto& [node, what] : entities) {
      if (model::SpaceOf(what.first) == model::SpaceOf(kind) && what.second == key &&
          (model::SpaceOf(kind) == model::KeySpace::kDigest || what.first == kind)) {
        return node;
      }
    }
    return {};
  }
  std::size_t CountAbout(model::NodeId node) const {
    std::size_t count = 0;
    for (const auto& [id, fact] : facts) count += fact.from == node || fact.to == node;
    return count;
  }
  /// Facts in words, numbers of nodes and statements left out.
  std::multiset<std::string> Words() const {
    std::multiset<std::string> out;
    for (const auto& [id, fact] : facts) out.insert(WordsOf(fact));
    return out;
  }
  std::string WordsOf(const Fact& fact) const {
    std::string out = sources.at(fact.source) + " " + entities.at(fact.from).second;
    if (fact.kind >= 0) {
      out += " -" + std::to_string(fact.kind) + "-> " + entities.at(fact.to).second + " [" +
             fact.qualifier + "]";
    }
    return out + " since " + std::to_string(fact.since) + " " + HexOf(AsBytes(fact.properties));
  }

 private:
  void On(const model::SourceSeen& c) {
    sources[c.source] = c.name + "/" + std::string(model::InfoOf(c.kind).name);
  }
  void On(const model::ExtentSeen& c) {
    EXPECT_TRUE(sources.contains(c.source));
    extents[{c.source, c.extent}] = {c.as_of.micros, c.complete};
  }
  void On(const model::EntityAdded& c) {
    EXPECT_TRUE(entities.emplace(c.node, std::pair(c.kind, c.key)).second)
        << "added twice: " << c.key;
  }
  void On(const model::KindLearned& c) {
    ASSERT_TRUE(entities.contains(c.node));
    entities[c.node].first = c.kind;
  }
  void On(const model::Merged& c) {
    EXPECT_EQ(entities.erase(c.from), 1U);
    EXPECT_TRUE(entities.contains(c.into));
    for (auto& [id, fact] : facts) {
      if (fact.from == c.from) fact.from = c.into;
      if (fact.to == c.from) fact.to = c.into;
    }
    for (const auto& [node, name] : names) EXPECT_NE(node, c.from) << "kept a name: " << name;
  }
  void On(const model::NameChanged& c) {
    EXPECT_TRUE(entities.contains(c.node));
    if (c.current) {
      EXPECT_TRUE(names.emplace(c.node, c.name).second) << "named twice: " << c.name;
    } else {
      EXPECT_EQ(names.erase({c.node, c.name}), 1U) << "was not named " << c.name;
    }
  }
  void Add(model::StatementId id, Fact fact) {
    EXPECT_TRUE(sources.contains(fact.source));
    EXPECT_TRUE(entities.contains(fact.from));
    EXPECT_TRUE(fact.kind < 0 || entities.contains(fact.to));
    EXPECT_TRUE(facts.emplace(id, std::move(fact)).second) << "stated twice: " << id.value;
  }
  void On(const model::EntityStated& c) {
    Add(c.statement,
        {c.node, -1, {}, {}, c.source, c.since.micros, estate::CodeProperties(c.properties)});
  }
  void On(const model::EdgeStated& c) {
    Add(c.statement, {c.from, static_cast<int>(c.kind), c.to, c.qualifier, c.source, c.since.micros,
                      estate::CodeProperties(c.properties)});
  }
  void On(const model::EntityUnstated& c) {
    const auto at = facts.find(c.statement);
    ASSERT_NE(at, facts.end());
    EXPECT_EQ(at->second.from, c.node);
    facts.erase(at);
  }
  void On(const model::EdgeUnstated& c) {
    const auto at = facts.find(c.statement);
    ASSERT_NE(at, facts.end());
    EXPECT_EQ(at->second.from, c.from);
    EXPECT_EQ(at->second.to, c.to);
    facts.erase(at);
  }
};

}  // namespace hullmark::sqlite
