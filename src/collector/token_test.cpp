// SPDX-License-Identifier: Apache-2.0
#include "collector/token.h"

#include <gtest/gtest.h>

#include "collector/hullmark_server.h"
#include "collector/test_transport.h"

namespace hullmark::collector {
namespace {

constexpr char kToken[] = "eyJhIjoxfQ.eyJiIjoyfQ.c2ln";
const Environment kGithub(Environment::Values{
    {"GITHUB_ACTIONS", "true"},
    {"ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:9/token?api-version=2.0"},
    {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"}});

Result<Secret> Get(TestTransport& transport, const Environment& env) {
  return GetToken(transport, env, "https://h.example/a b&c",
                  DeadlineIn(std::chrono::milliseconds(500)), {});
}

TEST(GetToken, SpeaksGithubsProtocol) {
  TestTransport transport;
  transport.On("GET *", 200, std::string(R"({"count":1,"value":")") + kToken + "\"}");
  const auto token = Get(transport, kGithub);
  ASSERT_TRUE(token) << token.error().message();
  EXPECT_EQ(token->Reveal(), kToken);
  const auto request = transport.Requests("*").at(0);
  EXPECT_EQ(
      request.url,
      "http://127.0.0.1:9/token?api-version=2.0&audience=https%3A%2F%2Fh.example%2Fa%20b%26c");
  EXPECT_EQ(*request.headers.Find("Authorization"), "bearer request-secret");
}

TEST(GetToken, TakesTheOneThatAnyCiGives) {
  TestTransport transport;
  const auto token =
      Get(transport,
          Environment(Environment::Values{{"HULLMARK_ID_TOKEN", std::string(kToken) + "\n"}}));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->Reveal(), kToken);
  EXPECT_TRUE(transport.Requests("*").empty());
}

struct NoTokenCase {
  std::string_view name;
  int status;
  std::string_view body;
};
constexpr NoTokenCase kNoTokens[] = {
    {"refused", 401, "{}"},
    {"not_json", 200, "<html>"},
    {"no_value", 200, R"({"count":0})"},
    {"not_a_token", 200, R"({"value":"hello"})"},
    {"newline_in_it", 200, R"({"value":"a.b\nX: y.c"})"},
    {"unavailable", 503, ""},
};
class NoTokens : public testing::TestWithParam<NoTokenCase> {};
TEST_P(NoTokens, AreSaidWithoutTheSecret) {
  TestTransport transport;
  transport.On("GET *", GetParam().status, std::string(GetParam().body));
  const auto token = Get(transport, kGithub);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().message().find("request-secret"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Cases, NoTokens, testing::ValuesIn(kNoTokens),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(GetToken, SaysHowToGetOne) {
  TestTransport transport;
  EXPECT_NE(Get(transport, Environment(Environment::Values{{"GITHUB_ACTIONS", "true"}}))
                .error()
                .message()
                .find("id-token: write"),
            std::string::npos);
  EXPECT_NE(Get(transport, Environment()).error().message().find("HULLMARK_ID_TOKEN"),
            std::string::npos);
  EXPECT_FALSE(
      Get(transport, Environment(Environment::Values{{"HULLMARK_ID_TOKEN", "not a token"}})));
}

struct ServerCase {
  std::string_view name, url;
  bool ok;
};
constexpr ServerCase kServers[] = {
    {"https", "https://h.example/", true},
    {"path", "https://h.example/hullmark/", true},
    {"loopback", "http://127.0.0.1:4855", true},
    {"plain", "http://h.example", false},
    {"words", "h.example", false},
    {"query", "https://h.example/?x=1", false},
};
TEST(HullmarkServer, IsHttpsOrHere) {
  TestTransport transport;
  for (const ServerCase& c : kServers) {
    EXPECT_EQ(HullmarkServer::Open(transport, c.url, {}, {}).has_value(), c.ok) << c.name;
  }
}

struct AudienceCase {
  std::string_view name, server, offered, wanted;
  bool ok;
};
constexpr AudienceCase kAudiences[] = {
    {"own_host", "https://h.example", "https://h.example", "", true},
    {"own_host_other_port", "https://h.example:8443", "https://h.example", "", true},
    {"another_host", "https://h.example", "https://sts.example", "", false},
    {"another_host_named", "https://h.example", "https://sts.example", "https://sts.example", true},
    {"loopback", "http://127.0.0.1:4855", "https://h.example", "", true},
    {"named_and_different", "https://h.example", "https://h.example", "https://other.example",
     false},
};
class Audiences : public testing::TestWithParam<AudienceCase> {};
TEST_P(Audiences, AreNotHarvestedForOthers) {
  TestTransport transport;
  transport.On("GET */api/v1/ci/config", 200,
               R"({"version":1,"audience":")" + std::string(GetParam().offered) + "\"}");
  const auto server =
      HullmarkServer::Open(transport, GetParam().server, DeadlineIn(std::chrono::seconds(1)), {});
  const auto audience = server->Audience(GetParam().wanted);
  ASSERT_EQ(audience.has_value(), GetParam().ok) << (audience ? "" : audience.error().message());
  if (audience) {
    EXPECT_EQ(*audience, GetParam().offered);
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, Audiences, testing::ValuesIn(kAudiences),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(HullmarkServer, TriesAgainUntilItIsAnswered) {
  TestTransport transport;
  int tries = 0;
  transport.On("POST http://127.0.0.1/api/v1/ci/reports",
               [&](const net::HttpRequest& request, Deadline) -> Result<net::HttpResponse> {
                 EXPECT_EQ(*request.headers.Find("Authorization"), std::string("Bearer ") + kToken);
                 EXPECT_EQ(request.body, "body");
                 if (++tries == 1) return Fail(Errc::kUnavailable, "connection refused");
                 if (tries == 2) return net::HttpResponse{.status = 503};
                 return net::HttpResponse{.status = 200};
               });
  const auto server =
      HullmarkServer::Open(transport, "http://127.0.0.1", DeadlineIn(std::chrono::seconds(5)), {});
  EXPECT_TRUE(server->SendReport(Secret(std::string_view(kToken)), "body"));
  EXPECT_EQ(tries, 3);
}

TEST(HullmarkServer, PassesOnARefusalAndDoesNotInsist) {
  TestTransport transport;
  transport.On("POST *", 403,
               R"({"type":"urn:hullmark:error:permission_denied","title":"no","status":403,)"
               R"("detail":"owner evil may not report;\nadd it to trust.issuers"})");
  const auto server =
      HullmarkServer::Open(transport, "http://127.0.0.1", DeadlineIn(std::chrono::seconds(5)), {});
  const auto sent = server->SendReport(Secret(std::string_view(kToken)), "body");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), Errc::kPermissionDenied);
  EXPECT_EQ(sent.error().message(),
            "http://127.0.0.1: the server answered 403: owner evil may not report; add it to "
            "trust.issuers");
  EXPECT_EQ(transport.Requests("*").size(), 1u);
}

TEST(HullmarkServer, GivesUpAtTheDeadline) {
  TestTransport transport;
  transport.On("POST *", 503, "");
  const auto begin = std::chrono::steady_clock::now();
  const auto server = HullmarkServer::Open(transport, "http://127.0.0.1",
                                           DeadlineIn(std::chrono::milliseconds(700)), {});
  const auto sent = server->SendReport(Secret(std::string_view(kToken)), "body");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), Errc::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1000));
  EXPECT_GT(transport.Requests("*").size(), 1u);
}

}  // namespace
}  // namespace hullmark::collector
