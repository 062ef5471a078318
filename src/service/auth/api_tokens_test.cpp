// SPDX-License-Identifier: Apache-2.0
#include "service/auth/api_tokens.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <string>

#include "base/crypto/hash.h"
#include "base/file.h"
#include "base/scratch_dir.h"
#include "base/text.h"
#include "service/auth/test_records.h"

namespace hullmark::auth {
namespace {

struct Fixture {
  MemoryRecords records;
  SetClock clock;
  ApiTokens tokens{records, clock};
};

std::string Bearer(const Secret& secret) { return Cat({"Bearer ", secret.Reveal()}); }

TEST(ApiTokens, FirstStartWritesAnAdminToken) {
  Fixture f;
  const ScratchDir dir;
  const auto made = f.tokens.EnsureAdmin(dir.path());
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_TRUE(*made);
  struct stat info{};
  ASSERT_EQ(stat(dir.Of("admin-token").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  const std::string text = ReadFile(dir.Of("admin-token"), 1024).value();
  EXPECT_TRUE(text.starts_with("hmt_"));
  EXPECT_EQ(text.size(), 4U + 43U + 1U);
  const auto principal = f.tokens.Authenticate(Cat({"Bearer ", Trim(text)}));
  ASSERT_TRUE(principal) << principal.error().message();
  EXPECT_EQ(principal->role, Role::kAdmin);
  for (const auto& token : f.records.tokens) {
    EXPECT_EQ(token.secret_sha256, crypto::Sha256Of(Trim(text)).Hex());
  }
  for (const auto& entry : f.records.audit) {
    EXPECT_EQ(entry.detail.find(Trim(text)), std::string::npos) << "the audit log knows no secrets";
  }
  EXPECT_FALSE(f.tokens.EnsureAdmin(dir.path()).value()) << "the second start makes none";
  EXPECT_EQ(ReadFile(dir.Of("admin-token"), 1024).value(), text);
}

TEST(ApiTokens, FirstStartThatFailsIsMadeGoodByTheNext) {
  Fixture f;
  const ScratchDir dir;
  f.records.fail = true;
  EXPECT_FALSE(f.tokens.EnsureAdmin(dir.path()));
  f.records.fail = false;
  EXPECT_TRUE(f.tokens.EnsureAdmin(dir.path()).value());
  const std::string text = ReadFile(dir.Of("admin-token"), 1024).value();
  EXPECT_TRUE(f.tokens.Authenticate(Cat({"Bearer ", Trim(text)})));
}

TEST(ApiTokens, MissingFolderIsTold) {
  Fixture f;
  const ScratchDir dir;
  EXPECT_FALSE(f.tokens.EnsureAdmin(dir.Of("no-such-folder")));
  EXPECT_TRUE(f.records.tokens.empty());
}

TEST(ApiTokens, EachOpensItsRoleOnly) {
  Fixture f;
  for (const Role role : {Role::kViewer, Role::kOperator, Role::kAdmin}) {
    const auto made = f.tokens.Create("local", "t", role);
    ASSERT_TRUE(made);
    const auto principal = f.tokens.Authenticate(Bearer(made->secret));
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->id, made->record.id);
    for (const Role wanted : {Role::kViewer, Role::kOperator, Role::kAdmin}) {
      const auto status = Require(*principal, wanted);
      EXPECT_EQ(status.has_value(), wanted <= role);
      if (!status) {
        EXPECT_EQ(status.error().code(), Errc::kPermissionDenied);
      }
    }
  }
  EXPECT_EQ(f.records.touched.size(), 3U);
}

struct FieldCase {
  std::string_view name;
  std::string_view before, after;  // around the secret
  bool ok;
};
constexpr FieldCase kFields[] = {
    {"bearer", "Bearer ", "", true},      {"lower_case", "bearer ", "", true},
    {"two_blanks", "Bearer  ", "", true}, {"no_scheme", "", "", false},
    {"basic", "Basic ", "", false},       {"more_after", "Bearer ", " x", false},
    {"one_more", "Bearer ", "A", false},  {"quoted", "Bearer \"", "\"", false},
    {"no_blank", "Bearer", "", false},    {"comma", "Bearer ", ",", false},
};
class Fields : public testing::TestWithParam<FieldCase> {};
TEST_P(Fields, AreReadStrictly) {
  Fixture f;
  const auto made = f.tokens.Create("local", "t", Role::kViewer);
  const auto principal =
      f.tokens.Authenticate(Cat({GetParam().before, made->secret.Reveal(), GetParam().after}));
  EXPECT_EQ(principal.has_value(), GetParam().ok);
  if (!principal) {
    EXPECT_EQ(principal.error().code(), Errc::kUnauthenticated);
    EXPECT_EQ(principal.error().message().find(made->secret.Reveal()), std::string::npos);
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, Fields, testing::ValuesIn(kFields),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ApiTokens, NothingAndTheHashItselfDoNotOpen) {
  Fixture f;
  const auto made = f.tokens.Create("local", "t", Role::kAdmin);
  EXPECT_FALSE(f.tokens.Authenticate(""));
  EXPECT_FALSE(f.tokens.Authenticate("Bearer "));
  EXPECT_FALSE(f.tokens.Authenticate("Bearer " + made->record.secret_sha256));
}

TEST(ApiTokens, Expire) {
  Fixture f;
  const Timestamp end = f.clock.now + std::chrono::seconds(60);
  const auto made = f.tokens.Create("local", "t", Role::kViewer, end);
  ASSERT_TRUE(made);
  EXPECT_TRUE(f.tokens.Authenticate(Bearer(made->secret)));
  f.clock.now = end;
  const auto late = f.tokens.Authenticate(Bearer(made->secret));
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message().find("expired"), std::string::npos);
  EXPECT_FALSE(f.tokens.Create("local", "t", Role::kViewer, end)) << "made already expired";
}

TEST(ApiTokens, AreRevokedAndAudited) {
  Fixture f;
  const auto admin = f.tokens.Create("local", "a", Role::kAdmin);
  const auto viewer = f.tokens.Create("token:x", "v", Role::kViewer);
  EXPECT_TRUE(f.tokens.Revoke("token:x", viewer->record.id));
  EXPECT_FALSE(f.tokens.Authenticate(Bearer(viewer->secret)));
  EXPECT_EQ(f.tokens.Revoke("token:x", viewer->record.id).error().code(), Errc::kNotFound);
  EXPECT_EQ(f.tokens.Revoke("token:x", admin->record.id).error().code(), Errc::kConflict);
  const auto second = f.tokens.Create("local", "b", Role::kAdmin);
  EXPECT_TRUE(f.tokens.Revoke("token:x", admin->record.id));
  EXPECT_TRUE(f.tokens.Authenticate(Bearer(second->secret)));
  ASSERT_EQ(f.records.audit.size(), 5U);
  EXPECT_EQ(f.records.audit[2].who, "token:x");
  EXPECT_EQ(f.records.audit[2].what, "token.revoke");
}

TEST(ApiTokens, AnExpiredAdminIsNoAdmin) {
  Fixture f;
  const ScratchDir dir;
  const auto old =
      f.tokens.Create("local", "a", Role::kAdmin, f.clock.now + std::chrono::seconds(1));
  f.clock.now = f.clock.now + std::chrono::seconds(2);
  EXPECT_TRUE(f.tokens.EnsureAdmin(dir.path()).value());
  EXPECT_TRUE(f.tokens.Revoke("local", old->record.id));
}

TEST(ApiTokens, NamesAreJudged) {
  Fixture f;
  EXPECT_FALSE(f.tokens.Create("local", "", Role::kViewer));
  EXPECT_FALSE(f.tokens.Create("local", std::string(129, 'n'), Role::kViewer));
  EXPECT_FALSE(f.tokens.Create("local", "a\nb", Role::kViewer));
  EXPECT_TRUE(f.tokens.Create("local", "Grafana, naïve", Role::kViewer));
}

TEST(ApiTokens, AreAllDifferent) {
  Fixture f;
  std::set<std::string> ids;
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) {
    const auto made = f.tokens.Create("local", "t", Role::kViewer);
    ids.insert(made->record.id);
    secrets.insert(std::string(made->secret.Reveal()));
  }
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(secrets.size(), 100U);
}

TEST(Roles, HaveNames) {
  for (const Role role : {Role::kViewer, Role::kOperator, Role::kAdmin}) {
    EXPECT_EQ(RoleByName(NameOf(role)).value(), role);
  }
  EXPECT_FALSE(RoleByName("root"));
}

}  // namespace
}  // namespace hullmark::auth
