// SPDX-License-Identifier: Apache-2.0
#include <cjose/jwk.h>
#include <cjose/jws.h>
#include <openssl/err.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/crypto/hash.h"
#include "base/crypto/jwt.h"
#include "base/crypto/jwt_parts.h"
#include "base/text.h"

namespace hullmark::crypto {
namespace {

constexpr std::int64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t kMaxAudiences = 64;

struct FreeJws {
  void operator()(cjose_jws_t* jws) const noexcept { cjose_jws_release(jws); }
};

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Errc::kUnauthenticated, Cat({"token: ", why}));
}

/// A NumericDate in whole seconds; nothing when the claim is absent.
Result<std::optional<Timestamp>> ReadTime(codec::Json claims, std::string_view name) {
  const codec::Json claim = claims[name];
  if (claim.missing()) return std::nullopt;
  const auto seconds = claim.Int();
  if (!seconds || *seconds < 0 || *seconds > kLastSecond) {
    return Refuse(Cat({"claim ", name, " is not a time in whole seconds"}));
  }
  return Timestamp::FromSeconds(*seconds);
}

Result<std::string> FindAudience(codec::Json audience, const std::vector<std::string>& wanted) {
  std::vector<std::string_view> named;
  if (audience.missing()) return Refuse("claim aud is missing");
  if (audience.IsString()) {
    named.push_back(audience.Text());
  } else if (audience.IsArray() && audience.size() > 0 && audience.size() <= kMaxAudiences) {
    for (std::size_t i = 0; i < audience.size(); ++i) {
      const codec::Json item = audience.At(i);
      if (!item.IsString()) return Refuse("claim aud holds something that is not text");
      named.push_back(item.Text());
    }
  } else {
    return Refuse("claim aud is neither a text nor a list of 1 to 64 texts");
  }
  for (const std::string& own : wanted) {
    if (std::ranges::find(named, own) != named.end()) return own;
  }
  return Refuse(
      Cat({"audience ", Quote(named.front()), " is not ours; ask the issuer for a token for ",
           wanted.empty() ? std::string("(none is configured)") : Quote(wanted.front())}));
}

}  // namespace

Result<VerifiedToken> VerifyToken(std::string_view token, const KeySet& keys) {
  TokenParts parts = HM_TRY(ReadToken(token));
  const auto found = std::ranges::find_if(
      *keys.keys_, [&](const auto& key) { return key->key_id == parts.key_id; });
  if (found == keys.keys_->end()) {
    return Refuse(Cat({"key ", Quote(parts.key_id), " is not in the issuer's key set"}));
  }
  const KeySet::Key& key = **found;
  if (KeyTypeOf(parts.algorithm) != key.type ||
      (!key.algorithm.empty() && key.algorithm != parts.algorithm)) {
    return Refuse(Cat({"algorithm ", parts.algorithm, " does not fit key ", Quote(key.key_id)}));
  }
  if (parts.signature_bytes != key.signature_bytes) return Refuse("signature has the wrong length");

  const std::unique_ptr<cjose_jws_t, FreeJws> jws(
      cjose_jws_import(token.data(), token.size(), nullptr));
  if (!jws) return Refuse("cannot be read as a signed token");
  const bool holds = cjose_jws_verify(jws.get(), key.jwk.get(), nullptr);
  // What OpenSSL notes about a failure stays with the thread, and would confuse its next TLS
  // connection.
  if (!holds) ERR_clear_error();
  if (!holds) return Refuse("signature does not hold");
  return VerifiedToken(std::move(parts.claims), Sha256Of(parts.signing_input).Hex());
}

Result<RegisteredClaims> CheckClaims(const VerifiedToken& token, const ClaimRules& rules) {
  const codec::Json claims = token.claims();
  if (claims["iss"].Text() != rules.issuer) {
    return Refuse(Cat({"issuer ", Quote(claims["iss"].Text()), " is not ", Quote(rules.issuer)}));
  }
  std::string audience = HM_TRY(FindAudience(claims["aud"], rules.audiences));
  const std::optional<Timestamp> expires = HM_TRY(ReadTime(claims, "exp"));
  const std::optional<Timestamp> not_before = HM_TRY(ReadTime(claims, "nbf"));
  const std::optional<Timestamp> issued = HM_TRY(ReadTime(claims, "iat"));
  if (!expires) return Refuse("claim exp is missing");
  if (rules.now >= *expires + rules.skew) {
    return Refuse(
        Cat({"expired at ", expires->ToString(), "; it is ", rules.now.ToString(), " here"}));
  }
  const auto in_future = [&rules](const std::optional<Timestamp>& time) {
    return time && *time > rules.now + rules.skew;
  };
  if (in_future(not_before)) {
    return Refuse(Cat(
        {"not valid before ", not_before->ToString(), "; it is ", rules.now.ToString(), " here"}));
  }
  if (in_future(issued)) {
    return Refuse(Cat({"issued in the future, at ", issued->ToString(), "; it is ",
                       rules.now.ToString(), " here"}));
  }
  const Timestamp from = issued ? *issued : not_before ? *not_before : rules.now;
  if (*expires <= from) return Refuse("claim exp is not after iat");
  if (*expires - from > rules.max_lifetime) {
    return Refuse(
        Cat({"lives longer than ", std::to_string(rules.max_lifetime.count()), " seconds"}));
  }
  const codec::Json id = claims["jti"];
  if (!id.missing() && (id.Text().empty() || id.Text().size() > 256)) {
    return Refuse("claim jti is not a text of 1 to 256 bytes");
  }
  std::string token_id = id.missing() ? token.signing_input_sha256() : std::string(id.Text());
  return RegisteredClaims{std::move(token_id), std::move(audience), from, *expires};
}

}  // namespace hullmark::crypto
