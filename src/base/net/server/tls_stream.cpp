// SPDX-License-Identifier: Apache-2.0
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/net/server/io_thread.h"
#include "base/net/server/stream.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// RFC 7301 §3.2: a client that offers only other protocols is told so.
int SelectHttp1(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void*) {
  static constexpr unsigned char kHttp1[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, out_size, kHttp1, sizeof(kHttp1) - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

asio::ip::tcp::socket SocketOf(IoThread& io, int fd) {
  return {io.context(), IsIpv6Socket(fd) ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), fd};
}

class TlsStream final : public Stream {
 public:
  TlsStream(IoThread& io, int fd, ssl::context& context) : stream_(SocketOf(io, fd), context) {}

  void Handshake(Done done) override {
    stream_.async_handshake(
        ssl::stream_base::server,
        [done = std::move(done)](const error_code& ec) mutable { done(ec, 0); });
  }
  void Read(std::span<char> into, Done done) override {
    stream_.async_read_some(
        asio::buffer(into.data(), into.size()),
        [done = std::move(done)](const error_code& ec, std::size_t n) mutable { done(ec, n); });
  }
  void Write(std::string_view head, std::string_view body, Done done) override {
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head.data(), head.size()),
                                                     asio::buffer(body.data(), body.size())};
    asio::async_write(
        stream_, parts,
        [done = std::move(done)](const error_code& ec, std::size_t n) mutable { done(ec, n); });
  }
  void FinishWriting(Done done) override {
    stream_.async_shutdown([done = std::move(done)](const error_code& ec) mutable { done(ec, 0); });
  }
  // OpenSSL reads on after its close_notify, but what it reads then is an error to it.
  bool can_half_close() const override { return false; }
  void Close() override {
    error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

 private:
  ssl::stream<asio::ip::tcp::socket> stream_;
};

std::string WhyOpenSsl(const error_code& ec) {
  const char* reason = ERR_reason_error_string(static_cast<unsigned long>(ec.value()));
  return reason != nullptr ? reason : ec.message();
}

}  // namespace

class TlsContext::Impl {
 public:
  Impl() : context(ssl::context::tls_server) {}
  ssl::context context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::Load(const std::string& certificate_file,
                                                     const std::string& key_file) {
  auto impl = std::make_unique<Impl>();
  SSL_CTX* native = impl->context.native_handle();
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1) {
    return Fail(Errc::kInternal, "tls: cannot require version 1.2");
  }
  SSL_CTX_set_options(
      native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections are many: their buffers go back while nothing is under way.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, SelectHttp1, nullptr);
  error_code ec;
  impl->context.use_certificate_chain_file(certificate_file, ec);
  if (ec) {
    return Fail(Errc::kInvalidArgument,
                Cat({"tls certificate ", Quote(certificate_file), ": ", WhyOpenSsl(ec)}));
  }
  impl->context.use_private_key_file(key_file, ssl::context::pem, ec);
  if (ec) {
    return Fail(Errc::kInvalidArgument, Cat({"tls key ", Quote(key_file), ": ", WhyOpenSsl(ec)}));
  }
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(impl)));
}

std::unique_ptr<Stream> TlsContext::MakeStream(IoThread& io, int fd) {
  return std::make_unique<TlsStream>(io, fd, impl_->context);
}

}  // namespace hullmark::net
