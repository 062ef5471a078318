// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <ostream>

namespace hullmark {
namespace {

struct TextCase {
  std::string name;
  std::string in;
  std::string want;
};
std::ostream& operator<<(std::ostream& out, const TextCase& c) { return out << c.name; }
constexpr auto kNameOf = [](const auto& row) { return row.param.name; };

class QuoteText : public testing::TestWithParam<TextCase> {};
TEST_P(QuoteText, MakesEverythingVisible) { EXPECT_EQ(Quote(GetParam().in), GetParam().want); }
INSTANTIATE_TEST_SUITE_P(
    Cases, QuoteText,
    testing::Values(
        TextCase{"empty", "", "\"\""}, TextCase{"plain", "nginx:1.27", "\"nginx:1.27\""},
        TextCase{"quotes", "a\"b\\c", R"("a\"b\\c")"}, TextCase{"newline", "a\n\tb", R"("a\n\tb")"},
        TextCase{"control", std::string("a\0\x1b[31m\x7f", 8), R"("a\x00\x1b[31m\x7f")"},
        TextCase{"utf8", "größe 図", "\"größe 図\""},
        TextCase{"broken", "a\xff\xc3z", R"("a\xff\xc3z")"},
        TextCase{"c1_control", "a\xc2\x9bz", R"("a\xc2\x9bz")"},
        TextCase{"right_to_left", "a\xe2\x80\xaez", R"("a\xe2\x80\xaez")"},
        TextCase{"isolate", "a\xe2\x81\xa6z", R"("a\xe2\x81\xa6z")"},
        TextCase{"mark", "\xef\xbb\xbfz", R"("\xef\xbb\xbfz")"},
        TextCase{"exactly_80", std::string(80, 'x'), "\"" + std::string(80, 'x') + "\""},
        TextCase{"cut", std::string(81, 'x'), "\"" + std::string(80, 'x') + "…\""},
        TextCase{"cut_between", std::string(79, 'x') + "é", "\"" + std::string(79, 'x') + "…\""}),
    kNameOf);

struct Base64Case {
  std::string name;
  std::string text;
  bool standard, url;  ///< whether each decoder takes it
};
std::ostream& operator<<(std::ostream& out, const Base64Case& c) { return out << c.name; }
class Base64Text : public testing::TestWithParam<Base64Case> {};
TEST_P(Base64Text, HasOneSpelling) {
  EXPECT_EQ(DecodeBase64(GetParam().text).has_value(), GetParam().standard);
  EXPECT_EQ(DecodeBase64Url(GetParam().text).has_value(), GetParam().url);
}
INSTANTIATE_TEST_SUITE_P(Cases, Base64Text,
                         testing::Values(Base64Case{"empty", "", true, true},
                                         Base64Case{"one", "AA==", true, false},
                                         Base64Case{"one_bare", "AA", false, true},
                                         Base64Case{"two", "AAA=", true, false},
                                         Base64Case{"two_bare", "AAA", false, true},
                                         Base64Case{"three", "AAAA", true, true},
                                         Base64Case{"plus_slash", "+/+/", true, false},
                                         Base64Case{"dash_underscore", "-_-_", false, true},
                                         Base64Case{"single", "A", false, false},
                                         Base64Case{"spare_bits_one", "AB==", false, false},
                                         Base64Case{"spare_bits_one_bare", "AB", false, false},
                                         Base64Case{"spare_bits_two", "AAB=", false, false},
                                         Base64Case{"padding_inside", "AA==AA==", false, false},
                                         Base64Case{"padding_three", "A===", false, false},
                                         Base64Case{"padding_only", "====", false, false},
                                         Base64Case{"newline", "AAAA\n", false, false},
                                         Base64Case{"high_byte", "AAA\xff", false, false}),
                         kNameOf);

RC_GTEST_PROP(Base64Law, RoundTrips, (const std::vector<std::uint8_t>& bytes)) {
  RC_ASSERT(DecodeBase64(Base64Of(bytes)) == bytes);
  RC_ASSERT(DecodeBase64Url(Base64UrlOf(bytes)) == bytes);
}

RC_GTEST_PROP(Base64Law, DecodedTextIsTheOnlySpelling, (const std::string& text)) {
  if (const auto bytes = DecodeBase64Url(text)) RC_ASSERT(Base64UrlOf(*bytes) == text);
  if (const auto bytes = DecodeBase64(text)) RC_ASSERT(Base64Of(*bytes) == text);
}

TEST(Base64Known, Rfc4648Vectors) {
  EXPECT_EQ(Base64Of(AsBytes("f")), "Zg==");
  EXPECT_EQ(Base64Of(AsBytes("fo")), "Zm8=");
  EXPECT_EQ(Base64Of(AsBytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(Base64UrlOf(AsBytes("\xfb\xff")), "-_8");
}

struct Utf8Case {
  std::string name;
  std::string text;
  bool ok;
};
std::ostream& operator<<(std::ostream& out, const Utf8Case& c) { return out << c.name; }
class Utf8Text : public testing::TestWithParam<Utf8Case> {};
TEST_P(Utf8Text, IsJudgedByRfc3629) { EXPECT_EQ(IsValidUtf8(GetParam().text), GetParam().ok); }
INSTANTIATE_TEST_SUITE_P(
    Cases, Utf8Text,
    testing::Values(Utf8Case{"empty", "", true}, Utf8Case{"ascii", "abc", true},
                    Utf8Case{"nul", std::string(1, '\0'), true},
                    Utf8Case{"two", "\xc2\x80\xdf\xbf", true},
                    Utf8Case{"three", "\xe0\xa0\x80\xef\xbf\xbf", true},
                    Utf8Case{"below_surrogates", "\xed\x9f\xbf", true},
                    Utf8Case{"four", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true},
                    Utf8Case{"overlong_two", "\xc0\x80", false},
                    Utf8Case{"overlong_c1", "\xc1\xbf", false},
                    Utf8Case{"overlong_three", "\xe0\x9f\xbf", false},
                    Utf8Case{"overlong_four", "\xf0\x8f\xbf\xbf", false},
                    Utf8Case{"surrogate", "\xed\xa0\x80", false},
                    Utf8Case{"too_high", "\xf4\x90\x80\x80", false},
                    Utf8Case{"f5", "\xf5\x80\x80\x80", false}, Utf8Case{"lone_tail", "\x80", false},
                    Utf8Case{"cut", "\xe2\x82", false}, Utf8Case{"bad_tail", "\xe2\x28\xa1", false},
                    Utf8Case{"bad_last", "\xf0\x9f\x92\x28", false}),
    kNameOf);

TEST(Text, HexIsLowerCase) {
  const std::array<std::uint8_t, 3> bytes = {0x00, 0xab, 0xff};
  EXPECT_EQ(HexOf(bytes), "00abff");
  EXPECT_EQ(LowerHexValue('9'), 9);
  EXPECT_EQ(LowerHexValue('f'), 15);
  for (const char c : {'A', 'g', '/', ':', '`', ' '}) EXPECT_EQ(LowerHexValue(c), -1) << c;
}

TEST(Text, CaseIsAsciiOnly) {
  EXPECT_EQ(ToLower("AbZ-É"), "abz-É");
  EXPECT_TRUE(EqualsIgnoreCase("Content-TYPE", "content-type"));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
}

TEST(Text, TrimAndSplit) {
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(Split("", ','), Parts{""});
  EXPECT_EQ(Split("a", ','), Parts{"a"});
  EXPECT_EQ(Split(",a,,b,", ','), (Parts{"", "a", "", "b", ""}));
  EXPECT_EQ(Cat({"a", "", "bc"}), "abc");
}

TEST(Text, UintIsWholeAndInRange) {
  EXPECT_EQ(ParseUint("0"), 0U);
  EXPECT_EQ(ParseUint("18446744073709551615"), 18446744073709551615U);
  for (const std::string_view text :
       {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1", "1.0"}) {
    EXPECT_EQ(ParseUint(text), std::nullopt) << text;
  }
}

TEST(Text, PercentEncodesAllButUnreserved) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a/b c%é"), "a%2Fb%20c%25%C3%A9");
}

TEST(Text, NearestFindsSlips) {
  constexpr std::array<std::string_view, 5> kWords = {"registry", "import", "serve", "trace",
                                                      "sources"};
  EXPECT_EQ(Nearest("regisrty", kWords), "registry");
  EXPECT_EQ(Nearest("Serve", kWords), "serve");
  EXPECT_EQ(Nearest("tarce", kWords), "trace");
  EXPECT_EQ(Nearest("source", kWords), "sources");
  EXPECT_EQ(Nearest("kubernetes", kWords), std::nullopt);
  EXPECT_EQ(Nearest("", kWords), std::nullopt);
}

struct GlobCase {
  std::string_view pattern, text;
  bool matches;
};
TEST(Text, GlobsMatchRuns) {
  constexpr GlobCase kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "abc", true},
      {"a*c", "abbbc", true},
      {"a*c", "ab", false},
      {"*a*a*", "aa", true},
      {"*a*a*", "a", false},
      {"refs/heads/*", "refs/heads/x/y", true},
      {"a*b*c", "aXbXbXc", true},
      {"**", "x", true},
      {"a?", "ab", false},
      {"abc", "abcd", false},
      {"*.io", "ghcr.io", true},
      {"*aab", "aaaaab", true},
  };
  for (const GlobCase& c : kCases)
    EXPECT_EQ(MatchesGlob(c.pattern, c.text), c.matches) << c.pattern << " " << c.text;
}

}  // namespace
}  // namespace hullmark
