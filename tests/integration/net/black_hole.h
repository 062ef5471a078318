// SPDX-License-Identifier: Apache-2.0
//
// A port of the machine that never answers.  Thread-compatible.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/file.h"

namespace hullmark::net {

/// A port that takes no connection and refuses none: its queue is full.
class BlackHole {
 public:
  BlackHole() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    HM_CHECK(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&at), size) == 0 &&
                 listen(listener_.get(), 0) == 0,
             "a black hole listens");
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    for (int i = 0; i < 8; ++i) {
      fillers_.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      (void)connect(fillers_.back().get(), reinterpret_cast<const sockaddr*>(&at), size);
    }
  }
  std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::vector<UniqueFd> fillers_;
};

}  // namespace hullmark::net
