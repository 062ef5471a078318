// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace hullmark {
namespace {

struct GoodTime {
  std::string_view text;
  std::int64_t micros;
  std::string_view written;  ///< in UTC, shortest
};
constexpr GoodTime kGoodTimes[] = {
    {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
    {"2026-11-21T22:15:11Z", 1795299311'000'000, "2026-11-21T22:15:11Z"},
    {"2026-11-21T22:15:11.5Z", 1795299311'500'000, "2026-11-21T22:15:11.5Z"},
    {"2026-11-21T22:15:11.000001Z", 1795299311'000'001, "2026-11-21T22:15:11.000001Z"},
    {"2026-11-21T22:15:11.123456789Z", 1795299311'123'456, "2026-11-21T22:15:11.123456Z"},
    {"2026-11-21T22:15:11.000Z", 1795299311'000'000, "2026-11-21T22:15:11Z"},
    {"2026-11-22T00:15:11+02:00", 1795299311'000'000, "2026-11-21T22:15:11Z"},
    {"2026-11-21T16:45:11-05:30", 1795299311'000'000, "2026-11-21T22:15:11Z"},
    {"1970-01-01T00:00:00-00:00", 0, "1970-01-01T00:00:00Z"},
    {"1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
    {"2024-02-29T00:00:00Z", 1709164800'000'000, "2024-02-29T00:00:00Z"},
    {"2016-12-31T23:59:60Z", 1483228800'000'000, "2017-01-01T00:00:00Z"},
    {"0000-01-01T00:00:00Z", -62'167'219'200'000'000, "0000-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999, "9999-12-31T23:59:59.999999Z"},
};

TEST(Timestamp, ReadsRfc3339AndWritesItShortest) {
  for (const GoodTime& c : kGoodTimes) {
    const Result<Timestamp> got = Timestamp::Parse(c.text);
    ASSERT_TRUE(got.has_value()) << c.text;
    EXPECT_EQ(got->micros, c.micros) << c.text;
    EXPECT_EQ(got->ToString(), c.written);
  }
}

TEST(Timestamp, RefusesEveryOtherForm) {
  for (const std::string_view text : {"",
                                      "2026-11-21",
                                      "2026-11-21 22:15:11Z",
                                      "2026-11-21t22:15:11Z",
                                      "2026-11-21T22:15:11z",
                                      "2026-11-21T22:15:11",
                                      "2026-11-21T22:15Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-04-31T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:61Z",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00,5Z",
                                      "2026-01-01T00:00:00+0200",
                                      "2026-01-01T00:00:00+24:00",
                                      "2026-01-01T00:00:00+02:60",
                                      "2026-01-01T00:00:00+2:00",
                                      "2026-01-01T00:00:00Z ",
                                      " 2026-01-01T00:00:00Z",
                                      "26-01-01T00:00:00Z",
                                      "12026-01-01T00:00:00Z",
                                      "-026-01-01T00:00:00Z",
                                      "2026-1-01T00:00:00Z",
                                      "1795299311",
                                      "9999-12-31T23:59:59-00:01",
                                      "0000-01-01T00:00:00+00:01"}) {
    const Result<Timestamp> got = Timestamp::Parse(text);
    ASSERT_FALSE(got.has_value()) << text;
    EXPECT_EQ(got.error().code(), Errc::kInvalidArgument);
  }
}

TEST(Timestamp, WritesTheNearestWhereFourDigitsEnd) {
  EXPECT_EQ(Timestamp{std::numeric_limits<std::int64_t>::max()}.ToString(),
            "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(Timestamp{std::numeric_limits<std::int64_t>::min()}.ToString(), "0000-01-01T00:00:00Z");
}

RC_GTEST_PROP(TimestampLaw, RoundTrips, ()) {
  const auto micros =
      *rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'799'999'999);
  const Timestamp time{micros};
  const Result<Timestamp> again = Timestamp::Parse(time.ToString());
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == time);
}

TEST(SystemClock, GoesOn) {
  const SystemClock clock;
  const Timestamp first = clock.Now();
  EXPECT_GT(first.ToString(), "2026");
  EXPECT_GE(clock.Now() + std::chrono::seconds(1), first);
}

}  // namespace
}  // namespace hullmark
