// SPDX-License-Identifier: Apache-2.0
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include "base/net/small/dial.h"
#include "base/net/small/stream.h"
#include "base/text.h"

namespace hullmark::net::small {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

// Where systems keep their roots: Debian and Alpine, Fedora and RHEL, openSUSE, OpenWrt and BSDs.
constexpr std::array kBundles = {"/etc/ssl/certs/ca-certificates.crt",
                                 "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                 "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                 "/etc/ssl/cert.pem"};

std::string LastError() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "connection closed";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown reason";
}

bool IsFile(const char* path) {
  struct stat found{};
  return stat(path, &found) == 0 && S_ISREG(found.st_mode);
}

Status LoadRoots(SSL_CTX* context, const std::string& ca_file) {
  if (!ca_file.empty()) {
    if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) == 1) return {};
    return Fail(Errc::kInvalidArgument,
                Cat({"no certificates in ", Quote(ca_file), ": ", LastError()}));
  }
  const char* file = std::getenv("SSL_CERT_FILE");
  const char* dir = std::getenv("SSL_CERT_DIR");
  if (file != nullptr || dir != nullptr) {
    if (SSL_CTX_load_verify_locations(context, file, dir) == 1) return {};
    return Fail(Errc::kInvalidArgument,
                Cat({"no certificates by SSL_CERT_FILE or SSL_CERT_DIR: ", LastError()}));
  }
  for (const char* bundle : kBundles) {
    if (IsFile(bundle) && SSL_CTX_load_verify_locations(context, bundle, nullptr) == 1) return {};
  }
  return Fail(Errc::kUnavailable,
              "this system keeps no CA certificates where they are looked for; set SSL_CERT_FILE "
              "or --ca-file");
}

class TlsStream final : public ByteStream {
 public:
  TlsStream(UniqueFd fd, std::unique_ptr<SSL, FreeSsl> ssl)
      : fd_(std::move(fd)), ssl_(std::move(ssl)) {}

  Status Handshake(const std::string& host, Deadline deadline, const std::stop_token& stop) {
    const Result<int> done = Retry([&] { return SSL_connect(ssl_.get()); }, deadline, stop);
    if (done) return {};
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK) {
      return Fail(Errc::kUnavailable,
                  Cat({"the certificate of ", host,
                       " does not hold: ", X509_verify_cert_error_string(verdict),
                       "; for a private authority set --ca-file or SSL_CERT_FILE"}));
    }
    return Fail(done.error(), "TLS with " + host);
  }

  Result<std::size_t> Read(std::span<char> into, Deadline deadline,
                           const std::stop_token& stop) override {
    const Result<int> count =
        Retry([&] { return SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size())); },
              deadline, stop);
    if (count) return static_cast<std::size_t>(*count);
    // A peer that closes TCP without close_notify: the framing above tells whether all came.
    if (closed_) return std::size_t{0};
    return std::unexpected(count.error());
  }

  Status Write(std::string_view bytes, Deadline deadline, const std::stop_token& stop) override {
    while (!bytes.empty()) {
      const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U));
      const int count =
          HM_TRY(Retry([&] { return SSL_write(ssl_.get(), bytes.data(), size); }, deadline, stop));
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

 private:
  template <class F>
  Result<int> Retry(F&& call, Deadline deadline, const std::stop_token& stop) {
    while (true) {
      ERR_clear_error();
      const int count = call();
      if (count > 0) return count;
      switch (SSL_get_error(ssl_.get(), count)) {
        case SSL_ERROR_WANT_READ:
          HM_TRY(WaitFor(fd_.get(), false, deadline, stop));
          break;
        case SSL_ERROR_WANT_WRITE:
          HM_TRY(WaitFor(fd_.get(), true, deadline, stop));
          break;
        case SSL_ERROR_ZERO_RETURN:
          closed_ = true;
          return Fail(Errc::kUnavailable, "connection closed");
        case SSL_ERROR_SYSCALL:
          closed_ = ERR_peek_error() == 0;
          return Fail(Errc::kUnavailable, LastError());
        default:
          closed_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
          return Fail(Errc::kUnavailable, LastError());
      }
    }
  }

  UniqueFd fd_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool closed_ = false;
};

}  // namespace

struct TlsContext::State {
  std::unique_ptr<SSL_CTX, FreeContext> context;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::Make(const std::string& ca_file) {
  // OpenSSL's socket BIO writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  auto state = std::make_unique<State>();
  state->context.reset(SSL_CTX_new(TLS_client_method()));
  if (!state->context) return Fail(Errc::kInternal, "OpenSSL: " + LastError());
  SSL_CTX_set_min_proto_version(state->context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(state->context.get(), SSL_VERIFY_PEER, nullptr);
  HM_TRY(LoadRoots(state->context.get(), ca_file));
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(state)));
}

Result<std::unique_ptr<ByteStream>> TlsContext::Connect(UniqueFd fd, const std::string& host,
                                                        Deadline deadline,
                                                        const std::stop_token& stop) {
  std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(state_->context.get()));
  if (!ssl || SSL_set_fd(ssl.get(), fd.get()) != 1)
    return Fail(Errc::kInternal, "OpenSSL: " + LastError());
  // An address is checked against the certificate's addresses, a name against its names; only names
  // are sent.
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) != 1) {
    ERR_clear_error();
    std::string name = host;
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(ssl.get(), host.c_str()) != 1 ||
        SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) !=
            1) {
      return Fail(Errc::kInvalidArgument, Cat({"host ", Quote(host), " cannot be checked"}));
    }
  }
  auto stream = std::make_unique<TlsStream>(std::move(fd), std::move(ssl));
  HM_TRY(stream->Handshake(host, deadline, stop));
  return stream;
}

}  // namespace hullmark::net::small
