// SPDX-License-Identifier: Apache-2.0
#include "base/codec/bulk/bulk_json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "base/codec/bulk/flaw.h"
#include "base/codec/json.h"
#include "base/text.h"

namespace hullmark::bulk {
namespace {

TEST(BulkJson, FollowsPathsAndTypes) {
  const auto document = BulkDocument::Parse(
      R"({"items":[{"name":"a","n":-7,"big":18446744073709551615,"x":2.5,"t":true,"f":false,"z":null,)"
      R"("kubernetes.io/name":[1,[2,{"deep":"é\n"}]],"":0}]})");
  ASSERT_TRUE(document.has_value()) << document.error().message();
  const BulkValue item = document->root()["items"].At(0);
  EXPECT_TRUE(item.IsObject());
  EXPECT_EQ(item.size(), 9U);
  EXPECT_EQ(item["name"].Text(), "a");
  EXPECT_EQ(item["n"].Int(), -7);
  EXPECT_EQ(item["big"].Int(), std::nullopt);
  EXPECT_EQ(item["big"].Uint(), 18446744073709551615U);
  EXPECT_EQ(item["big"].Dump(), "18446744073709551615");
  EXPECT_EQ(item["n"].Uint(), std::nullopt);
  EXPECT_EQ(item["x"].Uint(), std::nullopt);
  EXPECT_EQ(item["big"].Number(), 18446744073709551615.0);
  EXPECT_EQ(item["x"].Number(), 2.5);
  EXPECT_EQ(item["n"].Number(), -7.0);
  EXPECT_EQ(item["t"].Bool(), true);
  EXPECT_EQ(item["f"].Bool(), false);
  EXPECT_TRUE(item["z"].IsNull());
  EXPECT_EQ(item["z"].Bool(), std::nullopt);
  const BulkValue list = item["kubernetes.io/name"];
  EXPECT_TRUE(list.IsArray());
  EXPECT_EQ(list.size(), 2U);
  EXPECT_EQ(list.At(1).At(1)["deep"].Text(), "é\n");
  EXPECT_TRUE(list.At(2).missing());
  EXPECT_TRUE(item["none"]["of"].At(3)["these"].missing());
  EXPECT_EQ(item["none"].Text(), "");
  EXPECT_EQ(item["none"].Path(), "");
  EXPECT_EQ(list.At(1).At(1)["deep"].Path(), R"($.items[0]["kubernetes.io/name"][1][1].deep)");
  EXPECT_EQ(item[""].Path(), R"($.items[0][""])");
  EXPECT_EQ(document->root().Path(), "$");
  EXPECT_EQ(list.Dump(), R"([1,[2,{"deep":"é\n"}]])");
}

TEST(BulkJson, VisitsInOrderAndStopsAtTheFirstError) {
  const auto document = BulkDocument::Parse(R"({"z":[10,20,30],"a":{},"m":[]})");
  ASSERT_TRUE(document.has_value());
  std::string keys;
  document->root().ForEachMember([&](std::string_view key, BulkValue) { keys += key; });
  EXPECT_EQ(keys, "zam");
  std::int64_t sum = 0;
  document->root()["z"].ForEachItem([&](BulkValue item) { sum += item.Int().value_or(0); });
  EXPECT_EQ(sum, 60);
  std::string seen;
  const Status items = document->root()["z"].TryEachItem([&](BulkValue item) -> Status {
    seen += item.Path();
    if (item.Int() == 20) return Fail(Errc::kInputRefused, item.Path());
    return {};
  });
  ASSERT_FALSE(items.has_value());
  EXPECT_EQ(items.error().message(), "$.z[1]");
  EXPECT_EQ(seen, "$.z[0]$.z[1]");
  const Status members =
      document->root().TryEachMember([](std::string_view key, BulkValue) -> Status {
        return Fail(Errc::kInputRefused, std::string(key));
      });
  ASSERT_FALSE(members.has_value());
  EXPECT_EQ(members.error().message(), "z");
  for (const char* leaf : {"a", "m"}) {
    document->root()[leaf].ForEachItem([](BulkValue) { FAIL(); });
    document->root()[leaf].ForEachMember([](std::string_view, BulkValue) { FAIL(); });
    EXPECT_EQ(document->root()[leaf].size(), 0U);
  }
}

TEST(BulkJson, AgreesWithTheSmallReaderOnScalars) {
  for (const std::string text :
       {"7", "\"x\"", "true", "null", "[]", "{}", "-0.5", "[[],{},\"\"]"}) {
    const auto bulk = BulkDocument::Parse(text);
    const auto small = codec::JsonDocument::Parse(text);
    ASSERT_TRUE(bulk.has_value()) << text << bulk.error().message();
    EXPECT_EQ(bulk->root().Dump(), small->root().Dump());
  }
}

struct BadCase {
  std::string name;
  std::string text;
  Errc code;
  std::string place;  ///< must be in the message
};
std::ostream& operator<<(std::ostream& out, const BadCase& c) { return out << c.text; }

BulkLimits SmallLimits() {
  BulkLimits limits;
  limits.max_bytes = 80;
  limits.max_depth = 4;
  limits.max_values = 20;
  limits.max_string_bytes = 10;
  limits.max_members = 3;
  return limits;
}

class BadBulk : public testing::TestWithParam<BadCase> {};

TEST_P(BadBulk, IsRefusedWithItsPlace) {
  const auto got = BulkDocument::Parse(GetParam().text, SmallLimits());
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code(), GetParam().code) << got.error().message();
  EXPECT_NE(got.error().message().find(GetParam().place), std::string::npos)
      << got.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadBulk,
    testing::Values(
        BadCase{"empty", "", Errc::kInputRefused, "line 1, column 1 (byte 0): the text ends"},
        BadCase{"cut_off", "{\"a\":[1,", Errc::kInputRefused, "byte 8"},
        BadCase{"two_values", "{} {}", Errc::kInputRefused, "column 4 (byte 3): something follows"},
        BadCase{"word", "{\n  \"a\": nope\n}", Errc::kInputRefused,
                "line 2, column 8 (byte 9): found \"n\""},
        BadCase{"half_word", "[tru]", Errc::kInputRefused, "byte 1"},
        BadCase{"word_tail", "[truex]", Errc::kInputRefused, "byte 5"},
        BadCase{"comma_last", "[1,]", Errc::kInputRefused, "byte 3"},
        BadCase{"comma_missing", "[1 2]", Errc::kInputRefused, "want `,` or `]`"},
        BadCase{"key_missing", "{1:2}", Errc::kInputRefused, "want a key in double quotes"},
        BadCase{"comma_last_in_object", "{\"a\":1,}", Errc::kInputRefused,
                "want a key in double quotes"},
        BadCase{"colon_missing", "{\"a\" 1}", Errc::kInputRefused, "want `:`"},
        BadCase{"wrong_close", "[1}", Errc::kInputRefused, "byte 2"},
        BadCase{"number_zero", "[01]", Errc::kInputRefused, "a bad number: \"01]\""},
        BadCase{"number_dot", "[1.]", Errc::kInputRefused, "a bad number"},
        BadCase{"number_exponent", "[1e]", Errc::kInputRefused, "a bad number"},
        BadCase{"number_minus", "[-]", Errc::kInputRefused, "a bad number"},
        BadCase{"number_huge", "[1e999]", Errc::kInputRefused, "json: "},
        BadCase{"escape", "[\"\\x\"]", Errc::kInputRefused, "a bad escape"},
        BadCase{"escape_hex", "[\"\\u00g0\"]", Errc::kInputRefused, "a bad escape"},
        BadCase{"lone_high", "[\"\\ud800\"]", Errc::kInputRefused, "a bad escape"},
        BadCase{"lone_low", "[\"\\udc00\"]", Errc::kInputRefused, "a bad escape"},
        BadCase{"control", "[\"a\nb\"]", Errc::kInputRefused, "a control character"},
        BadCase{"utf8", "[1,\n\"\xc0\x80\"]", Errc::kInputRefused,
                "line 2, column 2 (byte 5): not UTF-8"},
        BadCase{"open_string", "[\"a", Errc::kInputRefused, "ends before"},
        BadCase{"duplicate", R"({"a":[{"b":1,"c":2,"b":3}]})", Errc::kInputRefused,
                R"($.a[0]: the key "b" stands twice)"},
        BadCase{"duplicate_escaped", R"({"a":1,"\u0061":2})", Errc::kInputRefused, "stands twice"},
        BadCase{"nul", R"({"a":["\u0000"]})", Errc::kInputRefused, "$.a[0]: a string holds NUL"},
        BadCase{"nul_in_key", R"({"a":{"\u0000":1}})", Errc::kInputRefused,
                "$.a: a string holds NUL"},
        BadCase{"too_deep", "[[\n[[[1]]]]]", Errc::kResourceExhausted, "line 2, column 3"},
        BadCase{"too_deep_empty", "[[[[[]]]]]", Errc::kResourceExhausted, "nested deeper than 4"},
        BadCase{"too_long", std::string(81, ' '), Errc::kResourceExhausted,
                "81 bytes, want at most 80"},
        BadCase{"too_many", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", Errc::kResourceExhausted,
                "more than 20 values"},
        BadCase{"long_string", R"({"a":"12345678901"})", Errc::kResourceExhausted,
                "$.a: a string of 11"},
        BadCase{"long_key", R"({"12345678901":1})", Errc::kResourceExhausted, "$: a string of 11"},
        BadCase{"many_members", R"({"a":1,"b":2,"c":3,"d":4})", Errc::kResourceExhausted,
                "$: more than 3 members"}),
    [](const auto& row) { return row.param.name; });

TEST(BulkJson, TakesWhatTheLimitsAllow) {
  for (const std::string text :
       {"[[[[1]]]]", "[[[[]]]]", "{\"1234567890\":\"1234567890\"}", "{\"a\":1,\"b\":2,\"c\":3}",
        "[\",,,,,,,,\",\"[[[[[[[[\",\"{{{{{{{{\"]", " [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1] "}) {
    const auto got = BulkDocument::Parse(text, SmallLimits());
    EXPECT_TRUE(got.has_value()) << text << got.error().message();
  }
}

TEST(BulkFlaw, FindsNothingInSoundText) {
  for (const std::string_view text :
       {"{}", "[]", " [1, -2.5e+7, 0, \"\\u00e9\\ud83d\\ude00\\n\", {\"a\": [true, false, null]}] ",
        "\"\"", "0", "-0.0E-1"}) {
    EXPECT_FALSE(FindFlaw(text, 8).has_value()) << text;
  }
}

TEST(BulkFlaw, AgreesWithJanssonOnEveryPrefixAndByteSwap) {
  const std::string sound = R"({"a":[1,-2.5e3,"\u00e9\\",{"b":null,"c":true}],"d":{},"e":[]})";
  for (std::size_t i = 0; i < sound.size(); ++i) {
    for (const char c : std::string_view("\"\\{}[]:,0-e.tx \n\x01\xc3")) {
      std::string text = sound;
      text[i] = c;
      const auto judged = codec::JsonDocument::Parse(text);
      if (!judged && judged.error().message().find("twice") != std::string::npos) continue;
      EXPECT_EQ(FindFlaw(text, 64).has_value(), !judged.has_value()) << text;
    }
    EXPECT_TRUE(FindFlaw(sound.substr(0, i), 64).has_value());
  }
}

TEST(BulkJson, ReadsAListOfManyItems) {
  std::string text = R"({"kind":"List","items":[)";
  constexpr int kItems = 20'000;
  for (int i = 0; i < kItems; ++i) {
    text += Cat({i == 0 ? "" : ",", R"({"metadata":{"name":"pod-)", std::to_string(i), R"("}})"});
  }
  text += "]}";
  const auto document = BulkDocument::Parse(text);
  ASSERT_TRUE(document.has_value()) << document.error().message();
  const BulkValue items = document->root()["items"];
  EXPECT_EQ(items.size(), static_cast<std::size_t>(kItems));
  int next = 0;
  items.ForEachItem([&](BulkValue item) {
    EXPECT_EQ(item["metadata"]["name"].Text(), "pod-" + std::to_string(next++));
  });
  EXPECT_EQ(next, kItems);
  EXPECT_EQ(items.At(kItems - 1)["metadata"].Path(), "$.items[19999].metadata");
}

}  // namespace
}  // namespace hullmark::bulk
