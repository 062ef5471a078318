// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/scratch_dir.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/estate_test.h"
#include "core/estate/sqlite/migrations.h"

namespace hullmark::sqlite {
namespace {

using records::ApiToken;
using records::ConfiguredSource;

class RecordsTest : public testing::Test {
 protected:
  RecordsTest() {
    options_.dir = scratch_.Of("data");
    options_.clock = &clock_;
  }
  void SetUp() override { Open(); }
  void Open() {
    estate_ = {};
    Result<SqliteEstate> opened = OpenSqlite(options_);
    ASSERT_TRUE(opened) << opened.error().message();
    estate_ = *std::move(opened);
  }
  records::Records& all() { return *estate_.records; }

  static ApiToken Token(std::string id, char secret) {
    return {std::move(id), "laptop",     "admin", std::string(64, secret),
            At(100),       std::nullopt, At(900)};
  }

  ScratchDir scratch_;
  TestClock clock_;
  SqliteOptions options_;
  SqliteEstate estate_;
};

TEST_F(RecordsTest, TokensAreFoundByTheirHash) {
  ASSERT_TRUE(all().AddToken(Token("t1", 'a')));
  ASSERT_TRUE(all().AddToken(Token("t2", 'b')));
  EXPECT_EQ(all().AddToken(Token("t1", 'c')).error().code(), Errc::kConflict);
  EXPECT_EQ(all().AddToken(Token("t3", 'a')).error().code(), Errc::kConflict);
  EXPECT_EQ(all().AddToken(Token("t3", 'z')).error().code(), Errc::kInvalidArgument);
  EXPECT_EQ(all().AddToken(Token("", 'c')).error().code(), Errc::kInvalidArgument);
  EXPECT_EQ(all().FindToken(std::string(64, 'b'))->id, "t2");
  EXPECT_FALSE(all().FindToken(std::string(64, 'd')));
  Open();
  const auto token = all().FindToken(std::string(64, 'a'));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->id, "t1");
  EXPECT_EQ(token->role, "admin");
  EXPECT_EQ(token->created_at, At(100));
  EXPECT_EQ(token->expires_at, At(900));
  EXPECT_FALSE(token->last_used);
  ASSERT_TRUE(all().RemoveToken("t1"));
  EXPECT_EQ(all().RemoveToken("t1").error().code(), Errc::kNotFound);
  EXPECT_FALSE(all().FindToken(std::string(64, 'a')));
  Open();
  EXPECT_EQ(all().Tokens().size(), 1U);
}

TEST_F(RecordsTest, UsesAreNotedOnceAMinute) {
  ASSERT_TRUE(all().AddToken(Token("t1", 'a')));
  clock_.now = At(1000);
  all().TouchToken("t1");
  clock_.now = At(1030);
  all().TouchToken("t1");
  all().TouchToken("nobody");
  EXPECT_EQ(all().Tokens().front().last_used, At(1000));
  clock_.now = At(1060);
  all().TouchToken("t1");
  Open();  // closing finishes what was not waited for
  EXPECT_EQ(all().Tokens().front().last_used, At(1060));
}

TEST_F(RecordsTest, SourcesKeepTheirLastSync) {
  const ConfiguredSource source{"registry:r", "registry", R"({"url":"http://r"})", At(100), {}};
  ASSERT_TRUE(all().PutSource(source));
  EXPECT_EQ(all().PutSource({"", "registry", "{}", At(1), {}}).error().code(),
            Errc::kInvalidArgument);
  EXPECT_EQ(all().PutSource({"x", "registry", "url", At(1), {}}).error().code(),
            Errc::kInvalidArgument);
  EXPECT_FALSE((*all().FindSource("registry:r"))->last_sync);
  ASSERT_TRUE(all().NoteSync("registry:r", {At(200), std::nullopt, false, "", ""}));
  EXPECT_FALSE((*all().FindSource("registry:r"))->last_sync->ended_at);
  ASSERT_TRUE(all().NoteSync("registry:r", {At(200), At(300), false, "no answer", "look"}));
  EXPECT_EQ(all().NoteSync("nobody", {}).error().code(), Errc::kNotFound);
  ASSERT_TRUE(all().PutSource({"registry:r", "registry", R"({"url":"http://s"})", At(999), {}}));
  Open();
  const auto sources = all().ConfiguredSources();
  ASSERT_TRUE(sources);
  ASSERT_EQ(sources->size(), 1U);
  EXPECT_EQ(sources->front().settings, R"({"url":"http://s"})");
  EXPECT_EQ(sources->front().created_at, At(100));
  ASSERT_TRUE(sources->front().last_sync);
  EXPECT_EQ(sources->front().last_sync->ended_at, At(300));
  EXPECT_EQ(sources->front().last_sync->error, "no answer");
  EXPECT_EQ(sources->front().last_sync->mend, "look");
  ASSERT_TRUE(all().RemoveSource("registry:r"));
  EXPECT_EQ(all().RemoveSource("registry:r").error().code(), Errc::kNotFound);
  EXPECT_FALSE(*all().FindSource("registry:r"));
}

TEST_F(RecordsTest, ThePinThatCameFirstStays) {
  EXPECT_EQ(all().Pin("github", "acme", "77").value(), "77");
  EXPECT_EQ(all().Pin("github", "acme", "78").value(), "77");
  EXPECT_EQ(all().Pin("gitlab", "acme", "78").value(), "78");
  Open();
  EXPECT_EQ(all().Pin("github", "acme", "79").value(), "77");
}

TEST_F(RecordsTest, TheAuditLogOnlyGrows) {
  clock_.now = At(500);
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(all().Audit("local", "token.create", Cat({R"({"n":)", std::to_string(i), "}"})));
  }
  const auto newest = all().AuditLog(0, 2);
  ASSERT_TRUE(newest);
  ASSERT_EQ(newest->size(), 2U);
  EXPECT_EQ(newest->front().seq, 5U);
  EXPECT_EQ(newest->front().at, At(500));
  EXPECT_EQ(newest->front().who, "local");
  EXPECT_EQ(newest->front().detail, R"({"n":5})");
  EXPECT_EQ(all().AuditLog(4, 10)->size(), 3U);

  estate_ = {};
  Result<Database> db = Database::Open(options_.dir + "/estate.db", Database::Mode::kCreate);
  ASSERT_TRUE(db);
  EXPECT_FALSE(db->Execute("DELETE FROM audit"));
  EXPECT_FALSE(db->Execute("UPDATE audit SET who = 'nobody'"));
  EXPECT_EQ(db->Number("SELECT count(*) FROM audit").value(), 5);
}

TEST(Migrations, RefuseOtherFiles) {
  ScratchDir scratch;
  const auto refusal = [&](const char* name, const char* sql) {
    Result<Database> db = Database::Open(scratch.Of(name), Database::Mode::kCreate);
    EXPECT_TRUE(db && db->Execute(sql));
    const Status migrated = Migrate(*db);
    return migrated ? Errc::kInternal : migrated.error().code();
  };
  EXPECT_EQ(refusal("other", "CREATE TABLE t(x)"), Errc::kInputRefused);
  EXPECT_EQ(refusal("owned", "PRAGMA application_id = 7"), Errc::kInputRefused);
  const std::string newer =
      Cat({"PRAGMA application_id = ", std::to_string(kApplicationId),
           "; PRAGMA user_version = ", std::to_string(MigrationSteps().size() + 1)});
  EXPECT_EQ(refusal("newer", newer.c_str()), Errc::kUnsupported);
}

TEST(Migrations, AreTakenOnce) {
  ScratchDir scratch;
  Result<Database> db = Database::Open(scratch.Of("db"), Database::Mode::kCreate);
  ASSERT_TRUE(db);
  ASSERT_TRUE(Migrate(*db));
  EXPECT_EQ(db->Number("PRAGMA user_version").value(),
            static_cast<std::int64_t>(MigrationSteps().size()));
  EXPECT_TRUE(Migrate(*db));
}

TEST(Migrations, ADamagedFileIsToldSo) {
  ScratchDir scratch;
  SqliteOptions options;
  options.dir = scratch.Of("data");
  {
    ASSERT_TRUE(OpenSqlite(options));
  }
  ASSERT_TRUE(WriteFileAtomically(options.dir + "/estate.db", std::string(20'000, 'x'), 0600));
  const auto opened = OpenSqlite(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), Errc::kDataLoss) << opened.error().message();
}

}  // namespace
}  // namespace hullmark::sqlite
