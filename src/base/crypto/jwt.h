// SPDX-License-Identifier: Apache-2.0
//
// JSON Web Tokens of CI systems: signature by libcjose behind a strict gate of ours (RFC 7515,
// 7517, 7518, 7519, 8725). Who may sign what, and what the claims mean, is decided by the caller.
// Thread-safety: KeySet is immutable.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/json.h"
#include "base/result.h"
#include "base/time.h"

namespace hullmark::crypto {

/// Public keys of one issuer, from a JWKS document (RFC 7517 §5).  Keys that we could not use
/// (wrong type, RSA below 2048 bits, `use` not sig, no kid) are left out; a document without a
/// usable key is refused.
class KeySet {
 public:
  static Result<KeySet> Parse(std::string_view jwks);
  bool Has(std::string_view kid) const;
  /// The document as it was given.
  const std::string& text() const { return *text_; }
  struct Key;

 private:
  friend Result<class VerifiedToken> VerifyToken(std::string_view, const KeySet&);
  KeySet() = default;
  std::shared_ptr<const std::vector<std::shared_ptr<const Key>>> keys_;
  std::shared_ptr<const std::string> text_;
};

/// The unproven parts of a token, for choosing whose keys to check it with.
struct TokenHint {
  std::string issuer;
  std::string key_id;
  std::string algorithm;
};
/// Reads header and issuer under the same strict gate as VerifyToken; proves nothing.
Result<TokenHint> PeekToken(std::string_view token);

class VerifiedToken {
 public:
  codec::Json claims() const { return claims_.root(); }
  /// SHA-256 of the signing input, hex: the token's identity where it has no `jti`.
  const std::string& signing_input_sha256() const { return signing_input_sha256_; }

 private:
  friend Result<VerifiedToken> VerifyToken(std::string_view, const KeySet&);
  VerifiedToken(codec::JsonDocument claims, std::string hash)
      : claims_(std::move(claims)), signing_input_sha256_(std::move(hash)) {}
  codec::JsonDocument claims_;
  std::string signing_input_sha256_;
};

/// Checks form and signature: at most 16 KiB, exactly three parts, canonical base64url, no
/// duplicate keys, algorithm RS256, RS384, PS256 or ES256 and fitting the key, a kid, no `crit`,
/// `jku`, `jwk`, `x5u`, `x5c` or `b64`. Errors are kUnauthenticated and say which rule failed,
/// never the token.
Result<VerifiedToken> VerifyToken(std::string_view token, const KeySet& keys);

/// What the relying party demands of registered claims (RFC 7519 §4.1).
struct ClaimRules {
  std::string issuer;
  std::vector<std::string> audiences;  ///< one of them must be in `aud`
  Timestamp now;
  std::chrono::seconds skew{60};
  std::chrono::seconds max_lifetime{2 * 3600};
};
struct RegisteredClaims {
  std::string token_id;  ///< `jti`, or the signing input's SHA-256
  std::string audience;  ///< the one that fitted
  Timestamp issued_at;
  Timestamp expires_at;
};
Result<RegisteredClaims> CheckClaims(const VerifiedToken& token, const ClaimRules& rules);

}  // namespace hullmark::crypto
