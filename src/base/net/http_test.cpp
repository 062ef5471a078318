// SPDX-License-Identifier: Apache-2.0
#include "base/net/http.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hullmark::net {
namespace {

TEST(HeadersTest, NamesCompareWithoutCaseAndOrderIsKept) {
  Headers headers;
  headers.Add("Link", "a");
  headers.Add("link", "b");
  headers.Add("X", "1");
  ASSERT_NE(headers.Find("LINK"), nullptr);
  EXPECT_EQ(*headers.Find("LINK"), "a");
  EXPECT_EQ(headers.All("Link"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(headers.Find("absent"), nullptr);
  headers.Set("LINK", "c");
  EXPECT_EQ(headers.All("link"), std::vector<std::string_view>{"c"});
  EXPECT_EQ(headers.size(), 2U);
}

TEST(HeadersTest, SafeFieldsCannotEndTheirLine) {
  EXPECT_TRUE(IsSafeField("X-A", "b c\t\xc3\xa4"));
  EXPECT_TRUE(IsSafeField("X-A", ""));
  for (const std::string_view name : {"", "a b", "a:b", "a\r\nb", "\xc3\xa4"}) {
    EXPECT_FALSE(IsSafeField(name, "v")) << name;
  }
  for (const std::string_view value : {"a\rb", "a\nb", "a\x7f", "\x1b[0m"}) {
    EXPECT_FALSE(IsSafeField("n", value)) << value;
  }
  EXPECT_FALSE(IsSafeField("n", std::string_view("a\0b", 3)));
}

struct UrlCase {
  std::string_view name, text, canonical;  // canonical is empty when it must be refused
  bool loopback = false;
};
constexpr UrlCase kUrlCases[] = {
    {"plain", "http://example.org", "http://example.org/"},
    {"upper_case", "HTTPS://Example.ORG/Path", "https://example.org/Path"},
    {"default_port", "https://example.org:443/a", "https://example.org/a"},
    {"empty_port", "https://example.org:/a", "https://example.org/a"},
    {"other_port", "http://example.org:8080/a?b=c&d", "http://example.org:8080/a?b=c&d"},
    {"query_without_path", "http://example.org?x=1", "http://example.org/?x=1"},
    {"fragment", "http://example.org/a?b#c", "http://example.org/a?b"},
    {"encoded", "http://example.org/a%2Fb?x=%20", "http://example.org/a%2Fb?x=%20"},
    {"dot_at_end", "http://example.org./", "http://example.org./"},
    {"underscore", "http://my_registry:5000/v2/", "http://my_registry:5000/v2/"},
    {"v6", "http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"},
    {"v6_loopback", "http://[::1]/", "http://[::1]/", true},
    {"v6_loopback_long", "http://[0:0:0:0:0:0:0:1]/", "http://[0:0:0:0:0:0:0:1]/", true},
    {"v6_any", "http://[::]/", "http://[::]/"},
    {"v6_mapped", "http://[::ffff:127.0.0.1]/", "http://[::ffff:127.0.0.1]/"},
    {"localhost", "http://localhost:4855/", "http://localhost:4855/", true},
    {"loopback", "http://127.0.0.1/", "http://127.0.0.1/", true},
    {"loopback_net", "http://127.255.3.4/", "http://127.255.3.4/", true},
    {"loopback_as_prefix", "http://127.0.0.1.evil.com/", "http://127.0.0.1.evil.com/"},
    {"localhost_as_prefix", "http://localhost.evil.com/", "http://localhost.evil.com/"},
    {"localhost_as_suffix", "http://evil-localhost/", "http://evil-localhost/"},
    {"localhost_with_dot", "http://localhost./", "http://localhost./"},
    {"private", "http://10.0.0.1/", "http://10.0.0.1/"},
    {"short_loopback", "http://127.1/", ""},
    {"hex_address", "http://0x7f.0.0.1/", ""},
    {"hex_address_last", "http://127.0.0.0x1/", ""},
    {"one_number", "http://2130706433/", ""},
    {"octet_too_large", "http://127.0.0.256/", ""},
    {"user", "http://user:pass@example.org/", ""},
    {"user_trick", "http://127.0.0.1@evil.com/", ""},
    {"backslash_trick", "http://evil.com\\@127.0.0.1/", ""},
    {"no_host", "http:///path", ""},
    {"no_scheme", "example.org/path", ""},
    {"other_scheme", "ftp://example.org/", ""},
    {"file", "file:///etc/passwd", ""},
    {"port_zero", "http://example.org:0/", ""},
    {"port_too_large", "http://example.org:65536/", ""},
    {"port_word", "http://example.org:http/", ""},
    {"port_sign", "http://example.org:+80/", ""},
    {"empty_label", "http://a..b/", ""},
    {"percent_in_host", "http://exa%6Dple.org/", ""},
    {"space", "http://example.org/a b", ""},
    {"newline", "http://example.org/a\nHost: evil", ""},
    {"cr_in_host", "http://example.org\r\n/", ""},
    {"bad_percent", "http://example.org/%zz", ""},
    {"percent_at_end", "http://example.org/%4", ""},
    {"not_ascii", "http://example.org/\xc3\xa4", ""},
    {"v6_unclosed", "http://[::1/", ""},
    {"v6_zone", "http://[fe80::1%25eth0]/", ""},
    {"v6_text_after", "http://[::1]evil/", ""},
    {"empty", "", ""},
};
class UrlParse : public testing::TestWithParam<UrlCase> {};
TEST_P(UrlParse, KeepsOrRefuses) {
  const Result<Url> url = Url::Parse(GetParam().text);
  if (GetParam().canonical.empty()) {
    EXPECT_FALSE(url.has_value()) << url->ToString();
    return;
  }
  ASSERT_TRUE(url.has_value()) << url.error().message();
  EXPECT_EQ(url->ToString(), GetParam().canonical);
  EXPECT_EQ(url->IsLoopback(), GetParam().loopback);
  const Result<Url> again = Url::Parse(url->ToString());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->ToString(), url->ToString());
}
INSTANTIATE_TEST_SUITE_P(Cases, UrlParse, testing::ValuesIn(kUrlCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(UrlErrors, ShowNoPassword) {
  for (const std::string_view text :
       {"https://u:s3cret@h", "https://u:s3cret@a/b@h", "u:s3cret@h"}) {
    const Result<Url> url = Url::Parse(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_FALSE(url.error().message().contains("s3cret")) << url.error().message();
    EXPECT_TRUE(url.error().message().contains("@h")) << url.error().message();
  }
}

TEST(UrlLimits, LengthOfUrlAndHost) {
  EXPECT_FALSE(Url::Parse("http://h/" + std::string(9000, 'a')).has_value());
  EXPECT_TRUE(Url::Parse("http://h/" + std::string(8000, 'a')).has_value());
  std::string long_name;
  for (int i = 0; i < 50; ++i) long_name += "label.";
  EXPECT_FALSE(Url::Parse("http://" + long_name + "org/").has_value());
}

struct ResolveCase {
  std::string_view name, reference, want;
};
// RFC 3986 §5.4, where it concerns http; the base is http://a/b/c/d?q.
constexpr ResolveCase kResolveCases[] = {
    {"absolute", "https://other:5000/x?y", "https://other:5000/x?y"},
    {"network_path", "//g", "http://g/"},
    {"absolute_path", "/g", "http://a/g"},
    {"absolute_path_query", "/v2/n/tags/list?last=x&n=2", "http://a/v2/n/tags/list?last=x&n=2"},
    {"relative", "g", "http://a/b/c/g"},
    {"relative_query", "g?y/x", "http://a/b/c/g?y/x"},
    {"query_only", "?y", "http://a/b/c/d?y"},
    {"empty", "", "http://a/b/c/d?q"},
    {"fragment", "#s", "http://a/b/c/d?q"},
    {"dot", "./g", "http://a/b/c/g"},
    {"dot_only", ".", "http://a/b/c/"},
    {"up", "../g", "http://a/b/g"},
    {"up_only", "..", "http://a/b/"},
    {"above_root", "../../../g", "http://a/g"},
    {"absolute_dots", "/./g/../h", "http://a/h"},
    {"colon_in_path", "/sha256:abc", "http://a/sha256:abc"},
    {"other_scheme", "ftp://x/", ""},
    {"script", "javascript:alert(1)", ""},
    {"user", "//user@g/", ""},
    {"newline", "/a\r\nX: y", ""},
};
class UrlResolve : public testing::TestWithParam<ResolveCase> {};
TEST_P(UrlResolve, FollowsRfc3986) {
  const Url base = Url::Parse("http://a/b/c/d?q").value();
  const Result<Url> url = ResolveUrl(base, GetParam().reference);
  ASSERT_EQ(url.has_value(), !GetParam().want.empty());
  if (url) {
    EXPECT_EQ(url->ToString(), GetParam().want);
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, UrlResolve, testing::ValuesIn(kResolveCases),
                         [](const auto& c) { return std::string(c.param.name); });

// scheme{name=value,…} of each challenge, for comparison.
std::string Shown(const std::vector<Challenge>& challenges) {
  std::string out;
  for (const Challenge& challenge : challenges) {
    out += challenge.scheme + "{";
    for (const auto& [name, value] : challenge.parameters) out += name + "=" + value + ";";
    out += "}";
  }
  return out;
}

struct ChallengeCase {
  std::string_view name, field, want;
};
constexpr ChallengeCase kChallengeCases[] = {
    {"basic", R"(Basic realm="Registry")", "basic{realm=Registry;}"},
    {"bearer",
     R"(Bearer realm="https://auth.x/token",service="reg",scope="repository:ns/img:pull,push")",
     "bearer{realm=https://auth.x/token;service=reg;scope=repository:ns/img:pull,push;}"},
    {"two", R"(Basic realm="a", Bearer realm="b", service=c)",
     "basic{realm=a;}bearer{realm=b;service=c;}"},
    {"bare_scheme", "Negotiate", "negotiate{}"},
    {"bare_schemes", "Negotiate, Basic realm=x", "negotiate{}basic{realm=x;}"},
    {"token68", "Negotiate YWJj==, Basic realm=x", "negotiate{}basic{realm=x;}"},
    {"escape", R"(Basic realm="a\"b\\c")", "basic{realm=a\"b\\c;}"},
    {"blanks", "  Basic   Realm = \"a\" ,  charset=UTF-8 ", "basic{realm=a;charset=UTF-8;}"},
    {"commas", ",,Basic realm=a,,", "basic{realm=a;}"},
    {"unclosed", R"(Basic realm="a)", "basic{}"},
    {"no_scheme", R"(="x", Basic realm=a)", "basic{realm=a;}"},
    {"empty", "", ""},
    {"only_blanks", " , ,", ""},
};
class ChallengeParse : public testing::TestWithParam<ChallengeCase> {};
TEST_P(ChallengeParse, ReadsListsWithQuotes) {
  EXPECT_EQ(Shown(ParseChallenges(GetParam().field)), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(Cases, ChallengeParse, testing::ValuesIn(kChallengeCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(ChallengeLimits, CountsAreBounded) {
  std::string field;
  for (int i = 0; i < 1000; ++i) field += "Basic realm=a, ";
  EXPECT_LE(ParseChallenges(field).size(), 16U);
  std::string parameters = "Bearer a=b";
  for (int i = 0; i < 1000; ++i) parameters += ",x=y";
  ASSERT_EQ(ParseChallenges(parameters).size(), 1U);
  EXPECT_LE(ParseChallenges(parameters)[0].parameters.size(), 32U);
}

struct LinkCase {
  std::string_view name, field, want;
};
constexpr LinkCase kLinkCases[] = {
    {"relative", R"(</v2/n/tags/list?last=x&n=2>; rel="next")", "/v2/n/tags/list?last=x&n=2"},
    {"absolute", R"(<https://r.example/v2/_catalog?n=1>; rel=next)",
     "https://r.example/v2/_catalog?n=1"},
    {"second", R"(<a>; rel="prev", <b>; rel="next")", "b"},
    {"several_relations", R"(<b>; rel="last next")", "b"},
    {"other_parameters", R"(<b>; title="x, y; rel=prev"; REL=Next)", "b"},
    {"first_rel_counts", R"(<b>; rel=prev; rel=next)", ""},
    {"comma_in_target", R"(<a,b>; rel=next)", "a,b"},
    {"absent", R"(<b>; rel="prev")", ""},
    {"no_rel", "<b>", ""},
    {"unclosed", "<b; rel=next", ""},
    {"not_a_link", R"(b; rel="next", <c>; rel="next")", "c"},
    {"empty", "", ""},
};
class LinkFind : public testing::TestWithParam<LinkCase> {};
TEST_P(LinkFind, ByRelation) {
  EXPECT_EQ(FindLink(GetParam().field, "next").value_or(""), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(Cases, LinkFind, testing::ValuesIn(kLinkCases),
                         [](const auto& c) { return std::string(c.param.name); });

RC_GTEST_PROP(HttpFields, AnyBytesEndAndStayInBounds, (const std::string& text)) {
  (void)ParseChallenges(text);
  (void)FindLink(text, "next");
  const Result<Url> url = Url::Parse("http://h/" + text);
  if (url) RC_ASSERT(Url::Parse(url->ToString())->ToString() == url->ToString());
}

}  // namespace
}  // namespace hullmark::net
