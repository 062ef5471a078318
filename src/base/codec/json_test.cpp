// SPDX-License-Identifier: Apache-2.0
#include "base/codec/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>

namespace hullmark::codec {
namespace {

TEST(Json, FollowsPathsAndTypes) {
  const auto document = JsonDocument::Parse(
      R"({"a":{"b":[1,"two",true,null,2.5,-9223372036854775808]},"empty":{},"u":"é\n"})");
  ASSERT_TRUE(document.has_value()) << document.error().message();
  const Json root = document->root();
  EXPECT_TRUE(root.IsObject());
  EXPECT_EQ(root.size(), 3U);
  const Json list = root["a"]["b"];
  EXPECT_TRUE(list.IsArray());
  EXPECT_EQ(list.size(), 6U);
  EXPECT_EQ(list.At(0).Int(), 1);
  EXPECT_EQ(list.At(1).Text(), "two");
  EXPECT_EQ(list.At(2).Bool(), true);
  EXPECT_TRUE(list.At(3).IsNull());
  EXPECT_FALSE(list.At(4).IsInt());
  EXPECT_EQ(list.At(4).Int(), std::nullopt);
  EXPECT_EQ(list.At(5).Int(), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(list.At(6).missing());
  EXPECT_EQ(root["u"].Text(), "é\n");
  EXPECT_TRUE(root["x"]["y"].At(3)["z"].missing());
  EXPECT_EQ(root["x"].Text(), "");
  EXPECT_EQ(root["a"].String(), std::nullopt);
  EXPECT_TRUE(root[std::string_view("a\0b", 3)].missing());
  EXPECT_EQ(root["a"].Dump(), R"({"b":[1,"two",true,null,2.5,-9223372036854775808]})");
  EXPECT_EQ(list.At(1).Dump(), R"("two")");
  EXPECT_EQ(Json().Dump(), "");
}

TEST(Json, VisitsMembersInOrder) {
  const auto document = JsonDocument::Parse(R"({"z":1,"a":[10,20],"m":3})");
  ASSERT_TRUE(document.has_value());
  std::string keys;
  document->root().ForEachMember([&](std::string_view key, Json) { keys += key; });
  EXPECT_EQ(keys, "zam");
  std::int64_t sum = 0;
  document->root()["a"].ForEachItem([&](Json item) { sum += item.Int().value_or(0); });
  EXPECT_EQ(sum, 30);
  document->root()["z"].ForEachMember([](std::string_view, Json) { FAIL(); });
  document->root()["z"].ForEachItem([](Json) { FAIL(); });
}

struct BadCase {
  std::string name;
  std::string text;
  Errc code;
  std::string place;  ///< must be in the message
};
std::ostream& operator<<(std::ostream& out, const BadCase& c) { return out << c.text; }

class BadJson : public testing::TestWithParam<BadCase> {};

TEST_P(BadJson, IsRefusedWithItsPlace) {
  JsonLimits limits;
  limits.max_bytes = 64;
  limits.max_depth = 4;
  const auto got = JsonDocument::Parse(GetParam().text, limits);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code(), GetParam().code) << got.error().message();
  EXPECT_NE(got.error().message().find(GetParam().place), std::string::npos)
      << got.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadJson,
    testing::Values(
        BadCase{"empty", "", Errc::kInputRefused, "ends before"},
        BadCase{"cut_off", "{\"a\":", Errc::kInputRefused,
                "line 1, column 5: the text ends before"},
        BadCase{"two_values", "{} {}", Errc::kInputRefused, "one value only"},
        BadCase{"word", "{\n  \"a\": nope\n}", Errc::kInputRefused, "line 2"},
        BadCase{"comma_last", "[1,]", Errc::kInputRefused, "line 1"},
        BadCase{"single_quotes", "{'a':1}", Errc::kInputRefused, "not JSON"},
        BadCase{"comment", "[1] // one", Errc::kInputRefused, "line 1"},
        BadCase{"duplicate", "{\"a\":1,\n\"a\":2}", Errc::kInputRefused,
                "line 2, column 3: an object has the same key twice"},
        BadCase{"duplicate_escaped", R"({"a":1,"\u0061":2})", Errc::kInputRefused,
                "same key twice"},
        BadCase{"nul_escape", R"(["\u0000"])", Errc::kInputRefused, "NUL"},
        BadCase{"nul_in_key", R"({"a\u0000":1})", Errc::kInputRefused, "NUL"},
        BadCase{"nul_byte", std::string("[\"a\0\"]", 6), Errc::kInputRefused, "line 1"},
        BadCase{"nul_after_number", std::string("[1\0]", 4), Errc::kInputRefused,
                "column 3: a NUL byte"},
        BadCase{"nul_at_end", std::string("2\0", 2), Errc::kInputRefused, "column 2: a NUL byte"},
        BadCase{"lone_surrogate", R"(["\ud800"])", Errc::kInputRefused, "line 1"},
        BadCase{"bad_utf8", "[1,\n\"\xff\"]", Errc::kInputRefused, "line 2, column 2: not UTF-8"},
        BadCase{"byte_order_mark", "\xef\xbb\xbf{}", Errc::kInputRefused, "line 1"},
        BadCase{"integer_too_big", "9223372036854775808", Errc::kInputRefused, "out of range"},
        BadCase{"number_too_big", "1e999", Errc::kInputRefused, "out of range"},
        BadCase{"not_a_number", "NaN", Errc::kInputRefused, "not JSON"},
        BadCase{"too_deep", "[[\n[[[1]]]]]", Errc::kResourceExhausted,
                "line 2, column 3: nested deeper than 4"},
        BadCase{"too_long", std::string(65, ' '), Errc::kResourceExhausted,
                "65 bytes, want at most 64"}),
    [](const auto& row) { return row.param.name; });

TEST(Json, TakesWhatTheLimitsAllow) {
  JsonLimits limits;
  limits.max_depth = 4;
  limits.max_bytes = 13;
  EXPECT_TRUE(JsonDocument::Parse("[[[[\"[[[\"]]]]", limits).has_value());
  EXPECT_TRUE(JsonDocument::Parse("\"a\\\"[[[[[\"", limits).has_value());
  EXPECT_TRUE(JsonDocument::Parse("7").has_value());
}

}  // namespace
}  // namespace hullmark::codec
