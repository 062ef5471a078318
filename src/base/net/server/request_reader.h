// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a connection → requests, without sockets: Beast's parser (RFC 9112) behind a gate that
// refuses what the parser lets through and other readers may see differently.  Fuzzed as
// http_request.  Thread-compatible.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/net/exchange.h"

namespace hullmark::net {

struct ReaderLimits {
  std::size_t head_bytes = 16 << 10;  ///< request line and fields; beyond: 431 (414 in the line)
  std::size_t fields = 100;           ///< beyond: 431
  std::size_t chunk_head_bytes = 4 << 10;  ///< BodyLimits::line_bytes; beyond: 400
};

struct Refusal {
  int status = 0;
  std::string what{};  ///< for a person; quotes at most 80 bytes of the request
};

class RequestReader {
 public:
  enum class State : std::uint8_t {
    kHead,     ///< more bytes are needed
    kAdmit,    ///< the head is whole: say how much body may follow
    kBody,     ///< more bytes are needed
    kDone,     ///< take the request, then Next()
    kRefused,  ///< final: nothing after it on this connection can be trusted
  };

  explicit RequestReader(const ReaderLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  State state() const;
  /// Takes bytes as they come.  What lies beyond the current request is kept for the next one.
  void Feed(std::string_view bytes);
  /// Whether a byte of the current request has come.
  bool started() const;

  /// The request without its body.  Requires: kAdmit, kBody or kDone.
  const ServerRequest& request() const;
  /// Requires: kAdmit.
  void Admit(std::size_t max_body_bytes);
  /// Whether a body was announced.  Requires: kAdmit or later.
  bool has_body() const;
  /// Whether the client waits for "100 Continue" and has sent nothing of its body yet.
  bool awaits_continue() const;
  /// Whether another request may follow.
  bool keep_alive() const;
  /// Requires: kDone.
  ServerRequest Take();
  /// Requires: kDone.
  void Next();

  /// Requires: kRefused.
  const Refusal& refusal() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::net
