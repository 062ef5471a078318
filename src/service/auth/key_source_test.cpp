// SPDX-License-Identifier: Apache-2.0
#include "service/auth/key_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <string>
#include <thread>

#include "base/crypto/token_signer.h"
#include "base/file.h"
#include "base/scratch_dir.h"
#include "base/text.h"
#include "service/auth/test_records.h"
#include "service/auth/test_transport.h"

namespace hullmark::auth {
namespace {

constexpr std::string_view kIssuer = "https://token.example";
constexpr std::string_view kDiscovery = "https://token.example/.well-known/openid-configuration";
constexpr std::string_view kKeys = "https://keys.example/jwks";

const crypto::TokenSigner& Old() {
  static const auto signer = crypto::TokenSigner::Ec("old");
  return signer;
}
const crypto::TokenSigner& New() {
  static const auto signer = crypto::TokenSigner::Ec("new");
  return signer;
}
std::string Configuration(std::string_view issuer, std::string_view keys) {
  return Cat({R"({"issuer":")", issuer, R"(","jwks_uri":")", keys, "\"}"});
}

struct Fixture {
  Fixture() {
    web.pages[std::string(kDiscovery)] = Configuration(kIssuer, kKeys);
    web.pages[std::string(kKeys)] = Old().Jwks();
    trusted.issuer = kIssuer;
  }
  KeySource& source() {
    if (!made) {
      made = std::make_unique<KeySource>(
          std::vector{trusted},
          [this](const std::string& ca_file) {
            ca_files.push_back(ca_file);
            return std::make_unique<FakeTransport>(web);
          },
          clock);
    }
    return *made;
  }
  Result<crypto::KeySet> Keys(std::string_view key_id) {
    return source().KeysFor(trusted.issuer, key_id, DeadlineIn(std::chrono::seconds(5)));
  }
  void Wait(std::chrono::seconds span) { clock.now = clock.now + span; }

  FakeWeb web;
  SetClock clock;
  ci::TrustedIssuer trusted;
  std::vector<std::string> ca_files;
  std::unique_ptr<KeySource> made;
};

TEST(KeySource, DiscoversOnceAndCaches) {
  Fixture f;
  f.trusted.ca_file = "/etc/ca.pem";
  for (int i = 0; i < 3; ++i) {
    const auto keys = f.Keys("old");
    ASSERT_TRUE(keys) << keys.error().message();
    EXPECT_TRUE(keys->Has("old"));
  }
  EXPECT_EQ(f.web.Asked(), (std::vector<std::string>{std::string(kDiscovery), std::string(kKeys)}));
  EXPECT_EQ(f.ca_files, std::vector<std::string>{"/etc/ca.pem"});
}

TEST(KeySource, NobodyIsAskedForAnUnlistedIssuer) {
  Fixture f;
  for (const std::string_view other :
       {"https://evil.example", "https://token.example/", "http://token.example", ""}) {
    const auto keys = f.source().KeysFor(other, "old", DeadlineIn(std::chrono::seconds(5)));
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code(), Errc::kUnauthenticated);
  }
  EXPECT_TRUE(f.web.Asked().empty());
}

TEST(KeySource, AnUnknownKeyMakesItLookAtMostOnceInFiveMinutes) {
  Fixture f;
  ASSERT_TRUE(f.Keys("old"));
  f.web.pages[std::string(kKeys)] = New().Jwks();
  f.Wait(std::chrono::seconds(299));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(f.Keys("new")->Has("new"));
  EXPECT_EQ(f.web.Asked().size(), 2U);
  f.Wait(std::chrono::seconds(1));
  EXPECT_TRUE(f.Keys("new")->Has("new"));
  EXPECT_EQ(f.web.Asked().size(), 4U);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(f.Keys("never")->Has("never"));
  EXPECT_EQ(f.web.Asked().size(), 4U);
}

TEST(KeySource, KeysAreLookedUpAgainAfterAnHour) {
  Fixture f;
  ASSERT_TRUE(f.Keys("old"));
  f.web.pages[std::string(kKeys)] = New().Jwks();  // the old key was withdrawn
  f.Wait(std::chrono::seconds(3599));
  EXPECT_TRUE(f.Keys("old")->Has("old"));
  f.Wait(std::chrono::seconds(1));
  EXPECT_FALSE(f.Keys("old")->Has("old"));
}

TEST(KeySource, OldKeysServeForADayWhileTheIssuerIsDown) {
  Fixture f;
  ASSERT_TRUE(f.Keys("old"));
  f.web.down = true;
  f.Wait(std::chrono::hours(23));
  EXPECT_TRUE(f.Keys("old")->Has("old"));
  f.Wait(std::chrono::hours(1));
  const auto keys = f.Keys("old");
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code(), Errc::kUnavailable);
  f.web.down = false;
  f.Wait(std::chrono::minutes(5));
  EXPECT_TRUE(f.Keys("old"));
}

TEST(KeySource, WithoutKeysItTriesAgainAfterAWhileOnly) {
  Fixture f;
  f.web.down = true;
  EXPECT_FALSE(f.Keys("old"));
  for (int i = 0; i < 10; ++i) {
    const auto keys = f.Keys("old");
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().code(), Errc::kUnavailable);
    EXPECT_NE(keys.error().message().find("connection refused"), std::string::npos);
  }
  EXPECT_EQ(f.web.Asked().size(), 1U);
  f.web.down = false;
  f.Wait(std::chrono::seconds(15));
  EXPECT_TRUE(f.Keys("old"));
}

TEST(KeySource, ClockSetBackDoesNotLockItOut) {
  Fixture f;
  ASSERT_TRUE(f.Keys("old"));
  f.web.pages[std::string(kKeys)] = New().Jwks();
  f.Wait(std::chrono::hours(-24));
  EXPECT_TRUE(f.Keys("new")->Has("new"));
}

struct BadCase {
  std::string_view name;
  std::string_view issuer;
  std::string configuration;
  std::string_view why;
};
const BadCase kBad[] = {
    {"other_issuer", kIssuer, Configuration("https://evil.example", kKeys), "is about issuer"},
    {"issuer_with_slash", kIssuer, Configuration("https://token.example/", kKeys),
     "is about issuer"},
    {"no_issuer", kIssuer, R"({"jwks_uri":"https://keys.example/jwks"})", "is about issuer"},
    {"no_jwks_uri", kIssuer, R"({"issuer":"https://token.example"})", "jwks_uri is not a URL"},
    {"plain_http_keys", kIssuer, Configuration(kIssuer, "http://keys.example/jwks"),
     "is not https"},
    {"loopback_keys", kIssuer, Configuration(kIssuer, "http://127.0.0.1/jwks"), "is not https"},
    {"file_keys", kIssuer, Configuration(kIssuer, "file:///etc/passwd"), "jwks_uri"},
    {"keys_not_there", kIssuer, Configuration(kIssuer, "https://keys.example/other"),
     "answered 404"},
    {"not_json", kIssuer, "<html>", "line 1"},
    {"key_twice", kIssuer, R"({"issuer":"https://evil.example","issuer":"https://token.example"})",
     "line 1"},
    {"plain_http_issuer", "http://token.example", Configuration("http://token.example", kKeys),
     "not an https"},
};
class Bad : public testing::TestWithParam<BadCase> {};
TEST_P(Bad, DiscoveryIsRefused) {
  Fixture f;
  f.trusted.issuer = GetParam().issuer;
  f.web.pages[Cat({GetParam().issuer, "/.well-known/openid-configuration"})] =
      GetParam().configuration;
  const auto keys = f.Keys("old");
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code(), Errc::kUnavailable);
  EXPECT_NE(keys.error().message().find(GetParam().why), std::string::npos)
      << keys.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, Bad, testing::ValuesIn(kBad),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(KeySource, LoopbackIssuerMayGoWithoutTls) {
  Fixture f;
  f.trusted.issuer = "http://127.0.0.1:8080/";
  f.web.pages["http://127.0.0.1:8080/.well-known/openid-configuration"] =
      Configuration("http://127.0.0.1:8080/", "http://127.0.0.1:8080/jwks");
  f.web.pages["http://127.0.0.1:8080/jwks"] = Old().Jwks();
  EXPECT_TRUE(f.Keys("old"));
}

TEST(KeySource, ReadsAFileInsteadOfTheNet) {
  Fixture f;
  const ScratchDir dir;
  f.trusted.jwks_file = dir.Of("jwks.json");
  ASSERT_TRUE(WriteFileAtomically(f.trusted.jwks_file, Old().Jwks(), 0644));
  ASSERT_TRUE(f.source().LoadFiles());
  EXPECT_TRUE(f.Keys("old")->Has("old"));
  ASSERT_TRUE(WriteFileAtomically(f.trusted.jwks_file, New().Jwks(), 0644));
  f.Wait(std::chrono::minutes(5));
  EXPECT_TRUE(f.Keys("new")->Has("new")) << "the file is read again for an unknown key";
  EXPECT_TRUE(f.web.Asked().empty());
  EXPECT_TRUE(f.ca_files.empty()) << "no transport is even made";
}

TEST(KeySource, BadFilesAreToldAtTheStart) {
  Fixture f;
  const ScratchDir dir;
  f.trusted.jwks_file = dir.Of("none.json");
  const auto status = f.source().LoadFiles();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("none.json"), std::string::npos)
      << status.error().message();
}

TEST(KeySource, WhoHasAKeyNeverWaitsForAnothersFetch) {
  Fixture f;
  ASSERT_TRUE(f.Keys("old"));
  std::binary_semaphore asked(0);
  std::binary_semaphore answer(0);
  f.web.before_answer = [&] {
    if (f.web.Asked().size() != 2) return;  // hold the first request of the second look
    asked.release();
    answer.acquire();
  };
  f.Wait(std::chrono::minutes(5));
  std::jthread other([&f] { EXPECT_TRUE(f.Keys("unknown")); });
  asked.acquire();
  EXPECT_TRUE(f.Keys("old")->Has("old"));  // would hang here
  const auto late =
      f.source().KeysFor(kIssuer, "unknown", DeadlineIn(std::chrono::milliseconds(5)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), Errc::kDeadlineExceeded);
  answer.release();
}

TEST(KeySource, ManyAtOnceMakeOneFetch) {
  Fixture f;
  f.source();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&f] {
        for (int n = 0; n < 50; ++n)
          EXPECT_TRUE(f.source().KeysFor(kIssuer, "old", DeadlineIn(std::chrono::seconds(5))));
      });
    }
  }
  EXPECT_EQ(f.web.Asked().size(), 2U);
}

}  // namespace
}  // namespace hullmark::auth
