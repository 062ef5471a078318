// SPDX-License-Identifier: Apache-2.0
//
// A listening socket that hands each new connection on.  Owned by the I/O thread, but for Open.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/net/server/io_thread.h"
#include "base/result.h"

namespace hullmark::net {

class Listener {
 public:
  using OnConnection = std::function<void(UniqueFd fd, std::string peer)>;

  /// `address` is an IP address or `localhost`; port 0 lets the system pick.  kUnavailable when
  /// the port is taken, not allowed or the address is not this machine's: the message has the mend.
  static Result<std::unique_ptr<Listener>> Open(IoThread& io, const std::string& address,
                                                std::uint16_t port);
  ~Listener();

  std::uint16_t port() const;
  void Start(OnConnection on_connection);
  void Close();

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::net
