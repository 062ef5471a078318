// SPDX-License-Identifier: Apache-2.0
//
// For this room's tests: frames in few words, and the state that a stream of changes makes, which
// is strict about them.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/scratch_dir.h"
#include "base/text.h"
#include "core/estate/prepare.h"
#include "core/estate/sqlite/sqlite_store.h"
#include "core/model/schema.h"

namespace hullmark::sqlite {

class TestClock final : public Clock {
 public:
  Timestamp Now() const override { return now; }
  Timestamp now = Timestamp::FromSeconds(2'000'000'000);
};

inline Timestamp At(std::int64_t seconds) { return Timestamp::FromSeconds(seconds); }

inline std::string DigestText(int n) {
  std::string hex = std::to_string(n);
  return "sha256:" + std::string(64 - hex.size(), '0') + hex;
}

inline model::PropertyMap Props(
    std::initializer_list<std::pair<model::PropertyId, model::Value>> all) {
  model::PropertyMap out;
  for (const auto& [id, value] : all) out.Set(id, value);
  return out;
}

inline model::EntityRecord Thing(model::EntityKind kind, std::string key,
                                 model::PropertyMap properties = {},
                                 std::vector<std::string> names = {}) {
  return {kind, std::move(key), std::move(names), std::move(properties)};
}

inline model::EdgeRecord Edge(model::EdgeKind kind, model::EntityRef from, model::EntityRef to,
                              std::string qualifier = {}, model::PropertyMap properties = {}) {
  return {kind, std::move(from), std::move(to), std::move(qualifier), std::move(properties)};
}

inline model::Observation Frame(std::string source, model::SourceKind kind, std::string extent,
                                std::uint64_t sequence, Timestamp at, bool complete,
                                std::vector<model::Record> records) {
  return {{std::move(source), kind, std::move(extent), sequence, at, complete}, std::move(records)};
}

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

inline State CurrentOf(const estate::Store& store) {
  State state;
  const Result<std::uint64_t> read = store.ReadCurrent([&](model::Change&& change) -> Status {
    state.Apply(change);
    return {};
  });
  EXPECT_TRUE(read) << (read ? "" : read.error().message());
  return state;
}

inline State LogOf(const estate::Store& store) {
  State state;
  const Status read = store.ReadLog(0, [&](model::ChangeBatch&& batch) -> Status {
    state.Apply(batch);
    return {};
  });
  EXPECT_TRUE(read) << (read ? "" : read.error().message());
  return state;
}

/// While it lives, scratch folders are in memory where the system has such a place: for tests that
/// open many estates and are not about durability.
class InMemoryScratch {
 public:
  InMemoryScratch() {
    constexpr const char* kMemory = "/dev/shm";
    if (const char* was = std::getenv("TMPDIR")) was_ = was;
    if (access(kMemory, W_OK) == 0) setenv("TMPDIR", kMemory, 1);
  }
  ~InMemoryScratch() {
    if (was_.empty()) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", was_.c_str(), 1);
    }
  }
  InMemoryScratch(const InMemoryScratch&) = delete;
  InMemoryScratch& operator=(const InMemoryScratch&) = delete;

 private:
  std::string was_;
};

/// A store in a folder of its own, with a follower that keeps up.
class EstateTest : public testing::Test {
 protected:
  EstateTest() {
    options_.dir = scratch_.Of("data");
    options_.clock = &clock_;
  }
  void SetUp() override { Open(); }

  void Open() {
    store_.reset();
    Result<std::unique_ptr<estate::Store>> opened = OpenSqliteStore(options_);
    ASSERT_TRUE(opened) << opened.error().message();
    store_ = *std::move(opened);
    followed_ = CurrentOf(*store_);
    store_->Follow([this](const model::ChangeBatch& batch) { followed_.Apply(batch); });
  }
  model::Receipt Take(model::Observation observation) {
    Result<model::Receipt> receipt = store_->Submit(std::move(observation));
    EXPECT_TRUE(receipt) << (receipt ? "" : receipt.error().message());
    return receipt.value_or(model::Receipt{});
  }
  Error Refused(model::Observation observation) {
    const Result<model::Receipt> receipt = store_->Submit(std::move(observation));
    EXPECT_FALSE(receipt);
    return receipt ? Error(Errc::kInternal, "not refused") : receipt.error();
  }
  /// The three views of the estate are one; returns it.
  State Agreed() {
    State current = CurrentOf(*store_);
    EXPECT_EQ(current, LogOf(*store_));
    EXPECT_EQ(current, followed_);
    return current;
  }

  ScratchDir scratch_;
  TestClock clock_;
  SqliteOptions options_;
  State followed_;
  std::unique_ptr<estate::Store> store_;
};

}  // namespace hullmark::sqlite
