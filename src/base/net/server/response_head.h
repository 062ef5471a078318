// SPDX-License-Identifier: Apache-2.0
//
// The head of a response as bytes.  Pure; thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/net/exchange.h"

namespace hullmark::net {

/// Whether a response of this status has a body at all (RFC 9110 §6.4.1).
bool HasBody(int status);

/// Status line, `response`'s fields and the server's own, up to and with the empty line.  Nothing
/// when the handler's response would break the framing: a control character or a bad name in a
/// field, a status outside 200 to 599.
std::optional<std::string> ResponseHead(const ServerResponse& response, std::string_view date,
                                        bool keep_alive);

}  // namespace hullmark::net
