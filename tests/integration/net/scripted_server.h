// SPDX-License-Identifier: Apache-2.0
//
// A server that does exactly what a test says, right or wrong: each connection is a thread with a
// script.  Thread-safe.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
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
#include "integration/net/conversation.h"

namespace hullmark::net {

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
        conversation.AwaitEnd();
      });
    }
  }

  const Script script_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
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

}  // namespace hullmark::net
