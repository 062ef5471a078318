// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/proxy.h"

#include <gtest/gtest.h>

#include <map>

namespace hullmark::net {
namespace {

struct ListCase {
  std::string_view name, no_proxy, url;
  bool listed;
};
constexpr ListCase kListCases[] = {
    {"empty", "", "http://a.example/", false},
    {"star", "*", "http://a.example/", true},
    {"same", "a.example", "http://a.example/", true},
    {"case", "A.Example", "http://a.EXAMPLE/", true},
    {"below", "example", "http://a.example/", true},
    {"below_dot", ".example", "http://a.example/", true},
    {"below_star", "*.example", "http://a.example/", true},
    {"suffix_of_a_label", "ample", "http://a.example/", false},
    {"other", "b.example", "http://a.example/", false},
    {"second", "x, a.example", "http://a.example/", true},
    {"blanks", "x  a.example\ty", "http://a.example/", true},
    {"port", "a.example:5000", "http://a.example:5000/", true},
    {"other_port", "a.example:5000", "http://a.example/", false},
    {"default_port", "a.example:443", "https://a.example/", true},
    {"address", "10.0.0.1", "http://10.0.0.1/", true},
    {"address_port", "10.0.0.1:80", "http://10.0.0.1/", true},
    {"address_is_no_name", "0.0.1", "http://10.0.0.1/", false},
    {"block", "10.0.0.0/8", "http://10.200.0.1/", true},
    {"block_outside", "10.0.0.0/9", "http://10.200.0.1/", false},
    {"block_all", "0.0.0.0/0", "http://10.200.0.1/", true},
    {"block_too_wide", "10.0.0.0/33", "http://10.0.0.0/", false},
    {"block_v6", "fd00::/8", "http://[fd12::1]/", true},
    {"block_other_family", "fd00::/8", "http://10.0.0.1/", false},
    {"v6", "fd12::1", "http://[fd12:0::1]/", true},
    {"v6_brackets", "[fd12::1]", "http://[fd12::1]/", true},
    {"v6_port", "[fd12::1]:81", "http://[fd12::1]/", false},
    {"nonsense", "[,/,:,.,*.", "http://a.example/", false},
};
class NoProxy : public testing::TestWithParam<ListCase> {};
TEST_P(NoProxy, ListsHosts) {
  EXPECT_EQ(IsListed(GetParam().no_proxy, Url::Parse(GetParam().url).value()), GetParam().listed);
}
INSTANTIATE_TEST_SUITE_P(Cases, NoProxy, testing::ValuesIn(kListCases),
                         [](const auto& c) { return std::string(c.param.name); });

// The proxy's URL and authorization, "direct" or the error's code.
std::string Via(std::string_view url, const std::map<std::string, std::string>& variables) {
  const auto environment = [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
  const auto proxy = ProxyFor(Url::Parse(url).value(), environment);
  if (!proxy) return std::string(InfoOf(proxy.error().code()).name);
  if (!proxy->has_value()) return "direct";
  return (*proxy)->url.ToString() + " " + (*proxy)->authorization;
}

TEST(ProxyTest, IsTheSchemesOwnThenTheOneForAll) {
  EXPECT_EQ(Via("http://a/", {}), "direct");
  EXPECT_EQ(Via("http://a/", {{"http_proxy", "http://p:3128"}}), "http://p:3128/ ");
  EXPECT_EQ(Via("https://a/", {{"http_proxy", "http://p:3128"}}), "direct");
  EXPECT_EQ(Via("https://a/", {{"HTTPS_PROXY", "p:3128"}}), "http://p:3128/ ");
  EXPECT_EQ(Via("https://a/", {{"https_proxy", "https://p"}, {"HTTPS_PROXY", "x"}}), "https://p/ ");
  EXPECT_EQ(Via("https://a/", {{"all_proxy", "http://p:1"}}), "http://p:1/ ");
  EXPECT_EQ(Via("http://a/", {{"HTTP_PROXY", "http://p:1"}}), "http://p:1/ ");
}

TEST(ProxyTest, VariableOfACgiProgramIsNotBelieved) {
  EXPECT_EQ(Via("http://a/", {{"HTTP_PROXY", "http://p"}, {"REQUEST_METHOD", "GET"}}), "direct");
}

TEST(ProxyTest, LoopbackAndListedHostsAreDirect) {
  const std::map<std::string, std::string> set = {{"http_proxy", "http://p"}, {"NO_PROXY", "b"}};
  EXPECT_EQ(Via("http://localhost:5000/", set), "direct");
  EXPECT_EQ(Via("http://127.0.0.1/", set), "direct");
  EXPECT_EQ(Via("http://b/", set), "direct");
  EXPECT_EQ(Via("http://c/", set), "http://p/ ");
}

TEST(ProxyTest, UserAndPasswordAreDecoded) {
  EXPECT_EQ(Via("http://a/", {{"http_proxy", "http://user:p%40ss@p:8080/"}}),
            "http://p:8080/ Basic dXNlcjpwQHNz");
  EXPECT_EQ(Via("http://a/", {{"http_proxy", "http://u:a@b@p"}}), "http://p/ Basic dTphQGI=");
}

TEST(ProxyTest, WhatCannotBeUsedIsToldWithoutThePassword) {
  EXPECT_EQ(Via("http://a/", {{"http_proxy", "socks5://p:1080"}}), "unsupported");
  EXPECT_EQ(Via("http://a/", {{"http_proxy", "http://p:x"}}), "invalid_argument");
  const auto proxy = ProxyFor(Url::Parse("http://a/").value(), [](const char* name) {
    return std::string(name) == "http_proxy" ? std::string("http://u:secret@p:x") : "";
  });
  ASSERT_FALSE(proxy.has_value());
  EXPECT_EQ(proxy.error().message().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace hullmark::net
