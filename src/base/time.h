// SPDX-License-Identifier: Apache-2.0
//
// Instants, and the clock they come from.  The clock is a seam so that tests choose the time.
// Thread-safety: Timestamp is a value; a Clock is thread-safe.
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hullmark {

/// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
struct Timestamp {
  std::int64_t micros = 0;

  /// RFC 3339 §5.6 date-time: `T` and `Z` or a numeric offset; digits beyond microseconds are cut.
  static Result<Timestamp> Parse(std::string_view text);
  static Timestamp FromSeconds(std::int64_t seconds) { return {seconds * 1'000'000}; }

  /// `2026-11-21T22:15:11Z`, with as many fractional digits as are not zero.
  std::string ToString() const;
  std::int64_t seconds() const { return micros / 1'000'000; }

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
  friend Timestamp operator+(Timestamp t, std::chrono::microseconds d) {
    return {t.micros + d.count()};
  }
  friend std::chrono::microseconds operator-(Timestamp a, Timestamp b) {
    return std::chrono::microseconds(a.micros - b.micros);
  }
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
};

/// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
};

/// When to stop waiting; on the steady clock, so that nobody's setting of the wall clock lengthens
/// it.
using Deadline = std::chrono::steady_clock::time_point;
inline Deadline DeadlineIn(std::chrono::milliseconds span) {
  return std::chrono::steady_clock::now() + span;
}

}  // namespace hullmark
