// SPDX-License-Identifier: Apache-2.0
//
// Names, merges and recycled names, as they show in what the estate states.
#include "core/estate/sqlite/estate_test.h"

namespace hullmark::sqlite {
namespace {

using enum model::EntityKind;
using model::EdgeKind;
using model::PropertyId;
using model::Record;
using model::SourceKind;

constexpr const char* kName = "github.com/acme/shop";
const std::string kSha(40, 'a');

class NamesTest : public EstateTest {
 protected:
  model::Receipt Say(std::int64_t at, std::vector<Record> records, bool complete = false,
                     std::string source = "scm", std::string extent = "x") {
    return Take(Frame(std::move(source), SourceKind::kScm, std::move(extent), ++sequence_, At(at),
                      complete, std::move(records)));
  }
  static Record Repo(std::string key, std::vector<std::string> names) {
    return Thing(kCodeRepository, std::move(key),
                 Props({{PropertyId::kVcsProvider, std::string("github")}}), std::move(names));
  }
  static Record Unresolved(std::string name, std::vector<std::string> names = {}) {
    return Thing(kCodeRepository, std::move(name), Props({{PropertyId::kUnresolved, true}}),
                 std::move(names));
  }
  static Record InOrg(std::string repository) {
    return Edge(EdgeKind::kContains, {kCodeOrganization, "github.com#7"},
                {kCodeRepository, std::move(repository)});
  }
  static Record HasCommit(std::string repository) {
    return Edge(EdgeKind::kContains, {kCodeRepository, std::move(repository)},
                {kCommit, "github.com#101@" + kSha});
  }
  static std::set<std::string> NamesOf(const State& state, const std::string& key) {
    std::set<std::string> out;
    for (const auto& [node, name] : state.names) {
      if (state.entities.at(node).second == key) out.insert(name);
    }
    return out;
  }
  std::uint64_t sequence_ = 0;
};

using Names = std::set<std::string>;

TEST_F(NamesTest, ANameIsFoundInPlaceOfTheKey) {
  Say(100, {Repo("github.com#101", {kName})});
  Say(200, {InOrg(kName)});
  const State state = Agreed();
  EXPECT_EQ(state.Find(kCodeRepository, kName), model::NodeId{});
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#101")), 2U);
  EXPECT_EQ(NamesOf(state, "github.com#101"), Names{kName});
}

TEST_F(NamesTest, AnUnresolvedEntityMergesIntoTheOneItNamed) {
  Say(100, {Unresolved(kName), InOrg(kName), HasCommit(kName)});
  EXPECT_NE(Agreed().Find(kCodeRepository, kName), model::NodeId{});
  const model::Receipt receipt = Say(200, {Repo("github.com#101", {kName})}, false, "other");
  EXPECT_GT(receipt.changes, 2U);
  const State state = Agreed();
  const model::NodeId repo = state.Find(kCodeRepository, "github.com#101");
  EXPECT_EQ(state.Find(kCodeRepository, kName), model::NodeId{});
  EXPECT_EQ(state.CountAbout(repo), 4U);  // two statements of its own, two edges
  for (const auto& [id, fact] : state.facts) {
    const auto properties = estate::ReadProperties(fact.properties);
    ASSERT_TRUE(properties);
    EXPECT_EQ(properties->Find(PropertyId::kUnresolved), nullptr);
    EXPECT_EQ(fact.since, fact.source.value == 1 ? At(100).micros : At(200).micros);
  }
  // The same words again, by the name: nothing changes.
  EXPECT_EQ(Say(300, {Unresolved(kName), InOrg(kName), HasCommit(kName)}).changes, 0U);
  // And the source can take them back.
  Say(400, {}, true);
  EXPECT_EQ(Agreed().CountAbout(repo), 1U);
}

TEST_F(NamesTest, APlaceholderMergesToo) {
  Say(100, {InOrg(kName)});
  Say(200, {Repo("github.com#101", {kName})});
  const State state = Agreed();
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#101")), 2U);
  EXPECT_EQ(state.Find(kCodeRepository, kName), model::NodeId{});
}

TEST_F(NamesTest, StatementsOfBothSidesOfAMergeAreFoundAgain) {
  Say(100, {InOrg(kName), InOrg("github.com#101"), Unresolved(kName)});
  Say(200, {Repo("github.com#101", {kName})});
  const auto count = [&] {
    const State state = Agreed();
    return state.CountAbout(state.Find(kCodeRepository, "github.com#101"));
  };
  // Both edges stand, told apart by their statements only; of its own statement the later word
  // does.
  EXPECT_EQ(count(), 3U);
  Say(300, {InOrg("github.com#101")});
  EXPECT_EQ(count(), 2U);
  Say(400, {model::UnchangedRecord{{kCodeRepository, "github.com#101"}}}, true);
  EXPECT_EQ(count(), 1U);  // the edge starts at the organization
}

TEST_F(NamesTest, AnEntityWithAnIdIsNeverTakenUp) {
  Say(100, {Repo("gitlab.example/7", {}), Repo("github.com#101", {"gitlab.example/7"})});
  const State state = Agreed();
  EXPECT_NE(state.Find(kCodeRepository, "gitlab.example/7"), model::NodeId{});
  EXPECT_NE(state.Find(kCodeRepository, "github.com#101"), model::NodeId{});
}

TEST_F(NamesTest, AnUnresolvedEntityTakesNothingUp) {
  Say(100, {InOrg("github.com/acme/old"), Unresolved(kName, {"github.com/acme/old"})});
  const State state = Agreed();
  EXPECT_NE(state.Find(kCodeRepository, "github.com/acme/old"), model::NodeId{});
}

TEST_F(NamesTest, ARecycledNameIsANewEntity) {
  Say(100, {Repo("github.com#101", {kName})});
  Say(200, {Repo("github.com#101", {"github.com/acme/store"})});
  EXPECT_EQ(NamesOf(Agreed(), "github.com#101"), Names{"github.com/acme/store"});
  // Between the two, the name is nobody's: who it means is not known.
  Say(250, {InOrg(kName)}, false, "scm", "y");
  EXPECT_NE(Agreed().Find(kCodeRepository, kName), model::NodeId{});
  Say(300, {Repo("github.com#202", {kName})});
  const State state = Agreed();
  EXPECT_EQ(NamesOf(state, "github.com#202"), Names{kName});
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#202")), 2U);
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#101")), 1U);
}

TEST_F(NamesTest, ANameTakenByAnotherLeavesTheFirst) {
  Say(100, {Repo("github.com#101", {kName})});
  Say(200, {Repo("github.com#202", {kName})}, false, "other");
  const State state = Agreed();
  EXPECT_EQ(NamesOf(state, "github.com#101"), Names{});
  EXPECT_EQ(NamesOf(state, "github.com#202"), Names{kName});
}

TEST_F(NamesTest, AReferenceMeansTheHolderAtItsTime) {
  Say(100, {Repo("github.com#101", {kName})});
  Say(300, {Repo("github.com#202", {kName})});
  Say(200, {InOrg(kName)}, false, "late");
  Say(50, {InOrg(kName)}, false, "older");  // than any news of the name: its first holder
  Say(400, {InOrg(kName)}, false, "now");
  const State state = Agreed();
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#101")), 3U);
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#202")), 2U);
}

TEST_F(NamesTest, LateNewsOfANameDoNotTakeItBack) {
  Say(300, {Repo("github.com#202", {kName})});
  Say(100, {Repo("github.com#101", {kName})}, false, "late");
  State state = Agreed();
  EXPECT_EQ(NamesOf(state, "github.com#202"), Names{kName});
  EXPECT_EQ(NamesOf(state, "github.com#101"), Names{});
  // It named the first one then, all the same.
  Say(200, {InOrg(kName)}, false, "then");
  state = Agreed();
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#101")), 2U);
}

TEST_F(NamesTest, LateNewsOfARenamedEntityDoNotNameItAgain) {
  Say(300, {Repo("github.com#101", {"github.com/acme/store"})});
  Say(100, {Repo("github.com#101", {kName})}, false, "scm", "y");
  EXPECT_EQ(NamesOf(Agreed(), "github.com#101"), Names{"github.com/acme/store"});
}

TEST_F(NamesTest, ANameStaysWhileAnySourceGivesIt) {
  Say(100, {Repo("github.com#101", {kName})}, false, "one");
  Say(100, {Repo("github.com#101", {kName})}, false, "two");
  Say(200, {Repo("github.com#101", {"github.com/acme/store"})}, false, "one");
  EXPECT_EQ(NamesOf(Agreed(), "github.com#101"), (Names{kName, "github.com/acme/store"}));
  Say(300, {Repo("github.com#101", {"github.com/acme/store"})}, false, "two");
  EXPECT_EQ(NamesOf(Agreed(), "github.com#101"), Names{"github.com/acme/store"});
}

TEST_F(NamesTest, ARecordWithoutNamesSaysNothingOfThem) {
  Say(100, {Repo("github.com#101", {kName, kName})});
  Say(200, {Repo("github.com#101", {})});
  EXPECT_EQ(NamesOf(Agreed(), "github.com#101"), Names{kName});
}

TEST_F(NamesTest, MergesOutliveARestart) {
  Say(100, {Unresolved(kName), InOrg(kName)});
  Say(200, {Repo("github.com#101", {kName})});
  const State before = Agreed();
  EXPECT_FALSE(store_->Stands("scm", "x", {kCodeRepository, "github.com#202"}));
  Open();
  EXPECT_EQ(Agreed(), before);
  EXPECT_TRUE(store_->Stands("scm", "x", {kCodeRepository, "github.com#101"}));
  EXPECT_TRUE(store_->Stands("scm", "x", {kCodeRepository, kName}));
  const auto targets =
      store_->Targets("scm", "x", {kCodeOrganization, "github.com#7"}, EdgeKind::kContains);
  ASSERT_TRUE(targets);
  EXPECT_EQ(*targets, (std::vector<model::EntityRef>{{kCodeRepository, "github.com#101"}}));
  EXPECT_EQ(Say(300, {InOrg(kName)}).changes, 0U);
}

TEST_F(NamesTest, ARefusedMergeLeavesNothingBehind) {
  Say(100, {Unresolved(kName), InOrg(kName)});
  const State before = Agreed();
  const Error error = Refused(Frame("scm", SourceKind::kScm, "x", ++sequence_, At(200), false,
                                    {Repo("github.com#101", {kName}), InOrg(kName),
                                     model::UnchangedRecord{{kCodeRepository, "github.com#999"}}}));
  EXPECT_EQ(error.code(), Errc::kInputRefused);
  EXPECT_EQ(Agreed(), before);
  EXPECT_EQ(Say(300, {InOrg(kName)}).changes, 0U);
  Say(400, {Repo("github.com#101", {kName})});
  const State state = Agreed();
  EXPECT_EQ(state.CountAbout(state.Find(kCodeRepository, "github.com#101")), 2U);
}

TEST_F(NamesTest, ASharedIdentifierNeverMerges) {
  const auto image = [](int n) {
    return Thing(kImage, DigestText(n), Props({{PropertyId::kImageConfigDigest, DigestText(99)}}));
  };
  Take(Frame("registry", SourceKind::kRegistry, "x", 1, At(100), true, {image(1), image(2)}));
  EXPECT_EQ(Agreed().entities.size(), 2U);
}

}  // namespace
}  // namespace hullmark::sqlite
