// SPDX-License-Identifier: Apache-2.0
#include "base/codec/yaml.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "base/text.h"

namespace hullmark::codec {
namespace {

TEST(Yaml, FollowsPathsAndKnowsPlaces) {
  const auto document = YamlDocument::Parse(
      "# settings\n"
      "issuers:\n"
      "  - url: https://token.example\n"
      "    jwks_file: 'keys.json'\n"
      "    reuse: job\n"
      "  - {url: \"https://b.example\", max: 3}\n"
      "empty:\n"
      "text: |\n"
      "  two\n"
      "  lines\n");
  ASSERT_TRUE(document.has_value()) << document.error().message();
  const Yaml root = document->root();
  EXPECT_TRUE(root.IsMapping());
  EXPECT_EQ(root.size(), 3U);
  const Yaml issuers = root["issuers"];
  EXPECT_TRUE(issuers.IsSequence());
  EXPECT_EQ(issuers.size(), 2U);
  EXPECT_EQ(issuers.At(0)["url"].Text(), "https://token.example");
  EXPECT_EQ(issuers.At(0)["url"].Place(), "line 3, column 10");
  EXPECT_EQ(issuers.At(0).PlaceOfKey("reuse"), "line 5, column 5");
  EXPECT_EQ(issuers.At(0)["jwks_file"].String(), "keys.json");
  EXPECT_EQ(issuers.At(1)["max"].Int(), 3);
  EXPECT_EQ(issuers.At(1)["max"].Line(), 6U);
  EXPECT_TRUE(issuers.At(2).missing());
  EXPECT_TRUE(root["empty"].IsNull());
  EXPECT_EQ(root["empty"].Text(), "");
  EXPECT_EQ(root["text"].Text(), "two\nlines\n");
  EXPECT_TRUE(root["a"]["b"].At(1).missing());
  EXPECT_EQ(root["a"].Place(), "");
  std::string keys;
  root.ForEachMember([&](std::string_view key, Yaml) { keys += Cat({key, " "}); });
  EXPECT_EQ(keys, "issuers empty text ");
  int items = 0;
  issuers.ForEachItem([&](Yaml item) { items += item.IsMapping() ? 1 : 0; });
  EXPECT_EQ(items, 2);
}

struct ScalarCase {
  std::string_view text;
  std::string_view type;  ///< null, bool, int, number or string
};
TEST(Yaml, TypesScalarsByTheCoreSchema) {
  constexpr ScalarCase kCases[] = {
      {"~", "null"},
      {"null", "null"},
      {"NULL", "null"},
      {"nULL", "string"},
      {"true", "bool"},
      {"False", "bool"},
      {"yes", "string"},
      {"no", "string"},
      {"on", "string"},
      {"0", "int"},
      {"-12", "int"},
      {"+12", "int"},
      {"0x1f", "int"},
      {"0o17", "int"},
      {"010", "string"},
      {"-010", "string"},
      {"1.5", "number"},
      {"-.5", "number"},
      {"+1e3", "number"},
      {"1.", "number"},
      {"1_000", "string"},
      {".inf", "string"},
      {"nan", "string"},
      {"+-1", "string"},
      {"1.2.3", "string"},
      {"'12'", "string"},
      {"\"true\"", "string"},
      {"'~'", "string"},
      {"!!str 12", "string"},
      {"! 12", "string"},
      {"9223372036854775808", "number"},
      {"0x", "string"},
      {"12:30", "string"},
      {"''", "string"},
      {"2026-11-21", "string"},
      {"infinity", "string"},
  };
  for (const ScalarCase& c : kCases) {
    const auto document = YamlDocument::Parse(c.text);
    ASSERT_TRUE(document.has_value()) << c.text << document.error().message();
    const Yaml value = document->root();
    EXPECT_EQ(value.IsNull(), c.type == "null") << c.text;
    EXPECT_EQ(value.IsBool(), c.type == "bool") << c.text;
    EXPECT_EQ(value.IsInt(), c.type == "int") << c.text;
    EXPECT_EQ(value.Number().has_value(), c.type == "int" || c.type == "number") << c.text;
    EXPECT_EQ(value.IsString(), c.type == "string") << c.text;
  }
}

TEST(Yaml, ReadsStreamsAndEmptyTexts) {
  const auto stream = YamlDocument::ParseStream("a: 1\n---\nb: 2\n---\n");
  ASSERT_TRUE(stream.has_value()) << stream.error().message();
  ASSERT_EQ(stream->size(), 3U);
  EXPECT_EQ((*stream)[1].root()["b"].Int(), 2);
  EXPECT_TRUE((*stream)[2].root().IsNull());
  for (const std::string_view text : {"", "\n", "# nothing\n", "---\n"}) {
    const auto empty = YamlDocument::Parse(text);
    ASSERT_TRUE(empty.has_value()) << Quote(text) << empty.error().message();
    EXPECT_TRUE(empty->root().IsNull());
  }
  EXPECT_TRUE(YamlDocument::ParseStream("")->empty());
}

TEST(Yaml, FollowsAliases) {
  const auto document =
      YamlDocument::Parse("base: &b {x: [1, 2]}\nuse: *b\nlist: [*b, &c 7, *c]\n");
  ASSERT_TRUE(document.has_value()) << document.error().message();
  EXPECT_EQ(document->root()["use"]["x"].At(1).Int(), 2);
  EXPECT_EQ(document->root()["list"].At(0)["x"].At(0).Int(), 1);
  EXPECT_EQ(document->root()["list"].At(2).Int(), 7);
  EXPECT_EQ(document->root()["use"].Place(), "line 1, column 10");
}

std::string AliasBomb() {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += Cat({"a", std::to_string(i), ": &a", std::to_string(i), " ["});
    for (int k = 0; k < 10; ++k) text += Cat({k == 0 ? "" : ",", before});
    text += "]\n";
  }
  return text;
}

std::string ManyOnes() {
  std::string text = "1";
  for (int i = 0; i < 149; ++i) text += ",1";
  return text;
}

struct BadCase {
  std::string name;
  std::string text;
  Errc code;
  std::string place;  ///< must be in the message
};
std::ostream& operator<<(std::ostream& out, const BadCase& c) { return out << c.name; }

class BadYaml : public testing::TestWithParam<BadCase> {};

TEST_P(BadYaml, IsRefusedWithItsPlace) {
  YamlLimits limits;
  limits.max_bytes = 2000;
  limits.max_depth = 4;
  limits.max_values = 100;
  limits.max_documents = 3;
  const auto got = YamlDocument::ParseStream(GetParam().text, limits);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code(), GetParam().code) << got.error().message();
  EXPECT_NE(got.error().message().find(GetParam().place), std::string::npos)
      << got.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadYaml,
    testing::Values(
        BadCase{"open_flow", "a: [1, 2\n", Errc::kInputRefused, "line "},
        BadCase{"tab_indent", "a:\n\t- b\n", Errc::kInputRefused, "line 2"},
        BadCase{"bad_indent", "a:\n    b: 1\n  c: 2\n", Errc::kInputRefused, "line 3"},
        BadCase{"open_quote", "a: \"b\n", Errc::kInputRefused, "line "},
        BadCase{"duplicate", "a: 1\nb: 2\na: 3\n", Errc::kInputRefused,
                "line 3, column 1: the key \"a\" stands twice"},
        BadCase{"duplicate_quoted", "{a: 1, 'a': 2}", Errc::kInputRefused, "stands twice"},
        BadCase{"complex_key", "? [a]\n: b\n", Errc::kInputRefused, "no scalar"},
        BadCase{"alias_key", "a: &x b\n*x : c\n", Errc::kInputRefused, "alias"},
        BadCase{"alias_unknown", "a: *x\n", Errc::kInputRefused, "\"*x\""},
        BadCase{"alias_of_itself", "a: &x [*x]\n", Errc::kInputRefused, "\"*x\""},
        BadCase{"alias_of_another_document", "a: &x 1\n---\nb: *x\n", Errc::kInputRefused,
                "\"*x\""},
        BadCase{"merge", "a: &x {b: 1}\nc:\n  <<: *x\n", Errc::kInputRefused,
                "line 3, column 3: merge keys"},
        BadCase{"own_tag", "a: !Ref b\n", Errc::kInputRefused, "the tag \"!Ref\""},
        BadCase{"binary_tag", "a: !!binary aGk=\n", Errc::kInputRefused, "binary"},
        BadCase{"utf8", "a: 1\nb: \xff\n", Errc::kInputRefused, "line 2, column 4: not UTF-8"},
        BadCase{"nul", std::string("a: \0\n", 5), Errc::kInputRefused, "line 1, column 4: NUL"},
        BadCase{"nul_escape", "a: \"\\0\"\n", Errc::kInputRefused, "NUL"},
        BadCase{"too_long", std::string(2001, '#'), Errc::kResourceExhausted, "2001 bytes"},
        BadCase{"too_deep", "[[[[[1]]]]]", Errc::kResourceExhausted,
                "column 5: nested deeper than 4"},
        BadCase{"too_deep_by_alias", "a: &x [[[1]]]\nb: [[*x]]\n", Errc::kResourceExhausted,
                "line 2"},
        BadCase{"too_deep_block", "a:\n b:\n  c:\n   d:\n    e: 1\n", Errc::kResourceExhausted,
                "line 5"},
        BadCase{"too_many", "[" + ManyOnes() + "]", Errc::kResourceExhausted,
                "more than 100 values"},
        BadCase{"alias_bomb", AliasBomb(), Errc::kResourceExhausted, "more than 100 values"},
        BadCase{"many_documents", "--- 1\n--- 2\n--- 3\n--- 4\n", Errc::kResourceExhausted,
                "more than 3 documents"}),
    [](const auto& row) { return row.param.name; });

TEST(Yaml, RefusesASecondDocumentWhereOneIsWanted) {
  const auto got = YamlDocument::Parse("a: 1\n---\nb: 2\n");
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().message(), "yaml, line 3, column 1: a second document; want one only");
}

TEST(Yaml, RefusesABombWithDefaultLimits) {
  const auto got = YamlDocument::Parse(AliasBomb());
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code(), Errc::kResourceExhausted);
}

TEST(Yaml, TakesWhatTheLimitsAllow) {
  YamlLimits limits;
  limits.max_depth = 4;
  limits.max_values = 8;
  EXPECT_TRUE(YamlDocument::Parse("[[[[1]]]]", limits).has_value());
  EXPECT_TRUE(YamlDocument::Parse("[1,2,3,4,5,6,7]", limits).has_value());
  EXPECT_FALSE(YamlDocument::Parse("[1,2,3,4,5,6,7,8]", limits).has_value());
  EXPECT_TRUE(YamlDocument::Parse("a: &x [[1]]\nb: [*x]\n").has_value());
}

}  // namespace
}  // namespace hullmark::codec
