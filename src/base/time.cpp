// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <cstdio>

#include "base/text.h"

namespace hullmark {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kFirstSecond = -62'167'219'200;  // 0000-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z

/// Takes parts off the front of a text; once one is missing, `ok` stays false.
struct Reader {
  std::string_view rest;
  bool ok = true;

  bool StartsWithDigit() const { return !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; }

  int Digits(int count, int low, int high) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      if (!StartsWithDigit()) {
        ok = false;
        return 0;
      }
      value = value * 10 + (rest[0] - '0');
      rest.remove_prefix(1);
    }
    if (value < low || value > high) ok = false;
    return value;
  }

  void Expect(char c) {
    if (rest.starts_with(c)) {
      rest.remove_prefix(1);
    } else {
      ok = false;
    }
  }
};

std::int64_t FractionMicros(Reader& reader) {
  if (!reader.rest.starts_with('.')) return 0;
  reader.rest.remove_prefix(1);
  if (!reader.StartsWithDigit()) reader.ok = false;
  std::int64_t micros = 0;
  std::int64_t unit = kMicrosPerSecond;
  while (reader.StartsWithDigit()) {
    unit /= 10;  // 0 beyond microseconds: those digits are cut
    micros += unit * (reader.rest[0] - '0');
    reader.rest.remove_prefix(1);
  }
  return micros;
}

std::int64_t OffsetSeconds(Reader& reader) {
  if (reader.rest.starts_with('Z')) {
    reader.rest.remove_prefix(1);
    return 0;
  }
  const bool west = reader.rest.starts_with('-');
  if (!west && !reader.rest.starts_with('+')) {
    reader.ok = false;
    return 0;
  }
  reader.rest.remove_prefix(1);
  const int hours = reader.Digits(2, 0, 23);
  reader.Expect(':');
  const int minutes = reader.Digits(2, 0, 59);
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return west ? -seconds : seconds;
}

}  // namespace

Result<Timestamp> Timestamp::Parse(std::string_view text) {
  Reader reader{text};
  const int year = reader.Digits(4, 0, 9999);
  reader.Expect('-');
  const int month = reader.Digits(2, 1, 12);
  reader.Expect('-');
  const int day = reader.Digits(2, 1, 31);
  reader.Expect('T');
  const int hour = reader.Digits(2, 0, 23);
  reader.Expect(':');
  const int minute = reader.Digits(2, 0, 59);
  reader.Expect(':');
  const int second =
      reader.Digits(2, 0, 60);  // 60: a leap second, which POSIX time gives to the next minute
  const std::int64_t fraction = FractionMicros(reader);
  const std::int64_t offset = OffsetSeconds(reader);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!reader.ok || !reader.rest.empty() || !date.ok()) {
    return Fail(Errc::kInvalidArgument,
                "time " + Quote(text) + ": want RFC 3339, such as 2026-11-21T22:15:11Z");
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * kSecondsPerDay + hour * 3600 + minute * 60 + second - offset;
  if (seconds < kFirstSecond || seconds > kLastSecond) {
    return Fail(Errc::kInvalidArgument, "time " + Quote(text) + ": want years 0000 to 9999 in UTC");
  }
  return Timestamp{seconds * kMicrosPerSecond + fraction};
}

std::string Timestamp::ToString() const {
  std::int64_t total = micros / kMicrosPerSecond;
  std::int64_t fraction = micros % kMicrosPerSecond;
  if (fraction < 0) {
    --total;
    fraction += kMicrosPerSecond;
  }
  // What four digits cannot say is said by the nearest instant that they can.
  if (total < kFirstSecond) {
    total = kFirstSecond;
    fraction = 0;
  } else if (total > kLastSecond) {
    total = kLastSecond;
    fraction = kMicrosPerSecond - 1;
  }
  std::int64_t day_number = total / kSecondsPerDay;
  std::int64_t of_day = total % kSecondsPerDay;
  if (of_day < 0) {
    --day_number;
    of_day += kSecondsPerDay;
  }
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(day_number)))};
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(of_day / 3600),
                static_cast<int>(of_day / 60 % 60), static_cast<int>(of_day % 60));
  std::string out = buffer;
  if (fraction != 0) {
    std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(fraction));
    out += buffer;
    while (out.ends_with('0')) out.pop_back();
  }
  out += 'Z';
  return out;
}

Timestamp SystemClock::Now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

}  // namespace hullmark
