// SPDX-License-Identifier: Apache-2.0
//
// Errors as RFC 9457 problem details, and JSON responses.  Thread-safe functions.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/net/exchange.h"

namespace hullmark::api {

/// `application/problem+json`; `type` is `urn:hullmark:error:` and the code's name.
net::ServerResponse Problem(const Error& error);
/// The same for what never reached a handler (a malformed request): no code of ours, only HTTP's.
net::ServerResponse Problem(int status, std::string_view detail);
net::ServerResponse JsonResponse(std::string body, int status = 200);
net::ServerResponse TextResponse(std::string body, std::string_view content_type);

}  // namespace hullmark::api
