// SPDX-License-Identifier: Apache-2.0
//
// The inside of jwt.h, shared by its three sources: the gate every token passes before libcjose
// sees it, and the form of a key.  Nothing outside this room includes it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/json.h"
#include "base/crypto/jwt.h"
#include "base/result.h"

struct _cjose_jwk_int;  // NOLINT(bugprone-reserved-identifier): libcjose's cjose_jwk_t

namespace hullmark::crypto {

inline constexpr std::size_t kMaxTokenBytes = 16 << 10;
inline constexpr std::size_t kMaxKeySetBytes = 256 << 10;
inline constexpr std::size_t kMaxKeys = 128;

enum class KeyType : std::uint8_t { kRsa, kEcP256 };

/// The type of key that `algorithm` needs (RFC 7518 §3.1); nothing for algorithms that are not
/// allowed.
std::optional<KeyType> KeyTypeOf(std::string_view algorithm);

/// A token that passed the gate; nothing of it is proven.  Borrows the token's text.
struct TokenParts {
  std::string algorithm;
  std::string key_id;
  std::string issuer;
  codec::JsonDocument claims;
  std::string_view signing_input;
  std::size_t signature_bytes = 0;
};
Result<TokenParts> ReadToken(std::string_view token);

struct FreeJwk {
  void operator()(_cjose_jwk_int* jwk) const noexcept;
};

struct KeySet::Key {
  std::string key_id;
  KeyType type = KeyType::kRsa;
  std::string algorithm;  ///< the only one it may be used with; empty when the key does not say
  std::size_t signature_bytes = 0;  ///< the length of its signatures
  std::unique_ptr<_cjose_jwk_int, FreeJwk> jwk;
};

}  // namespace hullmark::crypto
