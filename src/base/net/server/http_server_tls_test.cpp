// SPDX-License-Identifier: Apache-2.0
//
// The server over TLS, driven by OpenSSL's own client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "base/net/server/raw_client.h"
#include "base/net/server/server_fixture.h"
#include "base/net/test_certificates.h"

namespace hullmark::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

/// A TLS client over a RawClient's socket; trusts `ca_file` only.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const std::string& ca_file, int version = 0,
            std::string_view alpn = "")
      : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_load_verify_locations(context_.get(), ca_file.c_str(), nullptr);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context_.get(), 0);  // so that old versions are offered at all
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    ssl_.reset(SSL_new(context_.get()));
    if (!alpn.empty()) {
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                          static_cast<unsigned>(alpn.size()));
    }
    SSL_set1_host(ssl_.get(), "localhost");
    SSL_set_fd(ssl_.get(), raw_.fd());
    connected_ = SSL_connect(ssl_.get()) == 1;
  }
  bool connected() const { return connected_; }
  std::string alpn() const {
    const unsigned char* text = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &text, &size);
    return {reinterpret_cast<const char*>(text), size};
  }
  bool Send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
  }
  /// Until `bytes` have come or the other end is done.
  std::string Read(std::size_t bytes) {
    std::string out;
    char buffer[4096];
    while (out.size() < bytes) {
      const int n = SSL_read(ssl_.get(), buffer, sizeof(buffer));
      if (n <= 0) break;
      out.append(buffer, static_cast<std::size_t>(n));
    }
    return out;
  }
  /// Whether the server said that it is done, rather than just leaving.
  bool SawCloseNotify() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

 private:
  RawClient raw_;
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool connected_ = false;
};

class HttpServerTls : public testing::Test {
 protected:
  std::unique_ptr<HttpServer> StartTls(ServerOptions options = EchoOptions()) {
    options.tls_certificate_file = certificates_.certificate();
    options.tls_key_file = certificates_.key();
    return StartServer(std::move(options));
  }
  const TestCertificates certificates_;
};

constexpr std::size_t kAll = 1 << 30;

TEST_F(HttpServerTls, ServesAndKeepsTheConnection) {
  const auto server = StartTls();
  TlsClient client(server->port(), certificates_.ca());
  ASSERT_TRUE(client.connected());
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_THAT(client.Read(1), StartsWith("HTTP/1.1 200 "));
  ASSERT_TRUE(client.Send("GET /two HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(client.Read(kAll), EndsWith("GET /two "));
  EXPECT_TRUE(client.SawCloseNotify());
}

TEST_F(HttpServerTls, LargeBodiesGoBothWays) {
  ServerOptions options = EchoOptions();
  options.admit = [](const ServerRequest&) { return Admission{.max_body_bytes = 4 << 20}; };
  const auto server = StartTls(std::move(options));
  TlsClient client(server->port(), certificates_.ca());
  const std::string body(3'000'000, 't');
  ASSERT_TRUE(client.Send(
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n" + body));
  EXPECT_THAT(client.Read(kAll), EndsWith("\r\n\r\nPOST / " + body));
}

TEST_F(HttpServerTls, VersionsBefore12AreRefused) {
  const auto server = StartTls();
  EXPECT_FALSE(TlsClient(server->port(), certificates_.ca(), TLS1_1_VERSION).connected());
  EXPECT_TRUE(TlsClient(server->port(), certificates_.ca(), TLS1_2_VERSION).connected());
  EXPECT_TRUE(TlsClient(server->port(), certificates_.ca(), TLS1_3_VERSION).connected());
}

TEST_F(HttpServerTls, AlpnIsHttp1OrNothing) {
  const auto server = StartTls();
  TlsClient both(server->port(), certificates_.ca(), 0, "\x02h2\x08http/1.1");
  ASSERT_TRUE(both.connected());
  EXPECT_EQ(both.alpn(), "http/1.1");
  TlsClient only_h2(server->port(), certificates_.ca(), 0, "\x02h2");
  EXPECT_FALSE(only_h2.connected());
  TlsClient none(server->port(), certificates_.ca());
  EXPECT_TRUE(none.connected());
}

TEST_F(HttpServerTls, RefusalArrivesThoughTheClientGoesOnSending) {
  ServerOptions options = EchoOptions();
  options.admit = [](const ServerRequest&) { return Admission{.max_body_bytes = 10}; };
  const auto server = StartTls(std::move(options));
  TlsClient client(server->port(), certificates_.ca());
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
                          std::string(300'000, 'x')));
  EXPECT_THAT(client.Read(1), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTls, SlowBodyIs408) {
  ServerOptions options = EchoOptions();
  options.header_timeout = std::chrono::milliseconds(300);
  const auto server = StartTls(std::move(options));
  TlsClient client(server->port(), certificates_.ca());
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHo"));
  EXPECT_THAT(client.Read(1), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTls, NoiseAndSilenceInsteadOfAHandshakeEnd) {
  ServerOptions options = EchoOptions();
  options.header_timeout = std::chrono::milliseconds(200);
  const auto server = StartTls(std::move(options));
  RawClient plain(server->port());
  ASSERT_TRUE(plain.Send(kGet));
  plain.ReadToEnd();
  EXPECT_TRUE(plain.closed());
  RawClient silent(server->port());
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_TRUE(silent.closed());
}

TEST_F(HttpServerTls, ManyClientsAndRudeOnes) {
  ServerOptions options = EchoOptions();
  options.io_threads = 2;
  const auto server = StartTls(std::move(options));
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> clients;
    for (int c = 0; c < 8; ++c) {
      clients.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          TlsClient client(server->port(), certificates_.ca());
          client.Send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
          if (client.Read(kAll).ends_with("GET /x ")) ++right;
          TlsClient rude(server->port(), certificates_.ca());
          rude.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Le");
        }
      });
    }
  }
  EXPECT_EQ(right, 40);
}

TEST_F(HttpServerTls, FilesThatDoNotFitAreTold) {
  const TestCertificates others;
  for (const auto& [certificate, key, named] :
       {std::tuple(std::string("/none.pem"), certificates_.key(), std::string("/none.pem")),
        std::tuple(certificates_.certificate(), std::string("/none.key"), std::string("/none.key")),
        std::tuple(certificates_.certificate(), others.key(), others.key())}) {
    ServerOptions options = EchoOptions();
    options.tls_certificate_file = certificate;
    options.tls_key_file = key;
    const auto server = HttpServer::Start(std::move(options));
    ASSERT_FALSE(server.has_value());
    EXPECT_EQ(server.error().code(), Errc::kInvalidArgument);
    EXPECT_THAT(server.error().message(), HasSubstr(named));
  }
}

}  // namespace
}  // namespace hullmark::net
