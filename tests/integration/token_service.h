// SPDX-License-Identifier: Apache-2.0
//
// A token service as a registry's `auth: token` trusts it: a key and certificate of its own (made
// by openssl), and an HTTP server that signs what it is asked for by those who know the password.
#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "base/net/server/http_server.h"
#include "base/result.h"
#include "base/scratch_dir.h"

namespace hullmark::testing_support {

/// A key and a self-signed certificate for 127.0.0.1 in `dir`, named after `name`: `name`.key and
/// `name`.crt.
Status MakeCertificate(const ScratchDir& dir, std::string_view name);

class TokenService {
 public:
  static constexpr std::string_view kUser = "me";
  static constexpr std::string_view kPassword = "s3cret";

  static Result<std::unique_ptr<TokenService>> Start();

  /// The registry's `auth` section for this service.
  std::string AuthSection() const;
  /// Tokens given so far.
  int given() const { return given_; }
  /// How long the next tokens last.
  void set_lifetime(int seconds) { lifetime_ = seconds; }

 private:
  TokenService() = default;
  net::ServerResponse Answer(const net::ServerRequest& request);
  Result<std::string> Sign(const std::string& claims) const;

  ScratchDir dir_;
  std::string key_id_;
  std::atomic<int> given_{0};
  std::atomic<int> lifetime_{300};
  std::unique_ptr<net::HttpServer> server_;  // last: its threads use everything above
};

}  // namespace hullmark::testing_support
