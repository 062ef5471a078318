// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/registry_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "base/crypto/hash.h"
#include "base/text.h"
#include "sources/oci/fake_registry.h"

namespace hullmark::oci {
namespace {

using net::HttpRequest;
using net::HttpResponse;

RegistryOptions Quick() {
  RegistryOptions options;
  options.base_url = std::string(FakeRegistry::kUrl);
  options.first_pause = std::chrono::milliseconds(1);
  return options;
}

HttpResponse Answer(int status, std::string body = "", net::Headers headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

net::Headers Fields(std::string name, std::string value) {
  net::Headers headers;
  headers.Add(std::move(name), std::move(value));
  return headers;
}

class Client : public testing::Test {
 protected:
  RegistryClient Make() { return RegistryClient(registry_, options_); }
  // Every request whose path has `part` in it is answered so.
  void AnswerWith(std::string part, HttpResponse response) {
    registry_.set_intercept(
        [part, response](const HttpRequest& request) -> std::optional<Result<HttpResponse>> {
          if (!request.url.contains(part)) return std::nullopt;
          return response;
        });
  }
  FakeRegistry registry_;
  RegistryOptions options_ = Quick();
};

TEST_F(Client, ReadsWhatIsThere) {
  const Digest image = registry_.PushImage("acme/shop", "1.0", "a");
  RegistryClient client = Make();
  EXPECT_TRUE(client.Ping());
  EXPECT_EQ(*client.Catalog(), std::vector<std::string>{"acme/shop"});
  EXPECT_EQ(*client.Tags("acme/shop"), std::vector<std::string>{"1.0"});
  EXPECT_EQ(**client.Head("acme/shop", "1.0"), image);
  const auto by_tag = client.GetDocument("acme/shop", "1.0");
  ASSERT_TRUE(by_tag) << by_tag.error().message();
  EXPECT_EQ(by_tag->digest, image);
  const auto& manifest = std::get<Manifest>(by_tag->document);
  const auto blob = client.GetBlob("acme/shop", manifest.config.digest, 1 << 20);
  ASSERT_TRUE(blob) << blob.error().message();
  EXPECT_EQ(ParseConfig(*blob)->platform, "linux/amd64");
}

struct WrongAnswer {
  std::string_view name;
  FakeRegistry::Bend bend;
  Errc by_tag;
  Errc by_digest;
};
const WrongAnswer kWrongAnswers[] = {
    {"other_bytes", [](const auto&, HttpResponse& r) { r.body += " "; }, Errc::kDataLoss,
     Errc::kDataLoss},
    {"other_bytes_that_say_nothing",
     [](const auto&, HttpResponse& r) {
       r.body = R"({"schemaVersion":2,"manifests":[]})";
       r.headers = Fields("Content-Type", "application/vnd.oci.image.index.v1+json");
     },
     Errc::kInternal /* nothing to hold it against */, Errc::kDataLoss},
    {"lying_content_type",
     [](const auto&, HttpResponse& r) {
       r.headers.Set("Content-Type", "application/vnd.docker.distribution.manifest.v2+json");
     },
     Errc::kInputRefused, Errc::kInputRefused},
    {"html", [](const auto&, HttpResponse& r) { r.headers.Set("Content-Type", "text/html"); },
     Errc::kInputRefused, Errc::kInputRefused},
    {"digest_that_is_none",
     [](const auto&, HttpResponse& r) { r.headers.Set("Docker-Content-Digest", "sha256:00"); },
     Errc::kDataLoss, Errc::kDataLoss},
    {"half_a_body", [](const auto&, HttpResponse& r) { r.body.resize(r.body.size() / 2); },
     Errc::kDataLoss, Errc::kDataLoss},
};
class WrongManifest : public testing::TestWithParam<WrongAnswer> {};
TEST_P(WrongManifest, IsRefused) {
  FakeRegistry registry;
  const Digest image = registry.PushImage("shop", "1.0", "a");
  registry.set_bend(GetParam().bend);
  RegistryClient client(registry, Quick());
  const auto by_tag = client.GetDocument("shop", "1.0");
  if (GetParam().by_tag == Errc::kInternal) {
    EXPECT_NE(by_tag->digest, image);
  } else {
    ASSERT_FALSE(by_tag);
    EXPECT_EQ(by_tag.error().code(), GetParam().by_tag) << by_tag.error().message();
  }
  const auto by_digest = client.GetDocument("shop", image.ToString());
  ASSERT_FALSE(by_digest);
  EXPECT_EQ(by_digest.error().code(), GetParam().by_digest) << by_digest.error().message();
  EXPECT_TRUE(by_digest.error().message().starts_with("registry registry.example: GET /v2/shop/"));
}
INSTANTIATE_TEST_SUITE_P(Cases, WrongManifest, testing::ValuesIn(kWrongAnswers),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(Client, DoesWithoutTheDigestHeader) {
  const Digest image = registry_.PushImage("shop", "1.0", "a");
  registry_.set_bend([](const auto&, HttpResponse& r) {
    r.headers = Fields("Content-Type", *r.headers.Find("Content-Type"));
  });
  RegistryClient client = Make();
  EXPECT_EQ(*client.Head("shop", "1.0"), std::nullopt);
  EXPECT_EQ(client.GetDocument("shop", "1.0")->digest, image);
}

TEST_F(Client, ChecksBlobs) {
  const Digest blob = registry_.PutBlob("shop", "{}");
  registry_.set_bend([](const auto&, HttpResponse& r) { r.body = "{ }"; });
  EXPECT_EQ(Make().GetBlob("shop", blob, 100).error().code(), Errc::kDataLoss);
  registry_.set_bend([](const auto&, HttpResponse& r) { r.body = std::string(101, ' '); });
  EXPECT_EQ(Make().GetBlob("shop", blob, 100).error().code(), Errc::kResourceExhausted);
}

TEST_F(Client, SendsNoNameThatIsNone) {
  RegistryClient client = Make();
  for (const std::string_view name :
       {"", "Shop", "a//b", "/a", "a/", "../a", "a..b", "a?b", "a___b", "-a"}) {
    EXPECT_EQ(client.Tags(name).error().code(), Errc::kInvalidArgument) << name;
    EXPECT_EQ(client.Head(name, "1").error().code(), Errc::kInvalidArgument) << name;
  }
  for (const std::string_view reference : {"", "a/b", "-a", ".a", "sha256:00", "a b"}) {
    EXPECT_EQ(client.Head("shop", reference).error().code(), Errc::kInvalidArgument) << reference;
  }
  EXPECT_TRUE(registry_.TakeLog().empty());
  for (const std::string_view name : {"a", "a/b/c", "a.b", "a_b", "a__b", "a---b", "0/1"}) {
    EXPECT_TRUE(IsRepositoryName(name)) << name;
  }
}

struct StatusCase {
  int status;
  Errc code;
};
class StatusOf : public testing::TestWithParam<StatusCase> {};
TEST_P(StatusOf, HasItsMeaning) {
  FakeRegistry registry;
  registry.set_intercept([](const HttpRequest&) -> std::optional<Result<HttpResponse>> {
    return Answer(GetParam().status, R"({"errors":[{"code":"CODE","message":"because"}]})");
  });
  const auto tags = RegistryClient(registry, Quick()).Tags("shop");
  ASSERT_FALSE(tags);
  EXPECT_EQ(tags.error().code(), GetParam().code) << tags.error().message();
  if (GetParam().status >= 403 && GetParam().status < 405) {
    EXPECT_TRUE(tags.error().message().contains("CODE: because")) << tags.error().message();
  }
}
INSTANTIATE_TEST_SUITE_P(
    Cases, StatusOf,
    testing::Values(StatusCase{400, Errc::kInvalidArgument},
                    StatusCase{401, Errc::kUnauthenticated},
                    StatusCase{403, Errc::kPermissionDenied}, StatusCase{404, Errc::kNotFound},
                    StatusCase{405, Errc::kUnsupported}, StatusCase{429, Errc::kUnavailable},
                    StatusCase{500, Errc::kUnavailable}, StatusCase{501, Errc::kUnsupported},
                    StatusCase{503, Errc::kUnavailable}),
    [](const auto& each) { return std::to_string(each.param.status); });

TEST_F(Client, TriesAgain) {
  registry_.PushImage("shop", "1.0", "a");
  for (const Result<HttpResponse>& failure :
       {Result<HttpResponse>(Answer(503)),
        Result<HttpResponse>(Answer(429, "", Fields("Retry-After", "0"))),
        Result<HttpResponse>(Fail(Errc::kUnavailable, "connection refused")),
        Result<HttpResponse>(Fail(Errc::kDataLoss, "half a body"))}) {
    std::atomic<int> calls{0};
    registry_.set_intercept([&](const HttpRequest&) -> std::optional<Result<HttpResponse>> {
      if (calls++ < 2) return failure;
      return std::nullopt;
    });
    EXPECT_TRUE(Make().Tags("shop"));
    EXPECT_EQ(calls, 3);
    calls = -1000;
    EXPECT_EQ(Make().Tags("shop").error().code(),
              failure ? Errc::kUnavailable : failure.error().code());
    EXPECT_EQ(calls, -1000 + 4);  // three retries and no more
  }
}

TEST_F(Client, DoesNotWaitForHours) {
  AnswerWith("/tags/", Answer(429, "", Fields("Retry-After", "7200")));
  const auto begin = std::chrono::steady_clock::now();
  const auto tags = Make().Tags("shop");
  EXPECT_EQ(tags.error().code(), Errc::kUnavailable);
  EXPECT_TRUE(tags.error().message().contains("7200")) << tags.error().message();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(Client, StopsWhenAsked) {
  std::stop_source stop;
  options_.first_pause = std::chrono::hours(1);
  options_.retries = 1;
  registry_.set_intercept([&](const HttpRequest&) -> std::optional<Result<HttpResponse>> {
    stop.request_stop();
    return Answer(503);
  });
  EXPECT_FALSE(Make().Tags("shop", stop.get_token()));
}

TEST_F(Client, NeedsHttpsOutside) {
  options_.base_url = "http://registry.example";
  EXPECT_EQ(Make().Ping().error().code(), Errc::kInvalidArgument);
  EXPECT_TRUE(registry_.TakeLog().empty());
  options_.insecure = true;
  EXPECT_TRUE(Make().Ping());
  options_.insecure = false;
  options_.base_url = "http://127.0.0.1:5000";
  EXPECT_TRUE(Make().Ping());
}

// Lists.

TEST_F(Client, ReadsAllPages) {
  std::vector<std::string> tags;
  for (int i = 0; i < 25; ++i) {
    tags.push_back(Cat({i < 10 ? "t0" : "t", std::to_string(i)}));
    registry_.Tag("shop", tags.back(), crypto::Sha256Of("x"));
    registry_.Tag("r" + std::to_string(i), "1", crypto::Sha256Of("x"));
  }
  registry_.set_page_size(10);
  EXPECT_EQ(*Make().Tags("shop"), tags);
  EXPECT_EQ(Make().Catalog()->size(), 26U);
  EXPECT_EQ(FakeRegistry::Count(registry_.TakeLog(), "GET /v2/shop/tags/list"), 3U);
}

TEST_F(Client, ReadsPagesInEveryForm) {
  struct Page {
    std::string_view name, link, body;
  };
  const Page pages[] = {
      {"relative", "</v2/shop/tags/list?last=a&n=1>; rel=\"next\"", R"({"tags":["a"]})"},
      {"absolute", "<https://registry.example/v2/shop/tags/list?last=a>; rel=next",
       R"({"tags":["a"]})"},
      {"absolute_by_http", "<http://registry.example/v2/shop/tags/list?last=a>; rel=\"next\"",
       R"({"tags":["a"]})"},
      {"short_page", "</v2/shop/tags/list?last=a>; rel=\"next\"", R"({"tags":[]})"},
      {"null", "</v2/shop/tags/list?last=a>; rel=\"next\"", R"({"name":"shop","tags":null})"},
  };
  for (const Page& page : pages) {
    registry_.set_intercept([&](const HttpRequest& request) -> std::optional<Result<HttpResponse>> {
      EXPECT_TRUE(request.url.starts_with("https://registry.example/")) << request.url;
      if (request.url.contains("last=")) return Answer(200, R"({"tags":["b"]})");
      return Answer(200, std::string(page.body), Fields("Link", std::string(page.link)));
    });
    const auto tags = Make().Tags("shop");
    ASSERT_TRUE(tags) << page.name << ": " << tags.error().message();
    EXPECT_EQ(tags->back(), "b") << page.name;
  }
}

TEST_F(Client, RefusesListsThatAreNone) {
  struct {
    std::string_view name, body;
  } const lists[] = {
      {"html", "<html>login</html>"},      {"no_member", R"({"name":"shop"})"},
      {"not_a_list", R"({"tags":{}})"},    {"not_names", R"({"tags":[1]})"},
      {"bad_name", R"({"tags":["a/b"]})"}, {"terminal_escape", "{\"tags\":[\"a\\u001b[2J\"]}"},
  };
  for (const auto& list : lists) {
    AnswerWith("/tags/list", Answer(200, std::string(list.body)));
    const auto tags = Make().Tags("shop");
    ASSERT_FALSE(tags) << list.name;
    EXPECT_EQ(tags.error().code(), Errc::kInputRefused) << list.name;
  }
}

TEST_F(Client, RefusesPagesElsewhere) {
  AnswerWith("/tags/list", Answer(200, R"({"tags":["a"]})",
                                  Fields("Link", "<https://evil.example/v2/x?n=1>; rel=\"next\"")));
  const auto tags = Make().Tags("shop");
  ASSERT_FALSE(tags);
  EXPECT_TRUE(tags.error().message().contains("another host")) << tags.error().message();
}

TEST_F(Client, RefusesPagesWithoutEnd) {
  AnswerWith("/tags/list", Answer(200, R"({"tags":["a"]})",
                                  Fields("Link", "</v2/shop/tags/list?last=a>; rel=\"next\"")));
  EXPECT_TRUE(Make().Tags("shop").error().message().contains("circle"));

  int page = 0;
  options_.list_limits.max_pages = 7;
  registry_.set_intercept([&](const HttpRequest&) -> std::optional<Result<HttpResponse>> {
    return Answer(200, R"({"tags":[]})",
                  Fields("Link", Cat({"</v2/shop/tags/list?last=", std::to_string(++page),
                                      ">; rel=\"next\""})));
  });
  EXPECT_EQ(Make().Tags("shop").error().code(), Errc::kResourceExhausted);
  EXPECT_EQ(page, 7);
}

TEST_F(Client, HoldsTheLimitsOfLists) {
  AnswerWith("/tags/list", Answer(200, R"({"tags":["a","b","c"]})"));
  EXPECT_TRUE(Make().Tags("shop"));
  options_.list_limits.max_entries = 2;
  EXPECT_EQ(Make().Tags("shop").error().code(), Errc::kResourceExhausted);
}

TEST_F(Client, AsksForLessWhereThePageIsTooLarge) {
  registry_.PushImage("shop", "1.0", "a");
  registry_.set_intercept([](const HttpRequest& request) -> std::optional<Result<HttpResponse>> {
    if (request.url.contains("n=1000")) return Answer(400);
    return std::nullopt;
  });
  EXPECT_EQ(Make().Tags("shop")->size(), 1U);
}

TEST_F(Client, SaysThatACatalogIsClosed) {
  for (const int status : {401, 403, 404, 405}) {
    AnswerWith("/_catalog", Answer(status));
    const auto catalog = Make().Catalog();
    ASSERT_FALSE(catalog);
    EXPECT_EQ(catalog.error().code(), Errc::kUnsupported) << status;
    EXPECT_TRUE(catalog.error().message().contains("name the repositories"));
  }
  AnswerWith("/_catalog", Answer(503));
  EXPECT_EQ(Make().Catalog().error().code(), Errc::kUnavailable);
}

}  // namespace
}  // namespace hullmark::oci
