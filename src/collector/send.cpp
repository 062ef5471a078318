// SPDX-License-Identifier: Apache-2.0
#include "collector/send.h"

#include <algorithm>
#include <chrono>

#include "base/net/retry.h"

namespace hullmark::collector {

Result<net::HttpResponse> SendUntil(net::HttpTransport& transport, const net::HttpRequest& request,
                                    std::string_view peer, Deadline deadline,
                                    std::stop_token stop) {
  using std::chrono::milliseconds;
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
  net::RetryPolicy policy;
  policy.attempts = 1000;  // the deadline ends them
  policy.first_wait = milliseconds(100);
  policy.longest_wait = milliseconds(2000);
  // Half of what is left, so that a black hole leaves time for another try; never hastily little.
  policy.attempt_timeout = std::max(left / 2, milliseconds(3000));
  auto response = net::SendWithRetry(transport, request, policy, deadline, stop);
  if (!response) return Fail(std::move(response).error(), peer);
  return response;
}

}  // namespace hullmark::collector
