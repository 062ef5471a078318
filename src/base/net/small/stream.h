// SPDX-License-Identifier: Apache-2.0
//
// One connection's bytes, plain or under TLS.  Thread-compatible; used by one request.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace hullmark::net::small {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// At least one byte; 0 at the end.
  virtual Result<std::size_t> Read(std::span<char> into, Deadline deadline,
                                   const std::stop_token& stop) = 0;
  virtual Status Write(std::string_view bytes, Deadline deadline, const std::stop_token& stop) = 0;
};

std::unique_ptr<ByteStream> MakePlainStream(UniqueFd fd);

/// Roots for verifying servers; made when first needed, since loading a bundle costs milliseconds.
/// Thread-safe.
class TlsContext {
 public:
  /// From `ca_file`, else SSL_CERT_FILE and SSL_CERT_DIR, else where systems keep them.
  static Result<std::shared_ptr<TlsContext>> Make(const std::string& ca_file);
  ~TlsContext();
  /// Shakes hands with `host`: its name is sent (RFC 6066) and checked (RFC 6125).
  Result<std::unique_ptr<ByteStream>> Connect(UniqueFd fd, const std::string& host,
                                              Deadline deadline, const std::stop_token& stop);

 private:
  struct State;
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hullmark::net::small
