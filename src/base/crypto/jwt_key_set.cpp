// SPDX-License-Identifier: Apache-2.0
//
// KeySet: from a JWKS document to libcjose keys.  Members are read by our strict JSON reader and
// handed over as numbers, so that libcjose never parses a key document itself.
#include <cjose/jwk.h>
#include <openssl/err.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/crypto/jwt_parts.h"
#include "base/text.h"

namespace hullmark::crypto {
namespace {

using Bytes = std::vector<std::uint8_t>;
using KeyPointer = std::unique_ptr<KeySet::Key>;

constexpr std::size_t kMinRsaBits = 2048;
constexpr std::size_t kMaxRsaBits = 8192;  // verification time grows with the square
constexpr std::size_t kP256Bytes = 32;

// Canonical base64url of at least one byte; for a big number, no leading zero (RFC 7518 §2,
// Base64urlUInt).
std::optional<Bytes> ReadBytes(codec::Json key, std::string_view name) {
  const auto text = key[name].String();
  if (!text || text->empty()) return std::nullopt;
  return DecodeBase64Url(*text);
}

std::size_t BitLength(const Bytes& number) {
  return (number.size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(number.front()));
}

KeyPointer KeepIfMade(KeyPointer key) {
  if (key->jwk) return key;
  // What OpenSSL notes about a failure stays with the thread, and would confuse its next TLS
  // connection.
  ERR_clear_error();
  return nullptr;
}

KeyPointer ReadRsa(codec::Json json) {
  auto modulus = ReadBytes(json, "n");
  auto exponent = ReadBytes(json, "e");
  if (!modulus || !exponent || modulus->front() == 0 || exponent->front() == 0) return nullptr;
  const std::size_t bits = BitLength(*modulus);
  if (bits < kMinRsaBits || bits > kMaxRsaBits || modulus->back() % 2 == 0) return nullptr;
  // An exponent of 1 would make every text its own signature.
  const bool is_one = exponent->size() == 1 && exponent->front() == 1;
  if (is_one || exponent->size() > 4 || exponent->back() % 2 == 0) return nullptr;
  cjose_jwk_rsa_keyspec spec{};
  spec.n = modulus->data();
  spec.nlen = modulus->size();
  spec.e = exponent->data();
  spec.elen = exponent->size();
  auto key = std::make_unique<KeySet::Key>();
  key->type = KeyType::kRsa;
  key->signature_bytes = modulus->size();
  key->jwk.reset(cjose_jwk_create_RSA_spec(&spec, nullptr));
  return KeepIfMade(std::move(key));
}

KeyPointer ReadEc(codec::Json json) {
  if (json["crv"].Text() != "P-256") return nullptr;
  auto x = ReadBytes(json, "x");
  auto y = ReadBytes(json, "y");
  if (!x || !y || x->size() != kP256Bytes || y->size() != kP256Bytes) return nullptr;
  cjose_jwk_ec_keyspec spec{};
  spec.crv = CJOSE_JWK_EC_P_256;
  spec.x = x->data();
  spec.xlen = x->size();
  spec.y = y->data();
  spec.ylen = y->size();
  auto key = std::make_unique<KeySet::Key>();
  key->type = KeyType::kEcP256;
  key->signature_bytes = 2 * kP256Bytes;  // r and s (RFC 7518 §3.4)
  key->jwk.reset(
      cjose_jwk_create_EC_spec(&spec, nullptr));  // refuses a point that is not on the curve
  return KeepIfMade(std::move(key));
}

bool MayVerify(codec::Json json) {
  if (const auto use = json["use"]; !use.missing() && use.Text() != "sig") return false;
  const auto operations = json["key_ops"];
  if (operations.missing()) return true;
  bool verify = false;
  operations.ForEachItem(
      [&verify](codec::Json item) { verify = verify || item.Text() == "verify"; });
  return verify;
}

// Null when the key is of no use to us.
KeyPointer ReadKey(codec::Json json) {
  const auto key_id = json["kid"].String();
  if (!key_id || key_id->empty() || !MayVerify(json)) return nullptr;
  const std::string_view type = json["kty"].Text();
  KeyPointer key;
  if (type == "RSA") key = ReadRsa(json);
  if (type == "EC") key = ReadEc(json);
  if (!key) return nullptr;
  if (const auto algorithm = json["alg"]; !algorithm.missing()) {
    if (KeyTypeOf(algorithm.Text()) != key->type) return nullptr;
    key->algorithm = algorithm.Text();
  }
  key->key_id = *key_id;
  return key;
}

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Errc::kInputRefused, Cat({"key set: ", why}));
}

}  // namespace

void FreeJwk::operator()(_cjose_jwk_int* jwk) const noexcept { cjose_jwk_release(jwk); }

Result<KeySet> KeySet::Parse(std::string_view jwks) {
  const codec::JsonLimits limits{.max_bytes = kMaxKeySetBytes, .max_depth = 16};
  auto document = codec::JsonDocument::Parse(jwks, limits);
  if (!document) return Refuse(document.error().message());
  const codec::Json keys = document->root()["keys"];
  if (!keys.IsArray())
    return Refuse("$.keys is missing or not an array: give a JWKS document (RFC 7517 §5)");
  if (keys.size() > kMaxKeys) return Refuse("$.keys has more than 128 keys");

  auto usable = std::make_shared<std::vector<std::shared_ptr<const Key>>>();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    KeyPointer key = ReadKey(keys.At(i));
    if (!key) continue;
    const auto same = [&key](const auto& other) { return other->key_id == key->key_id; };
    if (std::ranges::any_of(*usable, same)) {
      return Refuse(Cat({"$.keys has two keys with the kid ", Quote(key->key_id)}));
    }
    usable->push_back(std::move(key));
  }
  if (usable->empty()) {
    return Refuse(
        "no usable key: need RSA of 2048 bits or more, or EC P-256, each with a kid and for "
        "signatures");
  }
  KeySet set;
  set.keys_ = std::move(usable);
  set.text_ = std::make_shared<const std::string>(jwks);
  return set;
}

bool KeySet::Has(std::string_view kid) const {
  return std::ranges::any_of(*keys_, [kid](const auto& key) { return key->key_id == kid; });
}

}  // namespace hullmark::crypto
