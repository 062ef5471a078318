// SPDX-License-Identifier: Apache-2.0
//
// Authentication and redirects, as a registry's client meets them.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/crypto/hash.h"
#include "base/text.h"
#include "sources/oci/fake_registry.h"
#include "sources/oci/registry_client.h"

namespace hullmark::oci {
namespace {

using net::HttpRequest;
using net::HttpResponse;

HttpResponse Answer(int status, std::string body = "") {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse Challenge(std::string_view field) {
  HttpResponse response = Answer(401);
  response.headers.Add("WWW-Authenticate", std::string(field));
  return response;
}

std::string Sent(const HttpRequest& request) {
  const std::string* field = request.headers.Find("Authorization");
  return field == nullptr ? "" : *field;
}

constexpr std::string_view kBasic = "Basic bWU6czNjcmV0";  // me:s3cret

// A registry that wants a token for each repository, and the service that gives them.
class Auth : public testing::Test {
 protected:
  Auth() {
    options_.base_url = std::string(FakeRegistry::kUrl);
    options_.first_pause = std::chrono::milliseconds(1);
    options_.credentials.username = "me";
    options_.credentials.password = "s3cret";
    registry_.PushImage("shop", "1.0", "a");
    registry_.PushImage("bank", "1.0", "b");
    registry_.set_intercept([this](const HttpRequest& request) { return Judge(request); });
  }

  std::optional<Result<HttpResponse>> Judge(const HttpRequest& request) {
    const auto url = net::Url::Parse(request.url);
    if (url->host == "auth.registry.example") {
      ++token_requests_;
      token_request_ = request;
      if (!token_answer_.empty()) return Answer(token_status_, token_answer_);
      return Answer(200, Cat({R"({"token":"t)", std::to_string(token_requests_),
                              R"(","expires_in":)", std::to_string(lifetime_), "}"}));
    }
    if (url->host != "registry.example") return std::nullopt;
    const std::string sent = Sent(request);
    if (!sent.empty()) seen_.insert(sent);
    if (sent == Cat({"Bearer t", std::to_string(token_requests_)}) && accept_) return std::nullopt;
    const std::size_t end = url->path.find('/', 4);
    const std::string scope = url->path == "/v2/" || url->path == "/v2/_catalog"
                                  ? "registry:catalog:*"
                                  : Cat({"repository:", url->path.substr(4, end - 4), ":pull"});
    return Challenge(
        Cat({"Bearer realm=\"", realm_, "\",service=\"the registry\",scope=\"", scope, "\""}));
  }

  RegistryClient Make() { return RegistryClient(registry_, options_); }

  FakeRegistry registry_;
  RegistryOptions options_;
  std::string realm_ = "https://auth.registry.example/token";
  std::atomic<int> token_requests_{0};
  std::string token_answer_;
  int token_status_ = 200;
  int lifetime_ = 300;
  bool accept_ = true;
  HttpRequest token_request_;
  std::set<std::string> seen_;
};

TEST_F(Auth, GetsATokenForEachRepositoryOnce) {
  RegistryClient client = Make();
  EXPECT_TRUE(client.Tags("shop"));
  EXPECT_EQ(
      token_request_.url,
      "https://auth.registry.example/token?service=the%20registry&scope=repository%3Ashop%3Apull");
  EXPECT_EQ(Sent(token_request_), kBasic);
  EXPECT_TRUE(client.Head("shop", "1.0"));
  EXPECT_TRUE(client.GetDocument("shop", "1.0"));
  EXPECT_EQ(token_requests_, 1);
  EXPECT_TRUE(client.Tags("bank"));
  EXPECT_EQ(token_requests_, 2);
}

TEST_F(Auth, NeedsNoCredentialsForPublicOnes) {
  options_.credentials = {};
  EXPECT_TRUE(Make().Tags("shop"));
  EXPECT_EQ(Sent(token_request_), "");
}

TEST_F(Auth, UsesAnIdentityToken) {
  options_.credentials = {.username = "<token>", .password = "", .identity_token = "re fresh"};
  EXPECT_TRUE(Make().Tags("shop"));
  EXPECT_EQ(token_request_.method, "POST");
  EXPECT_EQ(token_request_.body,
            "grant_type=refresh_token&service=the%20registry&client_id=hullmark&"
            "scope=repository%3Ashop%3Apull&refresh_token=re%20fresh");
  EXPECT_EQ(Sent(token_request_), "");
}

TEST_F(Auth, RenewsATokenBeforeItRunsOut) {
  lifetime_ = 0;
  RegistryClient client = Make();
  EXPECT_TRUE(client.Tags("shop"));
  registry_.TakeLog();
  EXPECT_TRUE(client.Tags("shop"));
  EXPECT_EQ(token_requests_, 2);
  EXPECT_EQ(registry_.TakeLog().size(), 2U);  // no second challenge was needed
}

TEST_F(Auth, AnswersATokenThatWasTakenBackMidway) {
  RegistryClient client = Make();
  EXPECT_TRUE(client.Tags("shop"));
  ++token_requests_;  // what the registry takes from now on is another one
  EXPECT_TRUE(client.Tags("shop"));
  EXPECT_EQ(token_requests_, 3);
}

TEST_F(Auth, TriesOnceAndNoMore) {
  accept_ = false;
  const auto tags = Make().Tags("shop");
  ASSERT_FALSE(tags);
  EXPECT_EQ(tags.error().code(), Errc::kUnauthenticated);
  EXPECT_TRUE(tags.error().message().contains("docker login")) << tags.error().message();
  EXPECT_FALSE(tags.error().message().contains("s3cret"));
  EXPECT_EQ(token_requests_, 1);
  EXPECT_EQ(FakeRegistry::Count(registry_.TakeLog(), "GET /v2/shop/tags/list"), 2U);
}

TEST_F(Auth, AsksOnceForManyAtATime) {
  RegistryClient client = Make();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { EXPECT_TRUE(client.Head("shop", "1.0")); });
    }
  }
  EXPECT_EQ(token_requests_, 1);
}

TEST_F(Auth, RefusesTokensThatAreNone) {
  struct {
    std::string_view name, answer;
    int status;
    Errc code;
  } const cases[] = {
      {"html", "<html>", 200, Errc::kInputRefused},
      {"no_token", "{}", 200, Errc::kInputRefused},
      {"another_header", R"({"token":"a\r\nHost: evil"})", 200, Errc::kInputRefused},
      {"blank", R"({"token":"a b"})", 200, Errc::kInputRefused},
      {"refused", "{}", 401, Errc::kUnauthenticated},
      {"redirect", "{}", 302, Errc::kUnauthenticated},
      {"down", "{}", 503, Errc::kUnavailable},
  };
  for (const auto& c : cases) {
    token_answer_ = c.answer;
    token_status_ = c.status;
    const auto tags = Make().Tags("shop");
    ASSERT_FALSE(tags) << c.name;
    EXPECT_EQ(tags.error().code(), c.code) << c.name << ": " << tags.error().message();
  }
}

TEST_F(Auth, TakesAccessTokenForToken) {
  token_answer_ = R"({"access_token":"t1"})";
  EXPECT_TRUE(Make().Tags("shop"));
}

TEST_F(Auth, KeepsCredentialsFromAHostileRealm) {
  for (const std::string_view realm :
       {"https://evil.example/token", "https://evilregistry.example/token",
        "http://auth.registry.example/token", "https://example/token",
        "https://registry.example@evil.example/token", "https://127.0.0.1/token",
        "http://localhost:1/token", "//evil.example/token", "", "ftp://registry.example/"}) {
    realm_ = realm;
    registry_.TakeLog();
    const auto tags = Make().Tags("shop");
    ASSERT_FALSE(tags) << realm;
    EXPECT_EQ(registry_.TakeLog().size(), 1U) << realm;  // nothing went there
  }
  EXPECT_TRUE(seen_.empty());
}

TEST_F(Auth, SendsThemWhereTheOperatorAllows) {
  realm_ = "https://login.corp.example/token";
  std::string sent;
  registry_.set_intercept([&](const HttpRequest& request) -> std::optional<Result<HttpResponse>> {
    if (!request.url.starts_with(realm_)) return Judge(request);
    sent = Sent(request);
    token_requests_ = 1;
    return Answer(200, R"({"token":"t1"})");
  });
  EXPECT_FALSE(Make().Tags("shop"));
  EXPECT_EQ(sent, "");
  options_.token_hosts = {"login.corp.example"};
  EXPECT_TRUE(Make().Tags("shop"));
  EXPECT_EQ(sent, kBasic);
}

class BasicAuth : public Auth {
 protected:
  BasicAuth() {
    registry_.set_intercept(
        [this](const HttpRequest& request) -> std::optional<Result<HttpResponse>> {
          ++requests_;
          if (Sent(request) == kBasic) return std::nullopt;
          if (!Sent(request).empty()) ++wrong_;
          return Challenge(field_);
        });
  }
  std::string field_ = "Basic realm=\"the registry\"";
  int requests_ = 0;
  int wrong_ = 0;
};

TEST_F(BasicAuth, IsSentFromThenOn) {
  RegistryClient client = Make();
  EXPECT_TRUE(client.Tags("shop"));
  EXPECT_EQ(requests_, 2);
  EXPECT_TRUE(client.Tags("bank"));
  EXPECT_EQ(requests_, 3);
}

TEST_F(BasicAuth, IsNotTriedWithoutALogin) {
  options_.credentials = {};
  const auto tags = Make().Tags("shop");
  EXPECT_EQ(tags.error().code(), Errc::kUnauthenticated);
  EXPECT_TRUE(tags.error().message().contains("docker login registry.example"))
      << tags.error().message();
  EXPECT_EQ(requests_, 1);
}

TEST_F(BasicAuth, IsTriedOnceWithAWrongPassword) {
  options_.credentials.password = "wrong";
  RegistryClient client = Make();
  EXPECT_EQ(client.Tags("shop").error().code(), Errc::kUnauthenticated);
  EXPECT_EQ(wrong_, 1);
  EXPECT_EQ(client.Tags("shop").error().code(), Errc::kUnauthenticated);
  EXPECT_EQ(wrong_, 2);
}

TEST_F(BasicAuth, UnknownSchemesAreTold) {
  field_ = "Negotiate";
  EXPECT_EQ(Make().Tags("shop").error().code(), Errc::kUnauthenticated);
  EXPECT_EQ(requests_, 1);
}

// Redirects.

class Redirect : public testing::Test {
 protected:
  Redirect() {
    options_.base_url = std::string(FakeRegistry::kUrl);
    options_.credentials.username = "me";
    options_.credentials.password = "s3cret";
    registry_.set_intercept(
        [this](const HttpRequest& request) -> std::optional<Result<HttpResponse>> {
          const auto url = net::Url::Parse(request.url);
          log_.push_back(Cat({url->host, " ", Sent(request)}));
          if (url->host == "blobs.example") {
            if (challenge_elsewhere_) return Challenge("Basic realm=\"give it to me\"");
            return Answer(200, "{}");
          }
          if (Sent(request).empty()) return Challenge("Basic realm=\"r\"");
          HttpResponse response = Answer(307);
          response.headers.Add("Location", location_);
          return response;
        });
  }
  Result<std::string> Get() {
    return RegistryClient(registry_, options_).GetBlob("shop", crypto::Sha256Of("{}"), 100);
  }
  FakeRegistry registry_;
  RegistryOptions options_;
  std::string location_ = "https://blobs.example/x?sig=1";
  bool challenge_elsewhere_ = false;
  std::vector<std::string> log_;
};

TEST_F(Redirect, CredentialsDoNotFollowToAnotherHost) {
  EXPECT_EQ(*Get(), "{}");
  EXPECT_EQ(log_, (std::vector<std::string>{"registry.example ", Cat({"registry.example ", kBasic}),
                                            "blobs.example "}));
}

TEST_F(Redirect, AnotherHostIsNotAnswered) {
  challenge_elsewhere_ = true;
  EXPECT_EQ(Get().error().code(), Errc::kUnauthenticated);
  EXPECT_EQ(log_.back(), "blobs.example ");
  EXPECT_EQ(log_.size(), 3U);
}

TEST_F(Redirect, IsRefusedWhereItMustNotLead) {
  for (const std::string_view location :
       {"http://blobs.example/x", "https://127.0.0.1/x", "https://localhost:8080/x",
        "https://me@blobs.example/x"}) {
    location_ = location;
    log_.clear();
    EXPECT_FALSE(Get()) << location;
    EXPECT_EQ(log_.back(), Cat({"registry.example ", kBasic})) << location;
  }
}

TEST_F(Redirect, DoesNotGoOnForEver) {
  location_ = "/v2/again";
  EXPECT_FALSE(Get());
  EXPECT_LE(log_.size(), 8U);
}

}  // namespace
}  // namespace hullmark::oci
