// SPDX-License-Identifier: Apache-2.0
//
// An HTTP/1.1 server: Asio connections and Beast's parser behind one door.  What the parser lets
// through and RFC 9112 does not (Host missing or twice, Transfer-Encoding other than chunked,
// Content-Length repeated or beside it, obs-fold) is refused with 400 here.  Handlers run on a
// worker pool; connections on I/O threads.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/net/exchange.h"
#include "base/result.h"

namespace hullmark::net {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: the system picks
  int io_threads = 1;
  int worker_threads = 4;
  std::size_t max_connections = 4096;
  std::size_t header_limit = 16 << 10;
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds write_timeout{30'000};  ///< and a second more for every 32 KB
  std::string tls_certificate_file{};               ///< PEM chain; TLS when set
  std::string tls_key_file{};
  /// The body is empty then.  Runs on the I/O thread: it must not wait.
  std::function<Admission(const ServerRequest&)> admit{};
  std::function<ServerResponse(const ServerRequest&)> handle{};
  /// The response to what never reaches a handler: malformed, too large, too slow.
  std::function<ServerResponse(int status, std::string_view what)> refuse{};
};

/// Thread-safe.
class HttpServer {
 public:
  /// Listens and serves.  kUnavailable when the port is taken: the message says what to do.
  static Result<std::unique_ptr<HttpServer>> Start(ServerOptions options);
  ~HttpServer();  ///< Stop(0)

  std::uint16_t port() const;
  /// Stops listening, lets running requests finish for at most `grace`, then closes.  Returns when
  /// the handlers that still run have returned: nothing can interrupt them.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::net
