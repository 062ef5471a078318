// SPDX-License-Identifier: Apache-2.0
#include "sources/ci/trust.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace hullmark::ci {
namespace {

class MemoryPins final : public OwnerPins {
 public:
  Result<std::string> Pin(std::string_view owner, std::string_view id) override {
    return pins.try_emplace(std::string(owner), id).first->second;
  }
  std::map<std::string, std::string> pins;
};

Speaker SpeakerOf(const std::string& owner_id, const std::string& owner,
                  const std::string& repository) {
  Speaker speaker;
  speaker.host = "github.com";
  speaker.owner = {owner_id, "github.com#" + owner_id, owner, "github.com/" + owner};
  speaker.repository = {"101", "github.com#101", owner + "/" + repository,
                        "github.com/" + owner + "/" + repository};
  return speaker;
}

TrustedIssuer Issuer(std::vector<TrustedOwner> owners, std::vector<std::string> repositories = {}) {
  TrustedIssuer issuer;
  issuer.issuer = "https://token.actions.githubusercontent.com";
  issuer.owners = std::move(owners);
  issuer.repositories = std::move(repositories);
  return issuer;
}

struct DecideCase {
  std::string_view name;
  std::vector<TrustedOwner> owners;
  std::vector<std::string> repositories;
  std::string_view owner_id, owner, repository;
  std::string_view why;  // empty: may report
};
const DecideCase kDecisions[] = {
    {"by_id", {{"acme", "77"}}, {}, "77", "acme", "shop", ""},
    {"by_id_renamed", {{"acme", "77"}}, {}, "77", "acme-corp", "shop", ""},
    {"by_id_alone", {{"", "77"}}, {}, "77", "acme", "shop", ""},
    {"name_taken_by_another", {{"acme", "77"}}, {}, "99", "acme", "shop", "is trusted as 77"},
    {"stranger", {{"acme", "77"}}, {}, "99", "evil", "shop", "add {login: evil, id: 99}"},
    {"by_name_first_seen", {{"acme", ""}}, {}, "77", "acme", "shop", ""},
    {"by_name_other_case", {{"ACME", ""}}, {}, "77", "acme", "shop", ""},
    {"empty_id_is_no_wildcard", {{"acme", ""}}, {}, "", "evil", "shop", "may not report"},
    {"repository_by_name", {{"acme", "77"}}, {"shop*"}, "77", "acme", "shop-web", ""},
    {"repository_by_path", {{"acme", "77"}}, {"acme/shop"}, "77", "acme", "Shop", ""},
    {"repository_other", {{"acme", "77"}}, {"shop"}, "77", "acme", "shop-web", "matches none"},
    {"repository_of_other_owner",
     {{"acme", "77"}},
     {"other/*"},
     "77",
     "acme",
     "shop",
     "matches none"},
    {"no_owners", {}, {}, "77", "acme", "shop", "may not report"},
};
class Decisions : public testing::TestWithParam<DecideCase> {};
TEST_P(Decisions, FollowTheTable) {
  const DecideCase& c = GetParam();
  MemoryPins pins;
  const auto status = Decide(
      Issuer(c.owners, c.repositories),
      SpeakerOf(std::string(c.owner_id), std::string(c.owner), std::string(c.repository)), pins);
  EXPECT_EQ(status.has_value(), c.why.empty());
  if (!status) {
    EXPECT_EQ(status.error().code(), Errc::kPermissionDenied);
    EXPECT_NE(status.error().message().find(c.why), std::string::npos) << status.error().message();
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, Decisions, testing::ValuesIn(kDecisions),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Decide, NameIsPinnedToTheFirstId) {
  MemoryPins pins;
  const TrustedIssuer issuer = Issuer({{"acme", ""}});
  EXPECT_TRUE(Decide(issuer, SpeakerOf("77", "acme", "shop"), pins));
  EXPECT_TRUE(Decide(issuer, SpeakerOf("77", "Acme", "shop"), pins));
  const auto recycled = Decide(issuer, SpeakerOf("99", "acme", "shop"), pins);
  ASSERT_FALSE(recycled);
  EXPECT_NE(recycled.error().message().find("came first with the id 77 and now with 99"),
            std::string::npos)
      << recycled.error().message();
  EXPECT_TRUE(Decide(issuer, SpeakerOf("77", "acme", "shop"), pins));
}

TEST(Decide, StrangersAndForeignRepositoriesPinNothing) {
  MemoryPins pins;
  EXPECT_FALSE(Decide(Issuer({{"acme", ""}}), SpeakerOf("99", "evil", "shop"), pins));
  EXPECT_FALSE(Decide(Issuer({{"acme", ""}}, {"shop"}), SpeakerOf("99", "acme", "other"), pins));
  EXPECT_TRUE(pins.pins.empty());
}

TEST(FindIssuer, IsExact) {
  TrustConfig trust{.audience = "https://h.example", .issuers = {Issuer({{"acme", "77"}})}};
  EXPECT_NE(FindIssuer(trust, "https://token.actions.githubusercontent.com"), nullptr);
  for (const std::string_view other :
       {"https://token.actions.githubusercontent.com/",
        "https://TOKEN.actions.githubusercontent.com", "http://token.actions.githubusercontent.com",
        "https://token.actions.githubusercontent.com.evil.example", ""}) {
    EXPECT_EQ(FindIssuer(trust, other), nullptr) << other;
  }
}

struct ConfigCase {
  std::string_view name;
  void (*change)(TrustConfig&);
  std::string_view why;
};
constexpr ConfigCase kConfigs[] = {
    {"good", [](TrustConfig&) {}, ""},
    {"no_issuers", [](TrustConfig& t) { t = {}; }, ""},
    {"no_audience", [](TrustConfig& t) { t.audience.clear(); }, "trust.audience: missing"},
    {"http", [](TrustConfig& t) { t.issuers[0].issuer = "http://ci.example"; },
     "issuers[0].issuer"},
    {"http_lookalike", [](TrustConfig& t) { t.issuers[0].issuer = "http://127.evil.example"; },
     "issuers[0].issuer"},
    {"http_loopback",
     [](TrustConfig& t) {
       t.issuers[0].issuer = "http://127.0.0.1:8080";
       t.issuers[0].host = "github.com";
     },
     ""},
    {"word", [](TrustConfig& t) { t.issuers[0].issuer = "github"; }, "is not an https URL"},
    {"host_unknown", [](TrustConfig& t) { t.issuers[0].issuer = "https://ci.example"; },
     "issuers[0].host"},
    {"provider", [](TrustConfig& t) { t.issuers[0].provider = "gitlab"; }, "issuers[0].provider"},
    {"no_owners", [](TrustConfig& t) { t.issuers[0].owners.clear(); }, "nobody may report"},
    {"empty_owner", [](TrustConfig& t) { t.issuers[0].owners = {{"", ""}}; }, "owners[0]"},
    {"owner_id_word", [](TrustConfig& t) { t.issuers[0].owners = {{"acme", "acme"}}; },
     "owners[0].id"},
    {"twice", [](TrustConfig& t) { t.issuers.push_back(t.issuers[0]); }, "is there twice"},
};
class Configs : public testing::TestWithParam<ConfigCase> {};
TEST_P(Configs, AreJudged) {
  TrustConfig trust{.audience = "https://h.example", .issuers = {Issuer({{"acme", "77"}})}};
  GetParam().change(trust);
  const auto status = CheckTrust(trust);
  EXPECT_EQ(status.has_value(), GetParam().why.empty());
  if (!status) {
    EXPECT_NE(status.error().message().find(GetParam().why), std::string::npos)
        << status.error().message();
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, Configs, testing::ValuesIn(kConfigs),
                         [](const auto& test) { return std::string(test.param.name); });

struct AudienceCase {
  std::string_view name, host;
  bool loopback;
  std::string_view audience, wanted;
  bool ok;
};
constexpr AudienceCase kAudiences[] = {
    {"own_host", "h.example", false, "https://h.example", "", true},
    {"own_host_other_port", "h.example", false, "https://h.example:8443/x", "", true},
    {"own_host_case", "h.example", false, "https://H.Example", "", true},
    {"other_host", "h.example", false, "https://cloud.example", "", false},
    {"subdomain", "h.example", false, "https://x.h.example", "", false},
    {"suffix", "h.example", false, "https://evilh.example", "", false},
    {"user_info", "h.example", false, "https://h.example@cloud.example", "", false},
    {"user_info_back", "h.example", false, "https://cloud.example\\@h.example", "", false},
    {"fixed_of_a_cloud", "h.example", false, "api://AzureADTokenExchange", "", false},
    {"sts", "h.example", false, "sts.amazonaws.com", "", false},
    {"empty", "h.example", true, "", "", false},
    {"loopback", "127.0.0.1", true, "https://hullmark.example", "", true},
    {"wanted", "h.example", false, "hullmark", "hullmark", true},
    {"wanted_other", "h.example", false, "https://h.example", "hullmark", false},
    {"wanted_other_on_loopback", "127.0.0.1", true, "https://cloud.example", "hullmark", false},
};
class Audiences : public testing::TestWithParam<AudienceCase> {};
TEST_P(Audiences, AreOursOrRefused) {
  const AudienceCase& c = GetParam();
  EXPECT_EQ(CheckAudience({std::string(c.host), c.loopback}, c.audience, c.wanted).has_value(),
            c.ok);
}
INSTANTIATE_TEST_SUITE_P(Cases, Audiences, testing::ValuesIn(kAudiences),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace hullmark::ci
