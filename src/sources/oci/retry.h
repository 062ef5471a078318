// SPDX-License-Identifier: Apache-2.0
//
// Sends a request until it is answered: connection failures, 429 and 5xx are tried again after a
// pause that grows, or that the server asked for (RFC 9110 §10.2.3).  Thread-safe functions.
#pragma once
#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>

#include "base/net/http.h"
#include "base/result.h"
#include "base/time.h"

namespace hullmark::oci {

struct RetryPolicy {
  int retries = 3;
  std::chrono::milliseconds request_timeout{30'000};
  std::chrono::milliseconds first_pause{250};  ///< doubled each time, with jitter
  /// A server that asks for more is not waited for: the answer is kUnavailable and says how long.
  std::chrono::milliseconds max_pause{30'000};
};

/// Only for requests that may be repeated (GET, HEAD, a token's POST).  Any answer but 429 and 5xx
/// is a success; those are kUnavailable once the tries are used up.
Result<net::HttpResponse> SendWithRetry(net::HttpTransport& transport,
                                        const net::HttpRequest& request, const RetryPolicy& policy,
                                        std::stop_token stop);

/// Retry-After's value: seconds, or an IMF-fixdate, from which `now` is taken.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view value, Timestamp now);

}  // namespace hullmark::oci
