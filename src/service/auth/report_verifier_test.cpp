// SPDX-License-Identifier: Apache-2.0
#include "service/auth/report_verifier.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/crypto/hash.h"
#include "base/crypto/token_signer.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "service/auth/recorded_pins.h"
#include "service/auth/test_records.h"
#include "service/auth/test_transport.h"

namespace hullmark::auth {
namespace {

constexpr std::string_view kIssuer = "https://token.actions.githubusercontent.com";
constexpr std::string_view kAudience = "https://hullmark.example";
constexpr std::int64_t kNow = 1'795'300'000;

using Claims = std::vector<std::pair<std::string, std::string>>;  // values as JSON

Claims Good() {
  return {{"iss", Cat({"\"", kIssuer, "\""})},
          {"aud", Cat({"\"", kAudience, "\""})},
          {"jti", R"("t-1")"},
          {"iat", std::to_string(kNow)},
          {"nbf", std::to_string(kNow - 600)},
          {"exp", std::to_string(kNow + 300)},
          {"sub", R"("repo:acme/shop:ref:refs/heads/main")"},
          {"repository", R"("acme/shop")"},
          {"repository_id", R"("101")"},
          {"repository_owner", R"("acme")"},
          {"repository_owner_id", R"("77")"},
          {"sha", "\"" + std::string(40, 'c') + "\""},
          {"ref", R"("refs/heads/main")"},
          {"event_name", R"("push")"},
          {"workflow_ref", R"("acme/shop/.github/workflows/build.yml@refs/heads/main")"},
          {"run_id", R"("5")"},
          {"run_attempt", R"("1")"},
          {"actor", R"("ada")"},
          {"actor_id", R"("42")"}};
}

std::string Text(const Claims& claims) {
  JsonWriter out;
  out.BeginObject();
  for (const auto& [name, value] : claims) out.Key(name).Raw(value);
  return out.EndObject().Take();
}
std::string With(std::string_view name, const std::string& value) {
  Claims claims = Good();
  for (auto& claim : claims) {
    if (claim.first == name) claim.second = value;
  }
  return Text(claims);
}

const crypto::TokenSigner& Signer() {
  static const auto signer = crypto::TokenSigner::Rsa("k");
  return signer;
}
const crypto::TokenSigner& Stranger() {
  static const auto signer = crypto::TokenSigner::Rsa("k");
  return signer;
}

struct Fixture {
  explicit Fixture(ci::TrustedOwner owner = {"acme", "77"}, bool reuse_job = false) {
    ci::TrustedIssuer issuer;
    issuer.issuer = kIssuer;
    issuer.owners = {std::move(owner)};
    issuer.reuse_job = reuse_job;
    trust.audience = kAudience;
    trust.issuers = {issuer};
    web.pages[Cat({kIssuer, "/.well-known/openid-configuration"})] =
        Cat({R"({"issuer":")", kIssuer, R"(","jwks_uri":"https://keys.example/"})"});
    web.pages["https://keys.example/"] = Signer().Jwks();
    clock.now = Timestamp::FromSeconds(kNow);
    keys = std::make_unique<KeySource>(
        trust.issuers, [this](const std::string&) { return std::make_unique<FakeTransport>(web); },
        clock);
    verifier = std::make_unique<ReportVerifier>(trust, *keys, pins, clock);
  }
  Result<VerifiedReport> Verify(std::string_view token, std::string_view body = "{}") {
    return verifier->Verify(token, body, DeadlineIn(std::chrono::seconds(5)));
  }

  FakeWeb web;
  SetClock clock;
  MemoryRecords records;
  RecordedPins pins{records};
  ci::TrustConfig trust;
  std::unique_ptr<KeySource> keys;
  std::unique_ptr<ReportVerifier> verifier;
};

TEST(ReportVerifier, TellsWhoSpeaks) {
  Fixture f;
  const auto report = f.Verify(Signer().Sign("RS256", Text(Good())), "body");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->speaker.repository.key, "github.com#101");
  EXPECT_EQ(report->speaker.issuer, kIssuer);
  EXPECT_EQ(report->claims.token_id, "t-1");
  EXPECT_EQ(report->replay_id, "t-1");
  EXPECT_EQ(report->body_sha256, crypto::Sha256Of("body").Hex());
  EXPECT_EQ(report->key_set, Signer().Jwks());
}

struct RefuseCase {
  std::string_view name;
  std::function<std::string()> token;
  Errc code;
  std::string_view why;
  bool asks = true;  // whether the issuer's keys are fetched at all
};
const RefuseCase kRefused[] = {
    {"garbage", [] { return std::string("hmt_abc"); }, Errc::kUnauthenticated, "three parts",
     false},
    {"unlisted_issuer",
     [] { return Signer().Sign("RS256", With("iss", R"("https://evil.example")")); },
     Errc::kUnauthenticated, "add it to trust.issuers", false},
    {"issuer_with_slash",
     [] { return Signer().Sign("RS256", With("iss", Cat({"\"", kIssuer, "/\""}))); },
     Errc::kUnauthenticated, "is not trusted", false},
    {"issuer_on_loopback",
     [] { return Signer().Sign("RS256", With("iss", R"("http://127.0.0.1:4855")")); },
     Errc::kUnauthenticated, "is not trusted", false},
    {"algorithm_none",
     [] { return Signer().SignRaw("RS256", R"({"alg":"none","kid":"k"})", Text(Good())); },
     Errc::kUnauthenticated, "is not accepted", false},
    {"other_key", [] { return Stranger().Sign("RS256", Text(Good())); }, Errc::kUnauthenticated,
     "signature does not hold"},
    {"unknown_key",
     [] { return Signer().SignRaw("RS256", R"({"alg":"RS256","kid":"x"})", Text(Good())); },
     Errc::kUnauthenticated, "not in the issuer's key set"},
    {"default_audience",
     [] { return Signer().Sign("RS256", With("aud", R"("https://github.com/acme")")); },
     Errc::kUnauthenticated, "is not ours"},
    {"expired", [] { return Signer().Sign("RS256", With("exp", std::to_string(kNow - 60))); },
     Errc::kUnauthenticated, "expired"},
    {"not_yet", [] { return Signer().Sign("RS256", With("nbf", std::to_string(kNow + 61))); },
     Errc::kUnauthenticated, "not valid before"},
    {"too_long", [] { return Signer().Sign("RS256", With("exp", std::to_string(kNow + 7201))); },
     Errc::kUnauthenticated, "lives longer"},
    {"claims_missing", [] { return Signer().Sign("RS256", With("repository_id", R"("")")); },
     Errc::kUnauthenticated, "claim repository_id is missing"},
    {"other_owner",
     [] {
       Claims claims = Good();
       for (auto& [name, value] : claims) {
         if (name == "repository_owner_id") value = R"("99")";
       }
       return Signer().Sign("RS256", Text(claims));
     },
     Errc::kPermissionDenied, "is trusted as 77"},
};
class Refused : public testing::TestWithParam<RefuseCase> {};
TEST_P(Refused, WithItsReason) {
  Fixture f;
  const auto report = f.Verify(GetParam().token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), GetParam().code);
  EXPECT_NE(report.error().message().find(GetParam().why), std::string::npos)
      << report.error().message();
  EXPECT_EQ(!f.web.Asked().empty(), GetParam().asks);
}
INSTANTIATE_TEST_SUITE_P(Cases, Refused, testing::ValuesIn(kRefused),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ReportVerifier, SubjectsOldAndNewAreTheSameRepository) {
  Fixture f;
  for (const char* subject :
       {R"("repo:acme/shop:ref:refs/heads/main")", R"("repo:acme@77/shop@101:ref:refs/heads/main")",
        R"("repo:acme/shop:environment:prod%3Aeu")"}) {
    const auto report = f.Verify(Signer().Sign("RS256", With("sub", subject)));
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->speaker.repository.key, "github.com#101");
  }
}

TEST(ReportVerifier, ANameIsPinnedAcrossRestarts) {
  Fixture first({"acme", ""});
  ASSERT_TRUE(first.Verify(Signer().Sign("RS256", Text(Good()))));
  Fixture second({"acme", ""});
  second.records.pins = first.records.pins;
  const auto recycled =
      second.Verify(Signer().Sign("RS256", With("repository_owner_id", R"("99")")));
  ASSERT_FALSE(recycled);
  EXPECT_EQ(recycled.error().code(), Errc::kPermissionDenied);
}

TEST(ReportVerifier, ReuseJobTellsReportsApartByTheirBodies) {
  Fixture f({"acme", "77"}, true);
  const std::string token = Signer().Sign("RS256", Text(Good()));
  const auto one = f.Verify(token, "1");
  const auto again = f.Verify(token, "1");
  const auto two = f.Verify(token, "2");
  ASSERT_TRUE(one && again && two);
  EXPECT_EQ(one->replay_id, again->replay_id);
  EXPECT_NE(one->replay_id, two->replay_id);
}

TEST(ReportVerifier, WithoutItsKeysAnIssuerIsNotBelieved) {
  Fixture f;
  f.web.down = true;
  const auto report = f.Verify(Signer().Sign("RS256", Text(Good())));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Errc::kUnavailable);
}

}  // namespace
}  // namespace hullmark::auth
