// SPDX-License-Identifier: Apache-2.0
//
// A server that does exactly what a test says, right or wrong: each connection is a thread with a
// script.  Thread-safe.
#pragma once
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
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
  void Reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
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

class ScriptedServer {
 public:
  using Script = std::function<void(Conversation&)>;

  explicit ScriptedServer(Script script)
      : script_(std::move(script)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    Listen(reinterpret_cast<sockaddr*>(&at), size);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
  }
  ScriptedServer(const std::string& unix_path, Script script)
      : script_(std::move(script)), listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, unix_path.data(), unix_path.size());
    Listen(reinterpret_cast<sockaddr*>(&at), sizeof(at));
  }
  ~ScriptedServer() {
    shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    threads_.clear();
  }

  std::uint16_t port() const { return port_; }
  std::string Url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  int connections() const { return connections_; }

 private:
  void Listen(const sockaddr* at, socklen_t size) {
    HM_CHECK(bind(listener_.get(), at, size) == 0 && listen(listener_.get(), 64) == 0,
             "a scripted server listens");
    acceptor_ = std::jthread([this] { Accept(); });
  }
  void Accept() {
    while (true) {
      const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++connections_;
      // A copy of the descriptor stays open until the end, so that its number is not given again.
      open_.push_back(dup(fd));
      keep_.emplace_back(open_.back());
      threads_.emplace_back([this, fd] {
        Conversation conversation(fd);
        script_(conversation);
        shutdown(fd, SHUT_WR);
        // Nothing unread: a reset would take what was sent with it.
        if (!leave_at_once_) conversation.AwaitEnd();
      });
    }
  }

  const Script script_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  bool leave_at_once_ = false;
  std::atomic<int> connections_ = 0;
  std::vector<int> open_;
  std::vector<UniqueFd> keep_;
  std::vector<std::jthread> threads_;
  std::jthread acceptor_;
};

/// A script that answers every request with the same bytes, until the client leaves.
inline ScriptedServer::Script Always(std::string response) {
  return [response = std::move(response)](Conversation& with) {
    while (!with.ReadRequest().empty()) {
      if (!with.Send(response)) return;
    }
  };
}
/// A script that answers once and leaves.
inline ScriptedServer::Script Once(std::string response) {
  return [response = std::move(response)](Conversation& with) {
    with.ReadRequest();
    with.Send(response);
  };
}

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
