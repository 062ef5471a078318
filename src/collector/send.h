// SPDX-License-Identifier: Apache-2.0
//
// Sends a request until it is answered or the collector's deadline is near.  Thread-safe function.
#pragma once
#include <stop_token>
#include <string_view>

#include "base/net/http.h"
#include "base/result.h"
#include "base/time.h"

namespace hullmark::collector {

/// Requires: the request may be repeated.  `peer` names it in errors; any status is a success.
Result<net::HttpResponse> SendUntil(net::HttpTransport& transport, const net::HttpRequest& request,
                                    std::string_view peer, Deadline deadline, std::stop_token stop);

}  // namespace hullmark::collector
