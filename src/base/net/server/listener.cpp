// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/telemetry/log.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kAcceptsAtOnce = 64;
constexpr std::chrono::milliseconds kPause{100};

// An IPv4 client of an IPv6 socket is shown as what it is.
std::string Shown(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

std::string Shown(const tcp::endpoint& at) {
  const std::string host = at.address().to_string();
  const std::string port = std::to_string(at.port());
  return at.address().is_v6() ? Cat({"[", host, "]:", port}) : Cat({host, ":", port});
}

std::unexpected<Error> CannotListen(const tcp::endpoint& at, const error_code& ec) {
  const std::string port = std::to_string(at.port());
  std::string mend;
  if (ec == boost::system::errc::address_in_use) {
    mend =
        Cat({"another program has the port, perhaps a hullmark that still runs: "
             "`ss -ltnp 'sport = :",
             port,
             "'` names it; stop it, or choose another with "
             "--listen ADDRESS:PORT"});
  } else if (ec == boost::system::errc::permission_denied) {
    mend = Cat(
        {"port ", port, " needs privileges: choose one from 1024 up with --listen ADDRESS:PORT"});
  } else if (ec == boost::system::errc::address_not_available) {
    mend =
        "this machine does not have the address: choose one that it has with --listen ADDRESS:PORT";
  } else {
    mend = ec.message();
  }
  return Fail(Errc::kUnavailable, Cat({"cannot listen on ", Shown(at), ": ", mend}));
}

}  // namespace

class Listener::Impl {
 public:
  explicit Impl(IoThread& thread) : io(thread), acceptor(thread.context()) {}

  Status Open(const tcp::endpoint& at) {
    error_code ec;
    acceptor.open(at.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor.bind(at, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) acceptor.native_non_blocking(true, ec);
    if (ec) return CannotListen(at, ec);
    port = acceptor.local_endpoint(ec).port();
    return {};
  }

  void Await() {
    acceptor.async_wait(tcp::acceptor::wait_read, [this](const error_code& ec) {
      if (ec || !acceptor.is_open()) return;
      if (AcceptSome()) return Await();
      io.After(kPause, [this] {
        if (acceptor.is_open()) Await();
      });
    });
  }

  // False when accepting should pause: the process is out of descriptors.
  bool AcceptSome() {
    for (int i = 0; i < kAcceptsAtOnce; ++i) {
      sockaddr_storage from{};
      socklen_t size = sizeof(from);
      UniqueFd fd(accept4(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&from), &size,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
        if (errno == EINTR || errno == ECONNABORTED) continue;
        telemetry::LogWarning("cannot accept connections",
                              {{"why", std::generic_category().message(errno)}});
        return false;
      }
      const int on = 1;
      setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      tcp::endpoint peer;
      if (size > peer.capacity()) continue;
      std::memcpy(peer.data(), &from, size);
      on_connection(std::move(fd), Shown(peer.address()));
    }
    return true;
  }

  IoThread& io;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  OnConnection on_connection;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::Open(IoThread& io, const std::string& address,
                                                 std::uint16_t port) {
  error_code ec;
  const asio::ip::address parsed =
      asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, ec);
  if (ec) {
    return Fail(Errc::kInvalidArgument,
                Cat({"listen address ", Quote(address), ": want an IP address or localhost"}));
  }
  auto impl = std::make_unique<Impl>(io);
  HM_TRY(impl->Open(tcp::endpoint(parsed, port)));
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

std::uint16_t Listener::port() const { return impl_->port; }

void Listener::Start(OnConnection on_connection) {
  impl_->on_connection = std::move(on_connection);
  impl_->Await();
}

void Listener::Close() {
  error_code ignored;
  impl_->acceptor.close(ignored);
}

}  // namespace hullmark::net
