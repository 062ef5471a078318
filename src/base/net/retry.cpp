// SPDX-License-Identifier: Apache-2.0
#include "base/net/retry.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/text.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;

// "Sun, 06 Nov 1994 08:49:37 GMT" as RFC 3339; empty when it is no such date.
std::string Rfc3339OfImfFixdate(std::string_view date) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (date.size() != 29 || date.substr(3, 2) != ", " || !date.ends_with(" GMT")) return "";
  const auto month = std::ranges::find(kMonths, date.substr(8, 3));
  if (month == kMonths.end()) return "";
  const auto number = static_cast<int>(month - kMonths.begin()) + 1;
  const std::string mm = (number < 10 ? "0" : "") + std::to_string(number);
  return Cat({date.substr(12, 4), "-", mm, "-", date.substr(5, 2), "T", date.substr(17, 8), "Z"});
}

bool SleepFor(milliseconds span, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, span, [] { return false; });
  return !stop.stop_requested();
}

milliseconds Remaining(Deadline deadline) {
  return std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
}

}  // namespace

bool IsWorthRetrying(const Result<HttpResponse>& outcome) {
  if (!outcome) {
    const Errc code = outcome.error().code();
    return code == Errc::kUnavailable || code == Errc::kDataLoss || code == Errc::kDeadlineExceeded;
  }
  constexpr std::array kStatuses = {408, 429, 500, 502, 503, 504};
  return std::ranges::find(kStatuses, outcome->status) != kStatuses.end();
}

std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view field, Timestamp now) {
  field = Trim(field);
  if (const std::optional<std::uint64_t> seconds = ParseUint(field)) {
    constexpr std::uint64_t kYear = 366 * 86'400;
    return std::chrono::seconds(std::min(*seconds, kYear));
  }
  const Result<Timestamp> until = Timestamp::Parse(Rfc3339OfImfFixdate(field));
  if (!until) return std::nullopt;
  return std::chrono::seconds(std::max<std::int64_t>(0, until->seconds() - now.seconds()));
}

std::optional<milliseconds> Backoff::Next(std::optional<std::chrono::seconds> retry_after,
                                          milliseconds remaining) {
  ++attempts_made_;
  if (attempts_made_ >= policy_.attempts) return std::nullopt;
  const auto jitter = [this](std::int64_t to) {
    return milliseconds(
        std::uniform_int_distribution<std::int64_t>(0, std::max<std::int64_t>(to, 0))(random_));
  };
  milliseconds wait{};
  if (retry_after) {
    wait = *retry_after;
    if (wait > policy_.longest_asked) return std::nullopt;
    // Many clients are told the same instant: they should not all come at it.
    wait += jitter(wait.count() / 10);
  } else {
    const int doublings = std::min(attempts_made_ - 1, 20);
    const milliseconds span = std::min(policy_.first_wait * (1 << doublings), policy_.longest_wait);
    wait = span / 2 + jitter(span.count() / 2);
  }
  if (wait >= remaining) return std::nullopt;
  return wait;
}

Result<HttpResponse> SendWithRetry(HttpTransport& transport, const HttpRequest& request,
                                   const RetryPolicy& policy, Deadline deadline,
                                   const std::stop_token& stop, const RetrySeams& seams) {
  const auto now = seams.now ? seams.now : [] { return SystemClock().Now(); };
  const auto sleep = seams.sleep ? seams.sleep : SleepFor;
  bool handed_over = false;
  HttpRequest attempt = request;
  if (request.on_body) {
    attempt.on_body = [&](std::string_view piece) {
      handed_over = true;
      return request.on_body(piece);
    };
  }
  Backoff backoff(policy, std::random_device{}());
  while (true) {
    Result<HttpResponse> outcome =
        transport.Send(attempt, std::min(deadline, DeadlineIn(policy.attempt_timeout)), stop);
    if (!IsWorthRetrying(outcome) || handed_over || stop.stop_requested()) return outcome;
    std::optional<std::chrono::seconds> asked;
    if (outcome) {
      const std::string* field = outcome->headers.Find("Retry-After");
      if (field != nullptr) asked = ParseRetryAfter(*field, now());
    }
    const std::optional<milliseconds> wait = backoff.Next(asked, Remaining(deadline));
    if (!wait || !sleep(*wait, stop)) return outcome;
  }
}

}  // namespace hullmark::net
