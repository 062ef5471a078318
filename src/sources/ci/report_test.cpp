// SPDX-License-Identifier: Apache-2.0
#include "sources/ci/report.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/crypto/hash.h"
#include "base/text.h"

namespace hullmark::ci {
namespace {

constexpr std::string_view kOne =
    "sha256:1111111111111111111111111111111111111111111111111111111111111111";
constexpr std::string_view kTwo =
    "sha256:2222222222222222222222222222222222222222222222222222222222222222";

std::string Body(std::string_view push_members) {
  return Cat({R"({"version":1,"pushes":[{"reference":"r.example/a:1","digest":")", kOne, "\"",
              push_members, "}]}"});
}

TEST(ReportFormat, ExampleOfTheDocumentIsRead) {
  // CMake names sources by their full path.
  const std::string here = __FILE__;
  const std::string root = here.substr(0, here.rfind("/src/sources/ci/"));
  std::ifstream file(root + "/docs/formats/report.md");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t begin = text.find("```json\n");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = text.find("```", begin + 8);
  const auto report = ParseReport(std::string_view(text).substr(begin + 8, end - begin - 8));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->collector, "hullmark-ci/0.1.0");
  EXPECT_EQ(report->job_name, "build");
  ASSERT_EQ(report->pushes.size(), 2U);
  EXPECT_EQ(report->pushes[0].reference, "registry.example/shop/web:1.2");
  EXPECT_EQ(report->pushes[0].digest, kOne);
  EXPECT_EQ(report->pushes[0].config_digest, kTwo);
  EXPECT_EQ(report->pushes[0].platform, "linux/amd64");
  EXPECT_EQ(report->pushes[0].how, "built");
  EXPECT_TRUE(report->pushes[0].certain);
  EXPECT_EQ(report->pushes[0].pushed_at, "2026-11-21T22:15:11.25Z");
  EXPECT_EQ(report->pushes[0].confirmed_by, (std::vector<std::string>{"engine-event", "registry"}));
  EXPECT_FALSE(report->pushes[1].certain);
  ASSERT_EQ(report->pushes[1].manifests.size(), 1U);
  EXPECT_EQ(report->pushes[1].manifests[0].digest, kOne);
}

TEST(ParseReport, DefaultsWhatIsAbsent) {
  const auto report = ParseReport(Body(""));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->pushes[0].how, "unknown");
  EXPECT_TRUE(report->pushes[0].certain);
  EXPECT_TRUE(ParseReport(R"({"version":1,"pushes":[]})"));
}

struct ReportRefuseCase {
  std::string_view name;
  std::string body;
  std::string_view why;
};
const ReportRefuseCase kRefused[] = {
    {"empty", "", "line 1"},
    {"list", "[]", "$: not an object"},
    {"no_version", R"({"pushes":[]})", "$.version: missing"},
    {"version_text", R"({"version":"1","pushes":[]})", "$.version"},
    {"newer_version", R"({"version":2,"pushes":[],"more":1})", "$.version: 2 is not"},
    {"no_pushes", R"({"version":1})", "$.pushes: missing"},
    {"repository_in_body", R"({"version":1,"repository":"acme/shop","pushes":[]})",
     "$: unknown member \"repository\""},
    {"misspelt", R"({"version":1,"pushs":[],"pushes":[]})", "did you mean \"pushes\""},
    {"twice", R"({"version":1,"pushes":[],"pushes":[]})", "line 1"},
    {"job_text", R"({"version":1,"job":"build","pushes":[]})", "$.job: not an object"},
    {"job_name_long",
     Cat({R"({"version":1,"job":{"name":")", std::string(256, 'j'), R"("},"pushes":[]})"}),
     "$.job.name: longer than 255"},
    {"job_name_control", R"({"version":1,"job":{"name":"a\u001b[2J"},"pushes":[]})",
     "control character"},
    {"push_text", R"({"version":1,"pushes":["x"]})", "$.pushes[0]: not an object"},
    {"no_digest", R"({"version":1,"pushes":[{"reference":"r.example/a:1"}]})",
     "$.pushes[0].digest"},
    {"no_reference", Cat({R"({"version":1,"pushes":[{"digest":")", kOne, "\"}]}"}),
     "$.pushes[0].reference: missing"},
    {"digest_upper", Body(R"(,"config_digest":"sha256:AA")"), "$.pushes[0].config_digest"},
    {"reference_bad",
     Cat({R"({"version":1,"pushes":[{"reference":"A B","digest":")", kOne, "\"}]}"}),
     "$.pushes[0].reference"},
    {"reference_other_digest",
     Cat({R"({"version":1,"pushes":[{"reference":"r.example/a@)", kTwo, R"(","digest":")", kOne,
          "\"}]}"}),
     "$.pushes[0].reference: its digest"},
    {"how_other", Body(R"(,"how":"verified")"), "$.pushes[0].how: \"verified\" is not"},
    {"level_claimed", Body(R"(,"level":"verified")"), "$.pushes[0]: unknown member \"level\""},
    {"certain_text", Body(R"(,"certain":"yes")"), "$.pushes[0].certain"},
    {"platform_word", Body(R"(,"platform":"linux")"), "$.pushes[0].platform"},
    {"platform_blank", Body(R"(,"platform":"linux/")"), "$.pushes[0].platform"},
    {"time_word", Body(R"(,"pushed_at":"yesterday")"), "$.pushes[0].pushed_at"},
    {"confirmed_text", Body(R"(,"confirmed_by":"registry")"), "$.pushes[0].confirmed_by"},
    {"confirmed_number", Body(R"(,"confirmed_by":[1])"), "$.pushes[0].confirmed_by[0]"},
    {"manifests_object", Body(R"(,"manifests":{})"), "$.pushes[0].manifests"},
    {"manifest_no_digest", Body(R"(,"manifests":[{}])"), "$.pushes[0].manifests[0].digest"},
    {"manifest_unknown", Body(Cat({R"(,"manifests":[{"digest":")", kTwo, R"(","how":"built"}])"})),
     "$.pushes[0].manifests[0]: unknown member"},
};
class ReportRefused : public testing::TestWithParam<ReportRefuseCase> {};
TEST_P(ReportRefused, WithPathAndMend) {
  const auto report = ParseReport(GetParam().body);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Errc::kInputRefused);
  EXPECT_NE(report.error().message().find(GetParam().why), std::string::npos)
      << report.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, ReportRefused, testing::ValuesIn(kRefused),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ReportLimits, EachIsHit) {
  const std::string body =
      Body(Cat({R"(,"how_detail":"abcdef","manifests":[{"digest":")", kTwo, "\"}]"}));
  EXPECT_TRUE(ParseReport(body, {.max_pushes = 1, .max_manifests = 1, .max_text = 6}));
  EXPECT_FALSE(ParseReport(body, {.max_pushes = 0}));
  EXPECT_FALSE(ParseReport(body, {.max_manifests = 0}));
  EXPECT_FALSE(ParseReport(body, {.max_text = 5}));
  const auto too_big = ParseReport(body, {.max_bytes = body.size() - 1});
  ASSERT_FALSE(too_big);
  EXPECT_EQ(too_big.error().code(), Errc::kResourceExhausted);
  EXPECT_TRUE(ParseReport(body, {.max_bytes = body.size()}));
}

rc::Gen<std::string> Word() {
  return rc::gen::resize(12, rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
}
rc::Gen<std::string> SomeDigest() {
  return rc::gen::map(Word(),
                      [](const std::string& seed) { return crypto::Sha256Of(seed).ToString(); });
}
rc::Gen<std::string> OrNothing(rc::Gen<std::string> gen) {
  return rc::gen::oneOf(rc::gen::just(std::string()), std::move(gen));
}

TEST(ReportLaw, WhatIsWrittenIsRead) {
  EXPECT_TRUE(rc::check([] {
    Report report;
    report.collector = *Word();
    report.engine = *Word();
    report.job_name = *Word();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      ReportedPush push;
      push.reference = "r.example/x" + *Word() + ":1";
      push.digest = *SomeDigest();
      push.media_type = *Word();
      push.config_digest = *OrNothing(SomeDigest());
      push.platform = *rc::gen::element<std::string>("", "linux/amd64", "linux/arm/v7");
      push.how = *rc::gen::element<std::string>("built", "assembled", "republished", "unknown");
      push.how_detail = *Word();
      push.certain = *rc::gen::arbitrary<bool>();
      push.pushed_at = *rc::gen::element<std::string>("", "2026-11-21T22:15:11Z");
      for (int n = *rc::gen::inRange(0, 3); n > 0; --n)
        push.confirmed_by.push_back("by-" + *Word());
      for (int n = *rc::gen::inRange(0, 3); n > 0; --n) {
        push.manifests.push_back({*SomeDigest(), *Word(), "linux/amd64", *OrNothing(SomeDigest())});
      }
      report.pushes.push_back(std::move(push));
    }
    const auto again = ParseReport(WriteReport(report));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == report);
  }));
}

}  // namespace
}  // namespace hullmark::ci
