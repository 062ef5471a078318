// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/token_signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace hullmark::crypto {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct FreeOpenSsl {
  void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
  void operator()(EVP_MD_CTX* p) const noexcept { EVP_MD_CTX_free(p); }
  void operator()(ECDSA_SIG* p) const noexcept { ECDSA_SIG_free(p); }
  void operator()(BIGNUM* p) const noexcept { BN_free(p); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;

Bytes ToBytes(const BIGNUM* number, std::size_t size) {
  Bytes out(size);
  HM_CHECK(BN_bn2binpad(number, out.data(), static_cast<int>(size)) == static_cast<int>(size),
           "number too large");
  return out;
}

std::string Parameter(EVP_PKEY* key, const char* name, std::size_t size) {
  BIGNUM* raw = nullptr;
  HM_CHECK(EVP_PKEY_get_bn_param(key, name, &raw) == 1, "no such key parameter");
  const std::unique_ptr<BIGNUM, FreeOpenSsl> number(raw);
  const auto least = static_cast<std::size_t>(BN_num_bytes(raw));
  return Base64UrlOf(ToBytes(raw, size == 0 ? least : size));
}

// ECDSA signatures are DER in OpenSSL and r || s in JOSE (RFC 7518 §3.4).
Bytes RawFromDer(const Bytes& der, std::size_t half) {
  const unsigned char* at = der.data();
  const std::unique_ptr<ECDSA_SIG, FreeOpenSsl> pair(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  HM_CHECK(pair != nullptr, "not a DER signature");
  Bytes out = ToBytes(ECDSA_SIG_get0_r(pair.get()), half);
  const Bytes s = ToBytes(ECDSA_SIG_get0_s(pair.get()), half);
  out.insert(out.end(), s.begin(), s.end());
  return out;
}

}  // namespace

struct TokenSigner::Key {
  PrivateKey key;
  std::string curve;  // empty for RSA
  std::size_t field_bytes = 0;
};

TokenSigner TokenSigner::Rsa(std::string key_id, int bits) {
  auto key = std::make_shared<Key>();
  key->key.reset(EVP_RSA_gen(static_cast<unsigned int>(bits)));
  HM_CHECK(key->key != nullptr, "RSA key generation");
  return {std::move(key_id), std::move(key)};
}

TokenSigner TokenSigner::Ec(std::string key_id, std::string curve) {
  auto key = std::make_shared<Key>();
  key->field_bytes = curve == "P-256" ? 32 : 48;
  key->key.reset(EVP_EC_gen(curve.c_str()));
  key->curve = std::move(curve);
  HM_CHECK(key->key != nullptr, "EC key generation");
  return {std::move(key_id), std::move(key)};
}

std::string TokenSigner::Jwk(std::string_view extra) const {
  JsonWriter out;
  out.BeginObject().Field("kid", key_id_);
  EVP_PKEY* key = key_->key.get();
  if (key_->curve.empty()) {
    out.Field("kty", "RSA").Field("n", Parameter(key, OSSL_PKEY_PARAM_RSA_N, 0));
    out.Field("e", Parameter(key, OSSL_PKEY_PARAM_RSA_E, 0));
  } else {
    out.Field("kty", "EC").Field("crv", key_->curve);
    out.Field("x", Parameter(key, OSSL_PKEY_PARAM_EC_PUB_X, key_->field_bytes));
    out.Field("y", Parameter(key, OSSL_PKEY_PARAM_EC_PUB_Y, key_->field_bytes));
  }
  std::string text = out.EndObject().Take();
  text.insert(text.size() - 1, extra);
  return text;
}

std::string TokenSigner::Jwks() const { return Cat({R"({"keys":[)", Jwk(), "]}"}); }

std::string TokenSigner::Sign(std::string_view algorithm, std::string_view claims) const {
  JsonWriter header;
  header.BeginObject()
      .Field("alg", algorithm)
      .Field("typ", "JWT")
      .Field("kid", key_id_)
      .EndObject();
  return SignRaw(algorithm, header.text(), claims);
}

std::string TokenSigner::SignRaw(std::string_view algorithm, std::string_view header,
                                 std::string_view claims) const {
  const std::string input = Cat({Base64UrlOf(AsBytes(header)), ".", Base64UrlOf(AsBytes(claims))});
  return Cat({input, ".", Signature(algorithm, input)});
}

std::string TokenSigner::Signature(std::string_view algorithm,
                                   std::string_view signing_input) const {
  const std::string_view bits = algorithm.substr(algorithm.size() - 3);
  const EVP_MD* hash = bits == "384" ? EVP_sha384() : bits == "512" ? EVP_sha512() : EVP_sha256();
  const std::unique_ptr<EVP_MD_CTX, FreeOpenSsl> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  HM_CHECK(EVP_DigestSignInit(context.get(), &parameters, hash, nullptr, key_->key.get()) == 1,
           "signing");
  if (algorithm.starts_with("PS")) {
    HM_CHECK(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1, "PSS padding");
    HM_CHECK(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1, "PSS salt");
  }
  const auto input = AsBytes(signing_input);
  std::size_t length = 0;
  HM_CHECK(EVP_DigestSign(context.get(), nullptr, &length, input.data(), input.size()) == 1,
           "signing");
  Bytes signature(length);
  HM_CHECK(
      EVP_DigestSign(context.get(), signature.data(), &length, input.data(), input.size()) == 1,
      "signing");
  signature.resize(length);
  if (!key_->curve.empty()) signature = RawFromDer(signature, key_->field_bytes);
  return Base64UrlOf(signature);
}

}  // namespace hullmark::crypto
