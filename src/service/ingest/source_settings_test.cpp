// SPDX-License-Identifier: Apache-2.0
#include "service/ingest/source_settings.h"

#include <gtest/gtest.h>

namespace hullmark::ingest {
namespace {

TEST(RegistrySettings, AreNamedByTheirHostAndSurviveWriting) {
  const auto made = MakeRegistrySettings({{"kind", "registry"},
                                          {"url", "https://r.example:5443"},
                                          {"repositories", "a/b"},
                                          {"repositories", "c"},
                                          {"every", "1h"}});
  ASSERT_TRUE(made.has_value()) << made.error().message();
  EXPECT_EQ(made->name, "registry:r.example:5443");
  const auto fields = FieldsOfJson(WriteSettings(*made));
  ASSERT_TRUE(fields.has_value()) << fields.error().message();
  const auto again = MakeRegistrySettings(*fields);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(*again, *made);
}

struct RefusedCase {
  std::string_view name;
  SettingFields fields;
  std::string_view says;
};
class Refused : public testing::TestWithParam<RefusedCase> {};
TEST_P(Refused, NamesTheFieldAndTheMend) {
  const auto made = MakeRegistrySettings(GetParam().fields);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code(), Errc::kInputRefused);
  EXPECT_NE(made.error().message().find(GetParam().says), std::string::npos)
      << made.error().message();
}
INSTANTIATE_TEST_SUITE_P(
    Cases, Refused,
    testing::Values(
        RefusedCase{"no_url", {}, "url is missing"},
        RefusedCase{"clear_text", {{"url", "http://registry.example"}}, "use https"},
        RefusedCase{"looks_loopback", {{"url", "http://127.0.0.1.evil.example"}}, "use https"},
        RefusedCase{"path", {{"url", "https://r.example/v2/"}}, "--repository"},
        RefusedCase{
            "misspelt", {{"url", "https://r"}, {"repositries", "x"}}, "did you mean repositories"},
        RefusedCase{"often", {{"url", "https://r"}, {"every", "1s"}}, "at least 10s"},
        RefusedCase{"unit", {{"url", "https://r"}, {"every", "5"}}, "want a number"},
        RefusedCase{"kind", {{"kind", "ftp"}, {"url", "https://r"}}, "kind registry"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(FieldsOfJson, RefusesNestedValues) {
  EXPECT_FALSE(FieldsOfJson(R"({"url":{"a":1}})").has_value());
  EXPECT_FALSE(FieldsOfJson("[]").has_value());
}

}  // namespace
}  // namespace hullmark::ingest
