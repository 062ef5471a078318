// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/file.h"
#include "base/scratch_dir.h"
#include "base/telemetry/sinks/log_sink.h"
#include "base/telemetry/sinks/metric_sink.h"

namespace hullmark::telemetry {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr std::size_t kMaxLog = 1 << 20;

// What `write` logs through a sink of these options.
template <class F>
std::string LogOf(LogFormat format, LogLevel level, F write) {
  const ScratchDir scratch;
  const std::string file = scratch.Of("log");
  {
    auto sink = MakeLogSink({.format = format, .level = level, .file = file});
    EXPECT_TRUE(sink.has_value());
    if (!sink) return {};
    SetLogSink(sink->get());
    write();
    SetLogSink(nullptr);
  }
  return ReadFile(file, kMaxLog).value_or("");
}

TEST(LogSinks, JsonLineHasTimeLevelMessageAndFields) {
  const std::string log = LogOf(LogFormat::kJson, LogLevel::kInfo, [] {
    LogWarning("odd \"thing\"",
               {{"who", "a\nb"}, {"n", -3}, {"ok", true}, {"t", Secret(std::string("s3cret"))}});
  });
  EXPECT_THAT(log, MatchesRegex("\\{\"time\":\"[0-9T:.-]+Z\",\"level\":\"warning\",.*\\}\n"));
  EXPECT_THAT(log, HasSubstr(R"("message":"odd \"thing\"","who":"a\nb","n":-3,"ok":true)"));
  EXPECT_THAT(log, HasSubstr(R"("t":"[secret]")"));
  EXPECT_THAT(log, Not(HasSubstr("s3cret")));
}

TEST(LogSinks, HumanLineQuotesWhatIsNoWord) {
  const std::string log = LogOf(LogFormat::kHuman, LogLevel::kInfo, [] {
    LogInfo("listening", {{"at", "127.0.0.1:4855"}, {"note", "two words\nand=a line"}, {"n", 7}});
  });
  EXPECT_THAT(log, MatchesRegex("[0-9T:.-]+Z info    listening at=127.0.0.1:4855 "
                                "note=\"two words\\\\nand=a line\" n=7\n"));
}

TEST(LogSinks, LevelDropsWhatIsBelowIt) {
  const std::string log = LogOf(LogFormat::kJson, LogLevel::kError, [] {
    LogInfo("quiet");
    LogWarning("quiet");
    Log(LogLevel::kDebug, "quiet");
    LogError("loud");
  });
  EXPECT_THAT(log, HasSubstr("loud"));
  EXPECT_THAT(log, Not(HasSubstr("quiet")));
}

TEST(LogSinks, BracesInMessagesAreText) {
  const std::string log =
      LogOf(LogFormat::kHuman, LogLevel::kInfo, [] { LogInfo("{} {0} %s", {{"k", "{}"}}); });
  EXPECT_THAT(log, HasSubstr("{} {0} %s k={}"));
}

TEST(LogSinks, UnwritableFileIsTold) {
  const auto sink = MakeLogSink({.file = "/proc/none/log"});
  ASSERT_FALSE(sink.has_value());
  EXPECT_EQ(sink.error().code(), Errc::kUnavailable);
  EXPECT_THAT(sink.error().message(), HasSubstr("/proc/none/log"));
}

TEST(LogSinks, LevelsByName) {
  EXPECT_EQ(ParseLogLevel("warning").value(), LogLevel::kWarning);
  EXPECT_FALSE(ParseLogLevel("loud").has_value());
}

TEST(PrometheusSink, ShowsCountersGaugesAndHistograms) {
  const auto sink = MakePrometheusSink();
  sink->CounterOf("hullmark_reports_total", "Reports", {{"result", "accepted"}}).Add(2);
  sink->CounterOf("hullmark_reports_total", "Reports", {{"result", "refused"}}).Add();
  sink->GaugeOf("hullmark_images", "Images", {}).Set(12);
  sink->HistogramOf("hullmark_apply_seconds", "Apply", {}).Observe(0.02);
  const std::string text = sink->Exposition();
  EXPECT_THAT(text, HasSubstr("# TYPE hullmark_reports_total counter"));
  EXPECT_THAT(text, HasSubstr("hullmark_reports_total{result=\"accepted\"} 2"));
  EXPECT_THAT(text, HasSubstr("hullmark_reports_total{result=\"refused\"} 1"));
  EXPECT_THAT(text, HasSubstr("hullmark_images 12"));
  EXPECT_THAT(text, HasSubstr("hullmark_apply_seconds_bucket{le=\"0.025\"} 1"));
  EXPECT_THAT(text, HasSubstr("hullmark_apply_seconds_count 1"));
}

TEST(PrometheusSink, SameNameAndLabelsIsTheSameMetricFromEveryThread) {
  const auto sink = MakePrometheusSink();
  constexpr int kThreads = 4;
  constexpr int kEach = 1000;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) sink->CounterOf("hullmark_n_total", "n", {}).Add();
      });
    }
  }
  EXPECT_THAT(sink->Exposition(), HasSubstr("hullmark_n_total 4000"));
}

}  // namespace
}  // namespace hullmark::telemetry
