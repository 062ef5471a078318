// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/sqlite_store.h"

#include <sys/stat.h>

#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/estate_test.h"

namespace hullmark::sqlite {
namespace {

using enum model::EntityKind;
using model::EdgeKind;
using model::EntityRef;
using model::PropertyId;
using model::Record;
using model::SourceKind;

class SqliteStoreTest : public EstateTest {
 protected:
  model::Receipt Registry(std::uint64_t sequence, std::int64_t at, bool complete,
                          std::vector<Record> records) {
    return Take(Frame("registry:r", SourceKind::kRegistry, "repository:shop", sequence, At(at),
                      complete, std::move(records)));
  }
};

EntityRef Image(int n) { return {kImage, DigestText(n)}; }
EntityRef Tag(const char* key) { return {kTag, key}; }

TEST_F(SqliteStoreTest, StatesWhatAFrameSays) {
  const model::Receipt receipt =
      Registry(1, 100, true,
               {Thing(kImage, DigestText(1), Props({{PropertyId::kImageSize, std::int64_t{7}}})),
                Edge(EdgeKind::kTagged, Tag("r/shop:1"), Image(1))});
  EXPECT_EQ(receipt.records, 2U);
  EXPECT_EQ(receipt.changes, 4U);  // two entities, two statements
  EXPECT_EQ(receipt.change_seq, 1U);
  EXPECT_FALSE(receipt.repeated);

  const State state = Agreed();
  EXPECT_EQ(state.entities.size(), 2U);
  EXPECT_EQ(state.facts.size(), 2U);
  const auto sources = store_->Sources();
  ASSERT_TRUE(sources);
  ASSERT_EQ(sources->size(), 1U);
  EXPECT_EQ(sources->front().name, "registry:r");
  ASSERT_EQ(sources->front().extents.size(), 1U);
  EXPECT_EQ(sources->front().extents.front().sequence, 1U);
  EXPECT_EQ(sources->front().extents.front().as_of, At(100));
  EXPECT_TRUE(sources->front().extents.front().complete);
}

TEST_F(SqliteStoreTest, WhatIsSaidAgainIsNoChange) {
  const std::vector<Record> records = {Thing(kImage, DigestText(1)),
                                       Edge(EdgeKind::kTagged, Tag("r/shop:1"), Image(1))};
  Registry(1, 100, true, records);
  const State before = Agreed();
  EXPECT_EQ(Registry(2, 200, true, records).changes, 0U);
  const State after = Agreed();
  EXPECT_EQ(after.facts, before.facts);
  EXPECT_EQ(after.extents.begin()->second.first, At(200).micros);
}

TEST_F(SqliteStoreTest, ACompleteFrameClosesWhatItDoesNotSay) {
  Registry(1, 100, true, {Thing(kImage, DigestText(1)), Thing(kImage, DigestText(2))});
  Registry(2, 200, true, {Thing(kImage, DigestText(2))});
  const State state = Agreed();
  EXPECT_EQ(state.CountAbout(state.Find(kImage, DigestText(1))), 0U);
  EXPECT_EQ(state.CountAbout(state.Find(kImage, DigestText(2))), 1U);
}

TEST_F(SqliteStoreTest, APartialFrameClosesNothing) {
  Registry(1, 100, true, {Thing(kImage, DigestText(1)), Thing(kImage, DigestText(2))});
  Registry(2, 200, false, {Thing(kImage, DigestText(3))});
  EXPECT_EQ(Agreed().facts.size(), 3U);
}

TEST_F(SqliteStoreTest, OnlyTheSameSourceAndExtentCloses) {
  Registry(1, 100, true, {Thing(kImage, DigestText(1))});
  Take(Frame("registry:r", SourceKind::kRegistry, "repository:other", 1, At(150), true, {}));
  Take(Frame("registry:s", SourceKind::kRegistry, "repository:shop", 1, At(150), true, {}));
  EXPECT_EQ(Agreed().facts.size(), 1U);
}

TEST_F(SqliteStoreTest, UnchangedKeepsTheEntityAndItsEdges) {
  Registry(1, 100, true,
           {Thing(kImageIndex, DigestText(9)),
            Edge(EdgeKind::kIncludes, {kImageIndex, DigestText(9)}, Image(1)),
            Thing(kImage, DigestText(1)), Thing(kImage, DigestText(2))});
  Registry(2, 200, true, {model::UnchangedRecord{{kImageIndex, DigestText(9)}}});
  const State state = Agreed();
  EXPECT_EQ(state.CountAbout(state.Find(kImageIndex, DigestText(9))), 2U);
  EXPECT_EQ(state.CountAbout(state.Find(kImage, DigestText(1))), 1U);  // the edge; not its own
  EXPECT_EQ(state.CountAbout(state.Find(kImage, DigestText(2))), 0U);
}

TEST_F(SqliteStoreTest, UnchangedIsRefusedForWhatIsNotStated) {
  Registry(1, 100, true, {Edge(EdgeKind::kTagged, Tag("r/shop:1"), Image(1))});
  const State before = Agreed();
  for (const EntityRef& ref : {Image(1), Image(7)}) {
    const Error error =
        Refused(Frame("registry:r", SourceKind::kRegistry, "repository:shop", 2, At(200), true,
                      {Thing(kImage, DigestText(5)), model::UnchangedRecord{ref}}));
    EXPECT_EQ(error.code(), Errc::kInputRefused);
    EXPECT_TRUE(error.message().starts_with("record 2: $.unchanged")) << error.message();
  }
  EXPECT_EQ(Agreed(), before);
  // What the refused one took back can be given again.
  EXPECT_EQ(Registry(2, 200, false, {Thing(kImage, DigestText(5))}).changes, 2U);
  Agreed();
}

TEST_F(SqliteStoreTest, ABadRecordRefusesTheFrameAndNamesIt) {
  const Error error =
      Refused(Frame("registry:r", SourceKind::kRegistry, "repository:shop", 1, At(100), true,
                    {Thing(kImage, DigestText(1)), Thing(kImage, "latest")}));
  EXPECT_EQ(error.code(), Errc::kInputRefused);
  EXPECT_TRUE(error.message().starts_with("record 2: $.entity.key")) << error.message();
  EXPECT_EQ(Agreed(), State());
}

TEST_F(SqliteStoreTest, ALowerSequenceIsRefusedAndTheSameFrameIsAnsweredAgain) {
  const auto frame = [](std::uint64_t sequence, int image) {
    return Frame("registry:r", SourceKind::kRegistry, "x", sequence, At(100), true,
                 {Thing(kImage, DigestText(image))});
  };
  Take(frame(5, 1));
  const model::Receipt again = Take(frame(5, 1));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.changes, 0U);
  EXPECT_EQ(Refused(frame(5, 2)).code(), Errc::kConflict);
  EXPECT_EQ(Refused(frame(4, 1)).code(), Errc::kConflict);
  EXPECT_EQ(store_->LastSequence("registry:r", "x"), 5U);
  EXPECT_EQ(store_->LastSequence("registry:r", "y"), 0U);
  EXPECT_EQ(store_->LastSequence("registry:q", "x"), 0U);
  EXPECT_EQ(Agreed().facts.size(), 1U);
}

TEST_F(SqliteStoreTest, ASourceKeepsItsKind) {
  Registry(1, 100, true, {});
  const Error error = Refused(Frame("registry:r", SourceKind::kImport, "x", 1, At(100), true, {}));
  EXPECT_EQ(error.code(), Errc::kConflict);
}

TEST_F(SqliteStoreTest, TimesAreClampedToReceiptAndNeverGoBack) {
  clock_.now = At(1000);
  const auto since = [&] { return Agreed().facts.begin()->second.since; };
  const auto image = [](std::int64_t size) {
    return Thing(kImage, DigestText(1), Props({{PropertyId::kImageSize, size}}));
  };
  Registry(1, 5000, true, {image(1)});
  EXPECT_EQ(since(), At(1000).micros);
  // The later word of the same extent, though its clock says it is older.
  Registry(2, 10, true, {image(2)});
  EXPECT_EQ(since(), At(1000).micros);
  clock_.now = At(2000);
  Registry(3, 1500, true, {image(3)});
  EXPECT_EQ(since(), At(1500).micros);

  store_.reset();
  Result<Database> db = Database::Open(options_.dir + "/estate.db", Database::Mode::kReadOnly);
  ASSERT_TRUE(db);
  EXPECT_EQ(db->Number("SELECT count(*) FROM statement_past WHERE until <= since").value_or(-1), 0);
  // Of the first there is nothing: it held for no time.
  EXPECT_EQ(db->Number("SELECT count(*) FROM statement_past").value_or(-1), 1);
  EXPECT_EQ(db->Number("SELECT until - since FROM statement_past").value_or(-1), 500'000'000);
}

TEST_F(SqliteStoreTest, ADigestLearnsWhatItIs) {
  const auto kind = [&](int n) {
    const State state = Agreed();
    return state.entities.at(state.Find(kDigest, DigestText(n))).first;
  };
  const auto say = [&](SourceKind source, std::string name, std::uint64_t sequence, Record record) {
    Take(Frame(std::move(name), source, "x", sequence, At(100), false, {std::move(record)}));
  };
  say(SourceKind::kImport, "import", 1, Thing(kDigest, DigestText(1)));
  EXPECT_EQ(kind(1), kDigest);
  say(SourceKind::kImport, "import", 2, Thing(kImage, DigestText(1)));
  EXPECT_EQ(kind(1), kImage);
  // The first word stays against others without the bytes …
  say(SourceKind::kImport, "other", 1, Thing(kImageIndex, DigestText(1)));
  EXPECT_EQ(kind(1), kImage);
  // … and yields to who read them.
  say(SourceKind::kRegistry, "registry", 1, Thing(kImageIndex, DigestText(1)));
  EXPECT_EQ(kind(1), kImageIndex);
  say(SourceKind::kImport, "import", 3, Thing(kImage, DigestText(1)));
  EXPECT_EQ(kind(1), kImageIndex);
  EXPECT_EQ(Agreed().entities.size(), 1U);
}

TEST_F(SqliteStoreTest, KnowsWhatStands) {
  Registry(1, 100, true,
           {Thing(kTag, "r/shop:1"), Edge(EdgeKind::kTagged, Tag("r/shop:1"), Image(1)),
            Edge(EdgeKind::kTagged, Tag("r/shop:1"), Image(2))});
  EXPECT_TRUE(store_->Stands("registry:r", "repository:shop", Tag("r/shop:1")));
  EXPECT_FALSE(store_->Stands("registry:r", "repository:shop", Image(1)));
  EXPECT_FALSE(store_->Stands("registry:r", "repository:shop", Image(7)));
  EXPECT_FALSE(store_->Stands("registry:r", "elsewhere", Tag("r/shop:1")));
  const auto targets =
      store_->Targets("registry:r", "repository:shop", Tag("r/shop:1"), EdgeKind::kTagged);
  ASSERT_TRUE(targets);
  EXPECT_EQ(*targets, (std::vector<EntityRef>{Image(1), Image(2)}));
  Registry(2, 200, true, {});
  EXPECT_FALSE(store_->Stands("registry:r", "repository:shop", Tag("r/shop:1")));
}

TEST_F(SqliteStoreTest, PeopleAreKeptApart) {
  const auto person = [](const char* name) {
    return Thing(kPerson, "github.com#7",
                 Props({{PropertyId::kUserName, std::string(name)},
                        {PropertyId::kUrl, std::string("https://github.com/mona")},
                        {PropertyId::kVcsProvider, std::string("github")}}));
  };
  Take(Frame("ci", SourceKind::kCiReport, "x", 1, At(100), false, {person("mona")}));
  EXPECT_EQ(store_->PersonName("github.com#7"), "mona");
  EXPECT_EQ(store_->PersonName("github.com#8"), "");
  const std::string words = *Agreed().Words().begin();
  EXPECT_EQ(words.find(HexOf(AsBytes("mona"))), std::string::npos) << words;
  EXPECT_NE(words.find(HexOf(AsBytes("github"))), std::string::npos) << words;
  // Only the name changes: no statement does.
  EXPECT_EQ(
      Take(Frame("ci", SourceKind::kCiReport, "x", 2, At(200), false, {person("lisa")})).changes,
      0U);
  EXPECT_EQ(store_->PersonName("github.com#7"), "lisa");
  // Older news do not overwrite newer.
  Take(Frame("ci", SourceKind::kCiReport, "y", 1, At(150), false, {person("mona")}));
  EXPECT_EQ(store_->PersonName("github.com#7"), "lisa");
}

TEST_F(SqliteStoreTest, AReportIsTakenOnce) {
  const auto submission = [](std::string route, std::uint64_t sequence, int image) {
    estate::ReportRecord report{"https://issuer", "jti-1",
                                std::move(route), "ab",
                                "{\"ok\":1}",     At(100),
                                At(200),          "a.b.c",
                                "{\"keys\":[]}",  std::string("body\0!", 6)};
    return estate::Submission{Frame("ci", SourceKind::kCiReport, "x", sequence, At(100), false,
                                    {Thing(kImage, DigestText(image))}),
                              report};
  };
  const auto first = store_->Apply(submission("a", 1, 1));
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_FALSE(first->earlier);
  const auto again = store_->Apply(submission("a", 2, 2));
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->earlier);
  EXPECT_EQ(again->earlier->answer, "{\"ok\":1}");
  EXPECT_EQ(again->earlier->body, std::string("body\0!", 6));
  EXPECT_EQ(again->earlier->key_set, "{\"keys\":[]}");
  EXPECT_EQ(Agreed().entities.size(), 1U);
  const auto other_route = store_->Apply(submission("b", 2, 2));
  ASSERT_TRUE(other_route);
  EXPECT_FALSE(other_route->earlier);
  EXPECT_EQ(Agreed().entities.size(), 2U);
  EXPECT_TRUE(store_->FindReport("https://issuer", "jti-1", "b")->has_value());
  EXPECT_FALSE(store_->FindReport("https://issuer", "jti-2", "b")->has_value());
  // One that is refused leaves no report behind.
  auto refused = submission("c", 1, 3);
  EXPECT_FALSE(store_->Apply(std::move(refused)));
  EXPECT_FALSE(store_->FindReport("https://issuer", "jti-1", "c")->has_value());
}

TEST_F(SqliteStoreTest, OpensAgainAsItWas) {
  Registry(1, 100, true,
           {Thing(kImage, DigestText(1)), Edge(EdgeKind::kTagged, Tag("r/shop:1"), Image(1))});
  const State before = Agreed();
  Open();
  EXPECT_EQ(Agreed(), before);
  EXPECT_EQ(Registry(2, 200, true, {Thing(kImage, DigestText(2))}).changes, 4U);
  Agreed();
}

TEST_F(SqliteStoreTest, ASecondOneIsRefused) {
  const auto second = OpenSqliteStore(options_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Errc::kConflict);
  EXPECT_NE(second.error().message().find("in use by another hullmark (process "),
            std::string::npos)
      << second.error().message();
  EXPECT_EQ(Agreed(), State());
}

TEST_F(SqliteStoreTest, FilesAreTheOwnersAlone) {
  Registry(1, 100, true, {});
  struct stat info = {};
  ASSERT_EQ(stat(options_.dir.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  for (const char* file : {"/estate.db", "/estate.db-wal", "/estate.db-shm", "/lock"}) {
    ASSERT_EQ(stat((options_.dir + file).c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << file;
  }
}

}  // namespace
}  // namespace hullmark::sqlite
