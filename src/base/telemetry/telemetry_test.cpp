// SPDX-License-Identifier: Apache-2.0
//
// The facade by itself: silent without a sink, and secrets are named, never said.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/telemetry/log.h"
#include "base/telemetry/metrics.h"

namespace hullmark::telemetry {
namespace {

class KeepingSink final : public LogSink {
 public:
  void Write(LogLevel level, std::string_view message, std::span<const LogField> fields) override {
    std::string line(message);
    for (const LogField& field : fields) {
      line += '|';
      line += field.key;
      line += '=';
      if (const auto* text = std::get_if<std::string_view>(&field.value)) line += *text;
      if (const auto* n = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*n);
      if (const auto* b = std::get_if<bool>(&field.value)) line += *b ? "yes" : "no";
    }
    lines.emplace_back(level, std::move(line));
  }
  std::vector<std::pair<LogLevel, std::string>> lines;
};

TEST(Log, GoesNowhereWithoutASinkAndToItOnceThereIsOne) {
  LogInfo("before");
  KeepingSink sink;
  SetLogSink(&sink);
  LogInfo("layer scanned", {{"digest", "sha256:1"}, {"packages", 42U}, {"cached", false}});
  LogError("failed");
  SetLogSink(nullptr);
  LogInfo("after");
  ASSERT_EQ(sink.lines.size(), 2U);
  EXPECT_EQ(sink.lines[0].second, "layer scanned|digest=sha256:1|packages=42|cached=no");
  EXPECT_EQ(sink.lines[0].first, LogLevel::kInfo);
  EXPECT_EQ(sink.lines[1].first, LogLevel::kError);
}

TEST(Log, SecretIsNeverSaid) {
  KeepingSink sink;
  SetLogSink(&sink);
  const Secret token(std::string("hm_verysecret"));
  LogInfo("signed in", {{"token", token}, {"none", Secret()}});
  SetLogSink(nullptr);
  ASSERT_EQ(sink.lines.size(), 1U);
  EXPECT_EQ(sink.lines[0].second, "signed in|token=[secret]|none=");
}

TEST(Metrics, NullSinkTakesEverythingAndKeepsNothing) {
  Metrics().CounterOf("hullmark_x_total", "x", {}).Add();
  Metrics().GaugeOf("hullmark_y", "y", {}).Set(3);
  Metrics().HistogramOf("hullmark_z_seconds", "z", {}).Observe(0.1);
  EXPECT_EQ(Metrics().Exposition(), "");
  EXPECT_EQ(&Metrics(), &NullMetrics());
}

}  // namespace
}  // namespace hullmark::telemetry
