// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/net/server/io_thread.h"
#include "base/net/server/stream.h"

namespace hullmark::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

asio::ip::tcp ProtocolOf(int fd) {
  return IsIpv6Socket(fd) ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
}

class PlainStream final : public Stream {
 public:
  PlainStream(IoThread& io, int fd) : socket_(io.context(), ProtocolOf(fd), fd) {}

  void Handshake(Done done) override { done({}, 0); }
  void Read(std::span<char> into, Done done) override {
    socket_.async_read_some(
        asio::buffer(into.data(), into.size()),
        [done = std::move(done)](const error_code& ec, std::size_t n) mutable { done(ec, n); });
  }
  void Write(std::string_view head, std::string_view body, Done done) override {
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head.data(), head.size()),
                                                     asio::buffer(body.data(), body.size())};
    asio::async_write(
        socket_, parts,
        [done = std::move(done)](const error_code& ec, std::size_t n) mutable { done(ec, n); });
  }
  void FinishWriting(Done done) override {
    error_code ec;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
    done(ec, 0);
  }
  bool can_half_close() const override { return true; }
  void Close() override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  asio::ip::tcp::socket socket_;
};

}  // namespace

bool IsIpv6Socket(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  return getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
         name.ss_family == AF_INET6;
}

std::unique_ptr<Stream> MakePlainStream(IoThread& io, int fd) {
  return std::make_unique<PlainStream>(io, fd);
}

}  // namespace hullmark::net
