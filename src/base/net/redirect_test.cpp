// SPDX-License-Identifier: Apache-2.0
#include "base/net/redirect.h"

#include <gtest/gtest.h>

namespace hullmark::net {
namespace {

struct RedirectCase {
  std::string_view name;
  int status;
  std::string_view method, from, location;
  std::string_view to;  // empty: not followed; "!": refused
  std::string_view method_after = "GET";
  bool credentials_kept = false, body_kept = false;
};
constexpr RedirectCase kCases[] = {
    {"same_host", 302, "GET", "https://a/x", "/y", "https://a/y", "GET", true},
    {"same_port_spelled_out", 307, "GET", "https://a/x", "https://a:443/y", "https://a/y", "GET",
     true},
    {"other_host", 307, "GET", "https://a/x", "https://b/y", "https://b/y"},
    {"other_port", 302, "GET", "https://a/x", "https://a:444/y", "https://a:444/y"},
    {"subdomain", 302, "GET", "https://a/x", "https://s.a/y", "https://s.a/y"},
    {"up_to_https", 301, "GET", "http://a/x", "https://a/x", "https://a/x"},
    {"down_to_http", 301, "GET", "https://a/x", "http://a/x", "!"},
    {"post_becomes_get", 303, "POST", "https://a/x", "/y", "https://a/y", "GET", true},
    {"post_302", 302, "POST", "https://a/x", "https://b/y", "https://b/y"},
    {"post_stays_post", 307, "POST", "https://a/x", "/y", "https://a/y", "POST", true, true},
    {"post_elsewhere", 308, "POST", "https://a/x", "https://b/y", "!"},
    {"head", 302, "HEAD", "https://a/x", "https://b/y", "https://b/y", "HEAD"},
    {"not_modified", 304, "GET", "https://a/x", "/y", ""},
    {"choices", 300, "GET", "https://a/x", "/y", ""},
    {"ok", 200, "GET", "https://a/x", "/y", ""},
    {"no_location", 302, "GET", "https://a/x", "-", ""},
    {"bad_location", 302, "GET", "https://a/x", "file:///etc/passwd", "!"},
    {"user_in_location", 302, "GET", "https://a/x", "https://u:p@b/", "!"},
};
class Redirect : public testing::TestWithParam<RedirectCase> {};
TEST_P(Redirect, IsFollowedOrRefused) {
  const RedirectCase& c = GetParam();
  HttpRequest request{
      .method = std::string(c.method), .url = std::string(c.from), .max_redirects = 3};
  request.headers.Add("Authorization", "Bearer t");
  request.headers.Add("Cookie", "c");
  request.headers.Add("X-Registry-Token", "t");
  request.headers.Add("Accept", "text/plain");
  if (c.method == "POST") {
    request.body = "secret=1";
    request.headers.Add("Content-Type", "text/plain");
  }
  HttpResponse response{.status = c.status};
  if (c.location != "-") response.headers.Add("Location", std::string(c.location));
  const auto next = FollowRedirect(request, response);
  ASSERT_EQ(next.has_value(), c.to != "!");
  if (!next) {
    EXPECT_EQ(next.error().code(), Errc::kUnavailable);
    return;
  }
  ASSERT_EQ(next->has_value(), !c.to.empty());
  if (!next->has_value()) return;
  const HttpRequest& after = **next;
  EXPECT_EQ(after.url, c.to);
  EXPECT_EQ(after.method, c.method_after);
  EXPECT_EQ(after.max_redirects, 2);
  EXPECT_NE(after.headers.Find("Accept"), nullptr);
  for (const char* name : {"Authorization", "Cookie", "X-Registry-Token"}) {
    EXPECT_EQ(after.headers.Find(name) != nullptr, c.credentials_kept) << name;
  }
  EXPECT_EQ(!after.body.empty(), c.body_kept);
  EXPECT_EQ(after.headers.Find("Content-Type") != nullptr, c.body_kept);
}
INSTANTIATE_TEST_SUITE_P(Cases, Redirect, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(RedirectLimits, NoneAreLeft) {
  HttpResponse response{.status = 302};
  response.headers.Add("Location", "/y");
  const auto next = FollowRedirect({.url = "http://a/", .max_redirects = 0}, response);
  ASSERT_TRUE(next.has_value());
  EXPECT_FALSE(next->has_value());
}

TEST(RedirectLimits, SocketNeverRedirects) {
  HttpResponse response{.status = 302};
  response.headers.Add("Location", "http://b/");
  HttpRequest request{
      .url = "http://docker/x", .unix_socket = "/run/docker.sock", .max_redirects = 5};
  const auto next = FollowRedirect(request, response);
  ASSERT_TRUE(next.has_value());
  EXPECT_FALSE(next->has_value());
}

}  // namespace
}  // namespace hullmark::net
