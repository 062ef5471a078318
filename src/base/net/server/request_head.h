// SPDX-License-Identifier: Apache-2.0
//
// The gate before the parser: what a request's head may look like at all (RFC 9112 §2–3, RFC 9110
// §5), checked on the raw bytes, and the meaning of its target.  Pure; thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/net/exchange.h"
#include "base/net/server/request_reader.h"

namespace hullmark::net {

struct RequestLine {
  std::string_view method;
  std::string_view target;
  int minor_version = 1;
};

/// `line` is without its line end.
std::optional<Refusal> CheckRequestLine(std::string_view line, RequestLine& out);

/// `fields` are whole lines, each with its CRLF, without the empty line.
std::optional<Refusal> CheckFieldLines(std::string_view fields, const ReaderLimits& limits);

/// Host, Transfer-Encoding, Content-Length and Expect, and how they stand to each other.
std::optional<Refusal> CheckFraming(const Headers& headers, int minor_version);

/// Path and query of the target into `request`, whose headers are there already.
std::optional<Refusal> ReadTarget(std::string_view target, ServerRequest& request);

}  // namespace hullmark::net
