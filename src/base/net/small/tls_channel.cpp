// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/tls_channel.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, FreeSsl>;

std::string WhyOpenSsl() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown error";
}

bool IsAddress(const std::string& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

/// OpenSSL between two memory buffers; the bytes it makes and takes go over `inner`.
class TlsChannel final : public Channel {
 public:
  TlsChannel(SSL_CTX* context, std::unique_ptr<Channel> inner)
      : inner_(std::move(inner)), ssl_(SSL_new(context)) {
    HM_CHECK(ssl_ != nullptr, "memory for a TLS connection");
    from_peer_ = BIO_new(BIO_s_mem());
    to_peer_ = BIO_new(BIO_s_mem());
    HM_CHECK(from_peer_ != nullptr && to_peer_ != nullptr, "memory for TLS buffers");
    SSL_set_bio(ssl_.get(), from_peer_, to_peer_);  // which owns both now
  }

  Status Handshake(const std::string& host, const Patience& patience) {
    // RFC 6066 §3: no address and no dot at the end.
    const std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    X509_VERIFY_PARAM* param = SSL_get0_param(ssl_.get());
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool set = IsAddress(name)
                         ? X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1
                         : SSL_set1_host(ssl_.get(), name.c_str()) == 1 && NameHost(name);
    if (!set) return Fail(Errc::kInvalidArgument, Cat({"bad host name ", Quote(host)}));
    while (true) {
      ERR_clear_error();
      const int done = SSL_connect(ssl_.get());
      const int want = SSL_get_error(ssl_.get(), done);
      HM_TRY(Flush(patience));
      if (done == 1) return {};
      if (want != SSL_ERROR_WANT_READ) return HandshakeFailure();
      const bool more = HM_TRY(Fill(patience));
      if (!more) return Fail(Errc::kUnavailable, "tls: closed during the handshake");
    }
  }

  Result<std::size_t> Read(std::span<char> into, const Patience& patience) override {
    while (true) {
      ERR_clear_error();
      std::size_t size = 0;
      const int done = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
      if (done == 1) return size;
      const int want = SSL_get_error(ssl_.get(), done);
      HM_TRY(Flush(patience));
      if (want == SSL_ERROR_ZERO_RETURN) return 0;
      if (want != SSL_ERROR_WANT_READ) return Fail(Errc::kDataLoss, Cat({"tls: ", WhyOpenSsl()}));
      const bool more = HM_TRY(Fill(patience));
      // Anyone on the way could have cut it: not the end that the peer meant.
      if (!more) return Fail(Errc::kDataLoss, "tls: closed without a goodbye");
    }
  }

  Status Write(std::string_view bytes, const Patience& patience) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      std::size_t size = 0;
      const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size);
      const int want = SSL_get_error(ssl_.get(), done);
      HM_TRY(Flush(patience));
      if (done == 1) {
        bytes.remove_prefix(size);
        continue;
      }
      if (want != SSL_ERROR_WANT_READ) {
        return Fail(Errc::kUnavailable, Cat({"tls: ", WhyOpenSsl()}));
      }
      const bool more = HM_TRY(Fill(patience));
      if (!more) return Fail(Errc::kUnavailable, "tls: closed by the other end");
    }
    return {};
  }
  int fd() const override { return inner_->fd(); }

 private:
  // Server name indication; OpenSSL's macro for it casts in the old style.
  bool NameHost(std::string name) {
    return SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    name.data()) == 1;
  }
  Status Flush(const Patience& patience) {
    std::array<char, 16 << 10> buffer;
    while (true) {
      const int n = BIO_read(to_peer_, buffer.data(), static_cast<int>(buffer.size()));
      if (n <= 0) return {};
      HM_TRY(inner_->Write({buffer.data(), static_cast<std::size_t>(n)}, patience));
    }
  }
  // False when the other end is done.
  Result<bool> Fill(const Patience& patience) {
    std::array<char, 16 << 10> buffer;
    const std::size_t n = HM_TRY(inner_->Read(buffer, patience));
    if (n == 0) return false;
    const int taken = BIO_write(from_peer_, buffer.data(), static_cast<int>(n));
    HM_CHECK(taken == static_cast<int>(n), "a memory buffer takes everything");
    return true;
  }
  std::unexpected<Error> HandshakeFailure() {
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (verdict == X509_V_OK) return Fail(Errc::kUnavailable, Cat({"tls: ", WhyOpenSsl()}));
    ERR_clear_error();
    return Fail(Errc::kUnavailable,
                Cat({"its certificate is not trusted: ", X509_verify_cert_error_string(verdict),
                     "; for a private authority, give its certificate as the ca file"}));
  }

  std::unique_ptr<Channel> inner_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  BIO* from_peer_ = nullptr;  // both borrowed from ssl_
  BIO* to_peer_ = nullptr;
};

Status LoadFile(SSL_CTX* context, const std::string& file) {
  if (SSL_CTX_load_verify_file(context, file.c_str()) == 1) return {};
  return Fail(Errc::kInvalidArgument, Cat({"ca file ", Quote(file), ": ", WhyOpenSsl()}));
}

// Where Debian and Alpine, Fedora, SUSE, the BSDs and OpenELEC keep theirs.
constexpr std::array kSystemFiles = {"/etc/ssl/certs/ca-certificates.crt",
                                     "/etc/pki/tls/certs/ca-bundle.crt",
                                     "/etc/ssl/ca-bundle.pem",
                                     "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                     "/etc/ssl/cert.pem",
                                     "/etc/pki/tls/cacert.pem"};

Status LoadRoots(SSL_CTX* context, const std::string& ca_file) {
  if (!ca_file.empty()) return LoadFile(context, ca_file);
  const char* file = std::getenv("SSL_CERT_FILE");
  const char* folders = std::getenv("SSL_CERT_DIR");
  const bool has_folders = folders != nullptr && *folders != '\0';
  if (has_folders) {
    for (const std::string_view folder : Split(folders, ':')) {
      SSL_CTX_load_verify_dir(context, std::string(folder).c_str());
    }
  }
  if (file != nullptr && *file != '\0') return LoadFile(context, file);
  for (const char* candidate : kSystemFiles) {
    if (SSL_CTX_load_verify_file(context, candidate) == 1) return {};
  }
  ERR_clear_error();
  if (has_folders) return {};
  return Fail(Errc::kInvalidArgument,
              "no certificate roots on this system: install ca-certificates, or set SSL_CERT_FILE");
}

Result<SslContext> MakeContext(const std::string& ca_file) {
  // Not the host's openssl.cnf: it may name modules of another OpenSSL.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  SslContext context(SSL_CTX_new(TLS_client_method()));
  HM_CHECK(context != nullptr, "memory for a TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  HM_TRY(LoadRoots(context.get(), ca_file));
  return context;
}

}  // namespace

class TlsRoots::Impl {
 public:
  explicit Impl(std::string ca_file) : ca_file_(std::move(ca_file)) {}

  Result<SSL_CTX*> Context() {
    const std::lock_guard lock(mutex_);
    if (!context_) context_ = MakeContext(ca_file_);
    if (!*context_) return std::unexpected(context_->error());
    return (*context_)->get();
  }

 private:
  const std::string ca_file_;
  std::mutex mutex_;
  std::optional<Result<SslContext>> context_;
};

TlsRoots::TlsRoots(std::string ca_file) : impl_(std::make_unique<Impl>(std::move(ca_file))) {}
TlsRoots::~TlsRoots() = default;

Result<std::unique_ptr<Channel>> TlsRoots::Wrap(std::unique_ptr<Channel> inner,
                                                const std::string& host, const Patience& patience) {
  SSL_CTX* context = HM_TRY(impl_->Context());
  auto channel = std::make_unique<TlsChannel>(context, std::move(inner));
  HM_TRY(channel->Handshake(host, patience));
  return channel;
}

}  // namespace hullmark::net
