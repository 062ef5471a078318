// SPDX-License-Identifier: Apache-2.0
#include "base/net/retry.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct RetryAfterCase {
  std::string_view name, field;
  int want;  // -1: unreadable
};
constexpr RetryAfterCase kRetryAfterCases[] = {
    {"seconds", "120", 120},
    {"zero", "0", 0},
    {"blanks", " 7 ", 7},
    {"date", "Sun, 06 Nov 1994 08:49:37 GMT", 37},
    {"date_past", "Sun, 06 Nov 1994 08:48:00 GMT", 0},
    {"huge", "99999999999", 366 * 86'400},
    {"negative", "-1", -1},
    {"word", "soon", -1},
    {"bad_month", "Sun, 06 Foo 1994 08:49:37 GMT", -1},
    {"bad_day", "Sun, 36 Nov 1994 08:49:37 GMT", -1},
    {"other_zone", "Sun, 06 Nov 1994 08:49:37 CET", -1},
    {"empty", "", -1},
};
class RetryAfter : public testing::TestWithParam<RetryAfterCase> {};
TEST_P(RetryAfter, IsSecondsOrADate) {
  const Timestamp now = Timestamp::Parse("1994-11-06T08:49:00Z").value();
  const std::optional<seconds> got = ParseRetryAfter(GetParam().field, now);
  EXPECT_EQ(got ? got->count() : -1, GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(Cases, RetryAfter, testing::ValuesIn(kRetryAfterCases),
                         [](const auto& c) { return std::string(c.param.name); });

RC_GTEST_PROP(BackoffLaw, WaitsGrowWithinBoundsAndEnd, (std::uint64_t seed)) {
  const RetryPolicy policy{
      .attempts = 8, .first_wait = milliseconds(100), .longest_wait = seconds(2)};
  Backoff backoff(policy, seed);
  for (int i = 0; i < 7; ++i) {
    const std::optional<milliseconds> wait = backoff.Next({}, seconds(60));
    RC_ASSERT(wait.has_value());
    const milliseconds span = std::min<milliseconds>(milliseconds(100) * (1 << i), seconds(2));
    RC_ASSERT(*wait >= span / 2 && *wait <= span);
  }
  RC_ASSERT(!backoff.Next({}, seconds(60)).has_value());
}

TEST(BackoffTest, HonoursRetryAfterAndTheDeadline) {
  const RetryPolicy policy{.attempts = 9, .longest_asked = seconds(30)};
  Backoff backoff(policy, 1);
  const std::optional<milliseconds> wait = backoff.Next(seconds(5), seconds(60));
  ASSERT_TRUE(wait.has_value());
  EXPECT_GE(*wait, seconds(5));
  EXPECT_LE(*wait, milliseconds(5500));
  EXPECT_FALSE(backoff.Next(seconds(5), seconds(4)).has_value());
  EXPECT_FALSE(backoff.Next(seconds(31), seconds(600)).has_value());
}

// Answers from a list, the last one for ever.
class ScriptedTransport final : public HttpTransport {
 public:
  explicit ScriptedTransport(std::vector<Result<HttpResponse>> script)
      : script_(std::move(script)) {}
  Result<HttpResponse> Send(const HttpRequest& request, Deadline, std::stop_token) override {
    if (request.on_body) request.on_body("piece");
    return script_[std::min(sent++, script_.size() - 1)];
  }
  std::size_t sent = 0;

 private:
  std::vector<Result<HttpResponse>> script_;
};

HttpResponse Answer(int status, std::string retry_after = "") {
  HttpResponse response{.status = status};
  if (!retry_after.empty()) response.headers.Add("Retry-After", std::move(retry_after));
  return response;
}

class SendWithRetryTest : public testing::Test {
 protected:
  Result<HttpResponse> Run(ScriptedTransport& transport, const HttpRequest& request = {},
                           milliseconds deadline = seconds(60), const std::stop_token& stop = {}) {
    const RetrySeams seams{.now = [] { return Timestamp::FromSeconds(0); },
                           .sleep =
                               [this](milliseconds span, const std::stop_token& token) {
                                 waits.push_back(span);
                                 return !token.stop_requested();
                               }};
    return SendWithRetry(transport, request, {.attempts = 4}, DeadlineIn(deadline), stop, seams);
  }
  std::vector<milliseconds> waits;
};

TEST_F(SendWithRetryTest, TriesAgainUntilItWorks) {
  ScriptedTransport transport({Fail(Errc::kUnavailable, "down"), Answer(503), Answer(200)});
  EXPECT_EQ(Run(transport)->status, 200);
  EXPECT_EQ(transport.sent, 3U);
  EXPECT_EQ(waits.size(), 2U);
}

TEST_F(SendWithRetryTest, GivesTheLastOutcomeWhenAttemptsAreUsedUp) {
  ScriptedTransport transport({Fail(Errc::kUnavailable, "down"), Answer(502)});
  EXPECT_EQ(Run(transport)->status, 502);
  EXPECT_EQ(transport.sent, 4U);
}

TEST_F(SendWithRetryTest, WhatIsNotWorthItIsSentOnce) {
  for (const int status : {200, 301, 400, 401, 403, 404, 413, 501}) {
    ScriptedTransport transport({Answer(status)});
    EXPECT_EQ(Run(transport)->status, status);
    EXPECT_EQ(transport.sent, 1U) << status;
  }
  ScriptedTransport refused({Fail(Errc::kResourceExhausted, "too large")});
  EXPECT_FALSE(Run(refused).has_value());
  EXPECT_EQ(refused.sent, 1U);
}

TEST_F(SendWithRetryTest, WaitsAsLongAsAsked) {
  ScriptedTransport transport({Answer(429, "3"), Answer(200)});
  EXPECT_EQ(Run(transport)->status, 200);
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_GE(waits[0], seconds(3));
}

TEST_F(SendWithRetryTest, AsksNoMoreWhenTheDeadlineWouldPass) {
  ScriptedTransport transport({Answer(429, "30"), Answer(200)});
  EXPECT_EQ(Run(transport, {}, seconds(5))->status, 429);
  EXPECT_EQ(transport.sent, 1U);
}

TEST_F(SendWithRetryTest, StreamedBodyIsNotAskedForTwice) {
  ScriptedTransport transport({Fail(Errc::kDataLoss, "half"), Answer(200)});
  HttpRequest request;
  request.on_body = [](std::string_view) { return true; };
  EXPECT_EQ(Run(transport, request).error().code(), Errc::kDataLoss);
  EXPECT_EQ(transport.sent, 1U);
}

TEST_F(SendWithRetryTest, StopEndsIt) {
  ScriptedTransport transport({Answer(503)});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Run(transport, {}, seconds(60), stop.get_token())->status, 503);
  EXPECT_EQ(transport.sent, 1U);
}

TEST(RealSleep, EndsAtOnceWhenStopped) {
  ScriptedTransport transport({Answer(503, "20")});
  std::stop_source stop;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(30));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const auto outcome = SendWithRetry(transport, {}, {}, DeadlineIn(seconds(60)), stop.get_token());
  EXPECT_EQ(outcome->status, 503);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10));
}

}  // namespace
}  // namespace hullmark::net
