// SPDX-License-Identifier: Apache-2.0
//
// The server's side of one connection, for scripts that break the rules.  Thread-compatible.
#pragma once
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"

namespace hullmark::net {

class Conversation {
 public:
  explicit Conversation(int fd) : fd_(fd) {}

  int fd() const { return fd_.get(); }
  /// A request's head, and `body_bytes` of what follows; empty when the client has gone.
  std::string ReadRequest(std::size_t body_bytes = 0) {
    while (true) {
      const std::size_t end = kept_.find("\r\n\r\n");
      if (end != std::string::npos && kept_.size() >= end + 4 + body_bytes) {
        std::string request = kept_.substr(0, end + 4 + body_bytes);
        kept_.erase(0, request.size());
        return request;
      }
      char buffer[4096];
      const ssize_t n = recv(fd_.get(), buffer, sizeof(buffer), 0);
      if (n <= 0) return "";
      kept_.append(buffer, static_cast<std::size_t>(n));
    }
  }
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Until the client leaves.
  void AwaitEnd() {
    char buffer[4096];
    while (recv(fd_.get(), buffer, sizeof(buffer), 0) > 0) {
    }
  }
  /// Joins the client to the server at `port`, as a proxy does.
  void RelayTo(std::uint16_t port) {
    const UniqueFd other(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(other.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) return;
    pollfd fds[2] = {{.fd = fd_.get(), .events = POLLIN, .revents = 0},
                     {.fd = other.get(), .events = POLLIN, .revents = 0}};
    while (poll(fds, 2, 10'000) > 0) {
      for (int i = 0; i < 2; ++i) {
        if (fds[i].revents == 0) continue;
        char buffer[16 << 10];
        const ssize_t n = recv(fds[i].fd, buffer, sizeof(buffer), 0);
        if (n <= 0) return;
        if (send(fds[1 - i].fd, buffer, static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) return;
      }
    }
  }

 private:
  UniqueFd fd_;
  std::string kept_;
};

}  // namespace hullmark::net
