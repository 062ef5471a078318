// SPDX-License-Identifier: Apache-2.0
//
// TLS over any channel, the peer verified by name against roots that are loaded when first needed
// (that costs some 20 ms).  Thread-safety: TlsRoots thread-safe; channels thread-compatible.
#pragma once
#include <memory>
#include <string>

#include "base/net/small/channel.h"

namespace hullmark::net {

class TlsRoots {
 public:
  /// `ca_file`: PEM roots; when empty those of SSL_CERT_FILE and SSL_CERT_DIR, else the system's.
  explicit TlsRoots(std::string ca_file);
  ~TlsRoots();

  /// Handshakes with `host` over `inner`.  kInvalidArgument when no roots can be loaded.
  Result<std::unique_ptr<Channel>> Wrap(std::unique_ptr<Channel> inner, const std::string& host,
                                        const Patience& patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::net
