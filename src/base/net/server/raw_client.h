// SPDX-License-Identifier: Apache-2.0
//
// A client that sends any bytes and reads what comes, for tests of servers: nothing here minds what
// HTTP allows.  Test-only.  Thread-compatible.
#pragma once
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace hullmark::net {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  }

  bool connected() const { return connected_; }
  int fd() const { return fd_.get(); }

  /// False when the other end has gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void FinishSending() { shutdown(fd_.get(), SHUT_WR); }
  /// Ends the connection with a reset.
  void Abort() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    fd_.Reset(-1);
  }

  /// One response: head, and the body that its Content-Length announces (none for `head_only`).
  /// What came when the other end closed, or after `limit`, is returned as it is.
  std::string ReadResponse(bool head_only = false,
                           std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (true) {
      const std::size_t size = ResponseSize(head_only);
      if (size != 0 && kept_.size() >= size) {
        std::string response = kept_.substr(0, size);
        kept_.erase(0, size);
        return response;
      }
      if (!ReadSome(until)) return std::move(kept_);
    }
  }
  /// Everything until the other end closes or `limit` passes; `closed()` tells which.
  std::string ReadToEnd(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (ReadSome(until)) {
    }
    return std::move(kept_);
  }
  bool closed() const { return closed_; }

 private:
  bool ReadSome(std::chrono::steady_clock::time_point until) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) return false;
    char buffer[16 << 10];
    const ssize_t n = recv(fd_.get(), buffer, sizeof(buffer), 0);
    closed_ = n <= 0;
    if (n > 0) kept_.append(buffer, static_cast<std::size_t>(n));
    return n > 0;
  }
  // 0 while the head is not whole.
  std::size_t ResponseSize(bool head_only) const {
    const std::size_t end = kept_.find("\r\n\r\n");
    if (end == std::string::npos) return 0;
    constexpr std::string_view kField = "\r\nContent-Length: ";
    const std::size_t at = kept_.find(kField);
    std::size_t body = 0;
    if (!head_only && at < end) {
      const std::size_t from = at + kField.size();
      body = ParseUint(std::string_view(kept_).substr(from, kept_.find("\r\n", from) - from))
                 .value_or(0);
    }
    return end + 4 + body;
  }

  UniqueFd fd_;
  bool connected_ = false;
  bool closed_ = false;
  std::string kept_;
};

}  // namespace hullmark::net
