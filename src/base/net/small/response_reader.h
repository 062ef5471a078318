// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a connection → one response, without sockets: Beast's parser (RFC 9112) behind limits.
// Thread-compatible.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "base/net/http.h"

namespace hullmark::net {

struct ResponseLimits {
  std::size_t head_bytes = 64 << 10;
  std::size_t body_bytes = 4 << 20;
  std::size_t chunk_head_bytes = 8 << 10;  ///< BodyLimits::line_bytes
  int interim_responses = 10;
};

class ResponseReader {
 public:
  /// Takes pieces of the body; false ends the reading with kCancelled.
  using OnBody = std::function<bool(const HttpResponse& head, std::string_view piece)>;

  /// `head_only`: the request was a HEAD or a CONNECT.
  ResponseReader(const ResponseLimits& limits, bool head_only, OnBody on_body);
  ~ResponseReader();

  /// kUnavailable when this is no HTTP response, kDataLoss when its body breaks off or breaks the
  /// rules, kResourceExhausted at a limit.
  Status Feed(std::string_view bytes);
  /// The other end is done.  kUnavailable before the head is whole, kDataLoss inside a body.
  Status Finish();
  bool done() const;
  /// Whether the connection may serve another request.  Requires: done.
  bool keep_alive() const;
  /// The final response (its body went to OnBody).
  HttpResponse& response();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::net
