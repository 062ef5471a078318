// SPDX-License-Identifier: Apache-2.0
//
// Redirects as both transports follow them: credentials never leave their host, and nothing steps
// down from https to http.  Pure; thread-safe.
#pragma once
#include <optional>

#include "base/net/http.h"

namespace hullmark::net {

/// Whether `status` with a Location is one to follow (301, 302, 303, 307, 308).
bool IsRedirect(int status);

/// The request that `response` sends us on to, with one redirect less to go; nothing when
/// `response` is no redirect or `request` wants none.  To another scheme, host or port goes only
/// what cannot hold a credential.  kUnavailable for a redirect that must not be followed.
Result<std::optional<HttpRequest>> FollowRedirect(const HttpRequest& request,
                                                  const HttpResponse& response);

}  // namespace hullmark::net
