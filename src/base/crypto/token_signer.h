// SPDX-License-Identifier: Apache-2.0
//
// Makes tokens as an issuer would: for tests, fuzzing and benches.  Nothing in a program calls it.
// It signs with OpenSSL alone, so that what libcjose accepts is judged by a second implementation.
// Thread-compatible.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace hullmark::crypto {

class TokenSigner {
 public:
  static TokenSigner Rsa(std::string key_id, int bits = 2048);
  /// `curve`: "P-256" or "P-384".
  static TokenSigner Ec(std::string key_id, std::string curve = "P-256");

  /// The public key as a JWK; `extra` is put before its closing brace, such as `,"use":"enc"`.
  std::string Jwk(std::string_view extra = {}) const;
  /// A key set of this key alone.
  std::string Jwks() const;

  /// A compact token with the header {"alg", "typ", "kid"}.
  std::string Sign(std::string_view algorithm, std::string_view claims) const;
  /// The same with any header, however wrong.
  std::string SignRaw(std::string_view algorithm, std::string_view header,
                      std::string_view claims) const;
  /// base64url of the signature of `signing_input`: RS256, RS384, RS512, PS256, ES256.
  std::string Signature(std::string_view algorithm, std::string_view signing_input) const;

 private:
  struct Key;
  TokenSigner(std::string key_id, std::shared_ptr<const Key> key)
      : key_id_(std::move(key_id)), key_(std::move(key)) {}

  std::string key_id_;
  std::shared_ptr<const Key> key_;
};

}  // namespace hullmark::crypto
