// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace hullmark {
namespace {

TEST(JsonWriter, WritesNestedValues) {
  JsonWriter w;
  w.BeginObject().Field("a", "x").Field("b", true).Field("c", -1).Key("d").BeginArray();
  w.Int(1)
      .Uint(18446744073709551615U)
      .Double(0.1)
      .Null()
      .BeginObject()
      .EndObject()
      .BeginArray()
      .EndArray();
  w.EndArray()
      .Field("e", std::string_view("y"))
      .Key("f")
      .Raw("{\"z\":0}")
      .Field("g", 2.0)
      .EndObject();
  EXPECT_EQ(
      w.Take(),
      R"({"a":"x","b":true,"c":-1,"d":[1,18446744073709551615,0.1,null,{},[]],"e":"y","f":{"z":0},"g":2})");
  EXPECT_EQ(w.text(), "");
  w.String("again");
  EXPECT_EQ(w.Take(), "\"again\"");
}

struct DoubleCase {
  double value;
  std::string_view want;
};
TEST(JsonWriter, WritesOnlyNumbersThatJsonHas) {
  constexpr DoubleCase kCases[] = {{0, "0"},
                                   {-2.5, "-2.5"},
                                   {1e300, "1e+300"},
                                   {1e15, "1e+15"},
                                   {123456789012345.0, "123456789012345"},
                                   {1e20, "1e+20"},
                                   {18446744073709551615.0, "1.8446744073709552e+19"},
                                   {std::numeric_limits<double>::quiet_NaN(), "null"},
                                   {std::numeric_limits<double>::infinity(), "null"},
                                   {-std::numeric_limits<double>::infinity(), "null"}};
  for (const DoubleCase& c : kCases) {
    JsonWriter w;
    w.BeginArray().Double(c.value).EndArray();
    EXPECT_EQ(w.Take(), "[" + std::string(c.want) + "]");
  }
  JsonWriter w;
  w.Int(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(w.Take(), "-9223372036854775808");
}

struct StringCase {
  std::string in;
  std::string want;
};
TEST(JsonWriter, EscapesStrings) {
  const StringCase cases[] = {
      {"", R"("")"},
      {"a\"b\\c/", R"("a\"b\\c/")"},
      {"\n\r\t\b\f", R"("\n\r\t\u0008\u000c")"},
      {std::string("\0\x1f", 2), R"("\u0000\u001f")"},
      {"é図😀", "\"é図😀\""},
      {"a\xff", "\"a\xef\xbf\xbd\""},
      {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {"\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
  };
  for (const StringCase& c : cases) {
    std::string out;
    AppendJsonString(out, c.in);
    EXPECT_EQ(out, c.want);
  }
}

TEST(JsonWriterDeath, MisuseIsABrokenInvariant) {
  EXPECT_DEATH(JsonWriter().BeginObject().String("x"), "has a key");
  EXPECT_DEATH(JsonWriter().BeginArray().Key("x"), "a key stands in an object");
  EXPECT_DEATH(JsonWriter().BeginObject().Key("x").Key("y"), "a key stands in an object");
  EXPECT_DEATH(JsonWriter().BeginObject().Key("x").EndObject(), "an open object ends");
  EXPECT_DEATH(JsonWriter().BeginArray().EndObject(), "an open object ends");
  EXPECT_DEATH(JsonWriter().BeginArray().Take(), "a taken document is finished");
  EXPECT_DEATH(JsonWriter().Int(1).Int(2), "a document is one value");
}

}  // namespace
}  // namespace hullmark
