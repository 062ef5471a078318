// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/hosts.h"

#include <gtest/gtest.h>

namespace hullmark::oci {
namespace {

struct UrlCase {
  std::string_view name, text, url;  // url empty: refused
};
constexpr UrlCase kUrls[] = {
    {"host", "ghcr.io", "https://ghcr.io/"},
    {"host_and_port", "registry.example:5000", "https://registry.example:5000/"},
    {"hub", "docker.io", "https://registry-1.docker.io/"},
    {"hub_by_its_index", "https://index.docker.io", "https://registry-1.docker.io/"},
    {"loopback_is_plain", "127.0.0.1:5000", "http://127.0.0.1:5000/"},
    {"localhost_is_plain", "localhost:5000", "http://localhost:5000/"},
    {"loopback_with_tls", "https://127.0.0.1:5000", "https://127.0.0.1:5000/"},
    {"http_as_said", "http://registry.example", "http://registry.example/"},
    {"api_path", "https://registry.example/v2/", "https://registry.example/"},
    {"with_a_path", "https://registry.example/acme", ""},
    {"with_a_query", "https://registry.example/?a=b", ""},
    {"ftp", "ftp://registry.example", ""},
    {"user", "https://me@registry.example", ""},
    {"nothing", "", ""},
};
class RegistryUrlOf : public testing::TestWithParam<UrlCase> {};
TEST_P(RegistryUrlOf, IsWhereToAsk) {
  const auto url = RegistryUrl(GetParam().text);
  EXPECT_EQ(url ? url->ToString() : "", GetParam().url);
}
INSTANTIATE_TEST_SUITE_P(Cases, RegistryUrlOf, testing::ValuesIn(kUrls),
                         [](const auto& each) { return std::string(each.param.name); });

struct RealmCase {
  std::string_view name, registry, realm;
  bool may_ask, may_send;
};
constexpr RealmCase kRealms[] = {
    {"itself", "https://ghcr.io", "https://ghcr.io/token", true, true},
    {"itself_on_another_port", "https://r.example:5000", "https://r.example:5001/t", true, true},
    {"below", "https://r.example", "https://auth.r.example/t", true, true},
    {"above", "https://registry.gitlab.com", "https://gitlab.com/jwt/auth", true, true},
    {"hub", "https://registry-1.docker.io", "https://auth.docker.io/token", true, true},
    {"sibling", "https://a.azurecr.io", "https://evil.azurecr.io/t", true, false},
    {"stranger", "https://r.example", "https://evil.example/t", true, false},
    {"name_that_ends_alike", "https://r.example", "https://evilr.example/t", true, false},
    {"top_level", "https://r.example", "https://example/t", true, false},
    {"hub_s_pair_from_a_stranger", "https://r.example", "https://auth.docker.io/token", true,
     false},
    {"plain_http", "https://r.example", "http://r.example/t", false, true},
    {"our_own_machine", "https://r.example", "http://127.0.0.1:80/t", false, false},
    {"our_own_machine_by_tls", "https://r.example", "https://localhost/t", false, false},
    {"loopback_both", "http://127.0.0.1:5000", "http://localhost:5001/t", true, true},
    {"from_loopback_to_the_world", "http://127.0.0.1:5000", "https://evil.example/t", true, false},
    {"addresses_that_end_alike", "https://11.0.0.1", "https://1.0.0.1/t", true, false},
};
class Realm : public testing::TestWithParam<RealmCase> {};
TEST_P(Realm, IsJudged) {
  const auto registry = net::Url::Parse(GetParam().registry);
  const auto realm = net::Url::Parse(GetParam().realm);
  ASSERT_TRUE(registry && realm);
  EXPECT_EQ(CheckRealm(*registry, *realm, false).has_value(), GetParam().may_ask);
  EXPECT_EQ(MaySendCredentials(*registry, *realm, {}), GetParam().may_send);
}
INSTANTIATE_TEST_SUITE_P(Cases, Realm, testing::ValuesIn(kRealms),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Realm, OfAnInsecureRegistryIsThatRegistryOnly) {
  const auto registry = net::Url::Parse("http://r.example:5000");
  const auto own = net::Url::Parse("http://r.example:5001/token");
  const auto other = net::Url::Parse("http://auth.r.example/token");
  EXPECT_TRUE(CheckRealm(*registry, *own, true));
  EXPECT_FALSE(CheckRealm(*registry, *own, false));
  EXPECT_FALSE(CheckRealm(*registry, *other, true));
}

TEST(Realm, MayBeAllowedByTheOperator) {
  const auto registry = net::Url::Parse("https://r.example");
  const auto realm = net::Url::Parse("https://login.corp.example/token");
  const std::vector<std::string> allowed = {"Login.corp.example"};
  EXPECT_TRUE(MaySendCredentials(*registry, *realm, allowed));
}

TEST(CanonicalHost, GivesTheHubOneName) {
  for (const std::string_view name :
       {"docker.io", "index.docker.io", "registry-1.docker.io", "Docker.IO"}) {
    EXPECT_EQ(CanonicalHost(name), "docker.io");
  }
  EXPECT_EQ(CanonicalHost("GHCR.io"), "ghcr.io");
}

}  // namespace
}  // namespace hullmark::oci
