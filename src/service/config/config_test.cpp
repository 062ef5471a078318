// SPDX-License-Identifier: Apache-2.0
#include "service/config/config.h"

#include <gtest/gtest.h>

namespace hullmark::config {
namespace {

constexpr std::string_view kGood = R"(listen: 0.0.0.0:4855
data: /var/lib/hullmark
store: sqlite
public_url: https://hullmark.example/
listen_ci: "[::1]:4856"
tls: {cert: c.pem, key: k.pem}
trust:
  audience: https://hullmark.example
  issuers:
    - issuer: https://token.actions.githubusercontent.com
      provider: github
      owners: [{login: acme, id: 77}]
      repositories: ["*"]
      jwks_file: jwks.json
      reuse: job
environments: [{cluster: "prod-*", environment: production}]
sources:
  - kind: registry
    url: https://registry.example
    repositories: [acme/shop]
)";

TEST(ReadConfig, ReadsEveryKey) {
  const auto config = ReadConfig(kGood, "hullmark.yaml", {});
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->listen.ToString(), "0.0.0.0:4855");
  EXPECT_FALSE(config->listen.IsLoopback());
  ASSERT_EQ(config->listen_ci.size(), 1U);
  EXPECT_TRUE(config->listen_ci.front().IsLoopback());
  EXPECT_EQ(config->public_url, "https://hullmark.example");
  ASSERT_EQ(config->trust.issuers.size(), 1U);
  EXPECT_EQ(config->trust.issuers.front().owners.front().id, "77");
  EXPECT_TRUE(config->trust.issuers.front().reuse_job);
  EXPECT_EQ(EnvironmentOf(config->environments, "prod-eu"), "production");
  EXPECT_EQ(EnvironmentOf(config->environments, "test"), "");
  ASSERT_EQ(config->sources.size(), 1U);
  EXPECT_EQ(config->sources.front().name, "registry:registry.example");
}

TEST(ReadConfig, FlagsComeLast) {
  const auto config = ReadConfig(kGood, "f", {{"listen", "127.0.0.1:0"}, {"data", "d"}});
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->listen.ToString(), "127.0.0.1:0");
  EXPECT_EQ(config->data, "d");
}

TEST(ReadConfig, EmptyIsAllDefaults) {
  const auto config = ReadConfig("", "", {});
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->listen.ToString(), "127.0.0.1:4855");
  EXPECT_TRUE(config->listen.IsLoopback());
  EXPECT_FALSE(config->data.empty());
  EXPECT_FALSE(config->trust.audience.empty());
}

struct BadCase {
  std::string_view name, yaml, says;
};
class BadConfig : public testing::TestWithParam<BadCase> {};
TEST_P(BadConfig, NamesThePlaceAndTheMend) {
  const auto config = ReadConfig(GetParam().yaml, "h.yaml", {});
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().message().find("h.yaml"), 0U) << config.error().message();
  EXPECT_NE(config.error().message().find(GetParam().says), std::string::npos)
      << config.error().message();
}
INSTANTIATE_TEST_SUITE_P(
    Cases, BadConfig,
    testing::Values(BadCase{"misspelt", "listne: 127.0.0.1:1\n",
                            "line 1, column 1: listne: no such key; did you mean listen"},
                    BadCase{"port", "listen: 127.0.0.1:99999\n", "want ADDRESS:PORT"},
                    BadCase{"store", "store: oracle\n", "sqlite"},
                    BadCase{"tls_half", "tls: {cert: a}\n", "belong together"},
                    BadCase{"nested", "data: x\ntrust:\n  audiense: x\n", "line 3"},
                    BadCase{"not_a_list", "sources: x\n", "want a list"},
                    BadCase{"source", "sources:\n- url: http://r.example\n", "use https"},
                    BadCase{"environment", "environments: [{cluster: x}]\n", "want {cluster"},
                    BadCase{"environment_key", "environments: [{cluster: x, enviroment: y}]\n",
                            "did you mean environment"},
                    BadCase{"duplicate", "data: a\ndata: b\n", "data"},
                    BadCase{"reuse",
                            "trust: {audience: x, issuers: [{issuer: 'https://i', reuse: yes}]}\n",
                            "want job"}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace hullmark::config
