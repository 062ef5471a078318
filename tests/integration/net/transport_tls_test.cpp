// SPDX-License-Identifier: Apache-2.0
//
// TLS and proxies: who is trusted, and what goes through whom.
#include <gmock/gmock.h>

#include <cstdlib>
#include <vector>

#include "base/net/server/http_server.h"
#include "base/net/test_certificates.h"
#include "integration/net/scripted_server.h"
#include "integration/net/transports.h"

namespace hullmark::net {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Variables of the environment, for as long as a test runs.
class WithEnvironment {
 public:
  explicit WithEnvironment(std::vector<std::pair<const char*, std::string>> variables) {
    for (const auto& [name, value] : variables) {
      setenv(name, value.c_str(), 1);
      names_.push_back(name);
    }
  }
  ~WithEnvironment() {
    for (const char* name : names_) unsetenv(name);
  }
  WithEnvironment(const WithEnvironment&) = delete;
  WithEnvironment& operator=(const WithEnvironment&) = delete;

 private:
  std::vector<const char*> names_;
};

class TransportTls : public Transports {
 protected:
  std::unique_ptr<HttpServer> StartTls() {
    ServerOptions options;
    options.tls_certificate_file = certificates_.certificate();
    options.tls_key_file = certificates_.key();
    options.admit = [](const ServerRequest&) { return Admission{.max_body_bytes = 1 << 20}; };
    options.handle = [](const ServerRequest& request) {
      const std::string* host = request.headers.Find("Host");
      return ServerResponse{.body = "tls " + *host + request.path + " " + request.body};
    };
    return HttpServer::Start(std::move(options)).value();
  }
  Result<HttpResponse> Ask(const std::string& url, const std::string& ca_file) {
    return Make(ca_file)->Send({.url = url}, DeadlineIn(seconds(60)));
  }
  const TestCertificates certificates_;
};
HM_BOTH_TRANSPORTS(TransportTls);

std::string Local(const HttpServer& server, std::string_view host = "localhost") {
  return "https://" + std::string(host) + ":" + std::to_string(server.port()) + "/x";
}

TEST_P(TransportTls, PrivateAuthorityIsTrustedWhenGiven) {
  const auto server = StartTls();
  const auto transport = Make(certificates_.ca());
  for (const char* host : {"localhost", "127.0.0.1"}) {
    for (int i = 0; i < 3; ++i) {
      const auto response = transport->Send(
          {.method = "POST", .url = Local(*server, host), .body = "b"}, DeadlineIn(seconds(60)));
      ASSERT_TRUE(response.has_value()) << response.error().message();
      EXPECT_THAT(response->body, StartsWith("tls " + std::string(host)));
    }
  }
}

TEST_P(TransportTls, OthersAreNotTrusted) {
  const auto server = StartTls();
  const TestCertificates others;
  for (const std::string& ca : {std::string(), others.ca()}) {
    const auto outcome = Ask(Local(*server), ca);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code(), Errc::kUnavailable);
    EXPECT_THAT(outcome.error().message(), HasSubstr("not trusted"));
    EXPECT_THAT(outcome.error().message(), HasSubstr("ca file"));
  }
}

TEST_P(TransportTls, CertificateOfAnotherNameIsNotTrusted) {
  const TestCertificates other("DNS:elsewhere.test,DNS:*.localhost");
  ServerOptions options;
  options.tls_certificate_file = other.certificate();
  options.tls_key_file = other.key();
  const auto server = HttpServer::Start(std::move(options)).value();
  for (const char* host : {"localhost", "127.0.0.1"}) {
    const auto outcome = Ask(Local(*server, host), other.ca());
    EXPECT_EQ(CodeOf(outcome), Errc::kUnavailable) << host;
  }
}

TEST_P(TransportTls, UnreadableRootsAreTold) {
  const auto server = StartTls();
  const auto outcome = Ask(Local(*server), "/none/ca.pem");
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), Errc::kInvalidArgument);
  EXPECT_THAT(outcome.error().message(), HasSubstr("/none/ca.pem"));
}

TEST_P(TransportTls, PlainServerOnATlsUrlIsUnavailable) {
  const auto plain = HttpServer::Start({}).value();
  EXPECT_EQ(CodeOf(Ask(Local(*plain), "")), Errc::kUnavailable);
}

TEST(SmallRoots, ComeFromTheEnvironment) {
  const TestCertificates certificates;
  ServerOptions options;
  options.tls_certificate_file = certificates.certificate();
  options.tls_key_file = certificates.key();
  const auto server = HttpServer::Start(std::move(options)).value();
  const WithEnvironment set({{"SSL_CERT_FILE", certificates.ca()}});
  const auto response =
      MakeSmallTransport({})->Send({.url = Local(*server)}, DeadlineIn(seconds(60)));
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->status, 404);
}

class TransportProxy : public TransportTls {
 protected:
  // Joins CONNECTs to `target`, whatever name they ask for; answers all else itself.
  static ScriptedServer::Script ProxyTo(std::uint16_t target) {
    return [target](Conversation& with) {
      const std::string request = with.ReadRequest();
      if (request.starts_with("CONNECT ")) {
        const bool known = request.find("Basic dXNlcjpwQHNz") != std::string::npos;
        if (request.starts_with("CONNECT locked.test") && !known) {
          with.Send("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
          return;
        }
        with.Send("HTTP/1.1 200 Connection established\r\n\r\n");
        with.RelayTo(target);
        return;
      }
      with.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(request.size()) +
                "\r\nConnection: close\r\n\r\n" + request);
    };
  }
};
HM_BOTH_TRANSPORTS(TransportProxy);

TEST_P(TransportProxy, TlsGoesThroughATunnelToTheNamedHost) {
  const auto server = StartTls();
  const ScriptedServer proxy(ProxyTo(server->port()));
  const WithEnvironment set({{"https_proxy", proxy.Url()}});
  const auto response = Ask("https://registry.test/v2/", certificates_.ca());
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->body, "tls registry.test/v2/ ");
  EXPECT_EQ(proxy.connections(), 1);
  // The certificate must be the host's, whoever the proxy leads to.
  EXPECT_EQ(CodeOf(Ask("https://bank.test/", certificates_.ca())), Errc::kUnavailable);
}

TEST_P(TransportProxy, PlainHttpIsAskedOfTheProxy) {
  const ScriptedServer proxy(ProxyTo(0));
  const WithEnvironment set(
      {{"http_proxy", "user:p%40ss@127.0.0.1:" + std::to_string(proxy.port())}});
  const auto response = Get("http://registry.test:5000/v2/?n=1");
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_THAT(response->body, StartsWith("GET http://registry.test:5000/v2/?n=1 HTTP/1.1\r\n"));
  EXPECT_THAT(response->body, HasSubstr("Host: registry.test:5000\r\n"));
  EXPECT_THAT(response->body, HasSubstr("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"));
}

TEST_P(TransportProxy, WhatTheProxyRefusesIsTold) {
  const ScriptedServer proxy(ProxyTo(0));
  const WithEnvironment set({{"https_proxy", proxy.Url()}});
  const auto outcome = Ask("https://locked.test/", "");
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), Errc::kUnavailable);
  EXPECT_THAT(outcome.error().message(), HasSubstr("407"));
}

TEST_P(TransportProxy, PasswordGoesToTheProxyOnly) {
  const auto server = StartTls();
  const ScriptedServer proxy(ProxyTo(server->port()));
  const TestCertificates locked("DNS:locked.test");
  ServerOptions options;
  options.tls_certificate_file = locked.certificate();
  options.tls_key_file = locked.key();
  options.handle = [](const ServerRequest& request) {
    return ServerResponse{.body = request.headers.Find("Proxy-Authorization") ? "leaked" : "kept"};
  };
  const auto behind = HttpServer::Start(std::move(options)).value();
  const ScriptedServer to_behind(ProxyTo(behind->port()));
  const WithEnvironment set(
      {{"https_proxy", "http://user:p%40ss@127.0.0.1:" + std::to_string(to_behind.port())}});
  const auto response = Ask("https://locked.test/", locked.ca());
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->body, "kept");
}

TEST_P(TransportProxy, LoopbackAndListedHostsGoDirectly) {
  const ScriptedServer proxy(ProxyTo(0));
  const ScriptedServer direct(Always("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect"));
  const WithEnvironment set({{"http_proxy", proxy.Url()}, {"no_proxy", "example.org,.invalid"}});
  EXPECT_EQ(Get(direct.Url())->body, "direct");
  EXPECT_FALSE(Get("http://registry.invalid/").has_value());
  EXPECT_EQ(proxy.connections(), 0);
  EXPECT_TRUE(Get("http://registry.test/").has_value());
  EXPECT_EQ(proxy.connections(), 1);
}

TEST_P(TransportProxy, DeadProxyIsUnavailable) {
  std::string url;
  {
    const ScriptedServer gone(Once(""));
    url = gone.Url();
  }
  const WithEnvironment set({{"https_proxy", url}, {"http_proxy", url}});
  EXPECT_EQ(CodeOf(Get("http://registry.test/")), Errc::kUnavailable);
  EXPECT_EQ(CodeOf(Get("https://registry.test/")), Errc::kUnavailable);
}

}  // namespace
}  // namespace hullmark::net
