// SPDX-License-Identifier: Apache-2.0
//
// Trying again: which outcomes are worth it, how long to wait (exponential back-off with jitter, or
// what Retry-After asks), all inside one deadline.  Thread-safety: Backoff is thread-compatible.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <stop_token>
#include <string_view>

#include "base/net/http.h"
#include "base/time.h"

namespace hullmark::net {

struct RetryPolicy {
  int attempts = 4;  ///< in all, the first included
  std::chrono::milliseconds first_wait{200};
  std::chrono::milliseconds longest_wait{10'000};
  /// A Retry-After beyond this ends the retries: the caller has better to do.
  std::chrono::milliseconds longest_asked{60'000};
  std::chrono::milliseconds attempt_timeout{30'000};
};

/// 408, 429, 500, 502, 503, 504, and errors that another attempt may not meet.
bool IsWorthRetrying(const Result<HttpResponse>& outcome);

/// RFC 9110 §10.2.3: a number of seconds, or a date (IMF-fixdate) seen from `now`; never negative.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view field, Timestamp now);

/// The waits between the attempts of one request.
class Backoff {
 public:
  Backoff(const RetryPolicy& policy, std::uint64_t seed) : policy_(policy), random_(seed) {}

  /// How long to wait before the next attempt; nothing when there should be none: the attempts are
  /// used up, or the wait would outlast `remaining` or the longest one that may be asked for.
  std::optional<std::chrono::milliseconds> Next(std::optional<std::chrono::seconds> retry_after,
                                                std::chrono::milliseconds remaining);

 private:
  RetryPolicy policy_;
  std::minstd_rand random_;
  int attempts_made_ = 0;
};

/// What tests replace; the defaults are the real things.
struct RetrySeams {
  std::function<Timestamp()> now;
  /// Waits; false when `stop` came first.
  std::function<bool(std::chrono::milliseconds, std::stop_token)> sleep;
};

/// Sends until an attempt is not worth another, and returns the last outcome.  Only for requests
/// that may be sent twice.  A body that was handed to `on_body` in part is never asked for again.
Result<HttpResponse> SendWithRetry(HttpTransport& transport, const HttpRequest& request,
                                   const RetryPolicy& policy, Deadline deadline,
                                   const std::stop_token& stop = {}, const RetrySeams& seams = {});

}  // namespace hullmark::net
