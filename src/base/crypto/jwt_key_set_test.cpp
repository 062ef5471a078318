// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "base/crypto/jwt.h"
#include "base/crypto/token_signer.h"
#include "base/text.h"

namespace hullmark::crypto {
namespace {

std::string SetOf(std::initializer_list<std::string> keys) {
  std::string out;
  for (const std::string& key : keys) out += (out.empty() ? "" : ",") + key;
  return Cat({R"({"keys":[)", out, "]}"});
}

const TokenSigner& Rsa() {
  static const TokenSigner signer = TokenSigner::Rsa("r");
  return signer;
}
const TokenSigner& Ec() {
  static const TokenSigner signer = TokenSigner::Ec("e");
  return signer;
}

// Every case holds the usable EC key "e" and one more key, which is left out.
struct LeftOutCase {
  std::string_view name;
  std::string key;
};
std::string RsaKey(std::string_view n, std::string_view e) {
  return Cat({R"({"kty":"RSA","kid":"r","n":")", n, R"(","e":")", e, "\"}"});
}
const std::string kModulus = "8" + std::string(340, '7') + "9";  // 2048 bits, odd
const LeftOutCase kLeftOut[] = {
    {"rsa_1024", TokenSigner::Rsa("r", 1024).Jwk()},
    {"rsa_2047", TokenSigner::Rsa("r", 2047).Jwk()},
    {"use_enc", Rsa().Jwk(R"(,"use":"enc")")},
    {"key_ops_sign", Rsa().Jwk(R"(,"key_ops":["sign"])")},
    {"alg_not_allowed", Rsa().Jwk(R"(,"alg":"RS512")")},
    {"alg_of_other_type", Rsa().Jwk(R"(,"alg":"ES256")")},
    {"alg_encryption", Rsa().Jwk(R"(,"alg":"RSA-OAEP")")},
    {"symmetric", R"({"kty":"oct","kid":"r","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"})"},
    {"curve_p384", TokenSigner::Ec("r", "P-384").Jwk()},
    {"not_on_curve", Cat({R"({"kty":"EC","kid":"r","crv":"P-256","x":")", std::string(42, 'A'),
                          R"(E","y":")", std::string(42, 'A'), "E\"}"})},
    {"exponent_one", RsaKey(kModulus, "AQ")},
    {"exponent_even", RsaKey(kModulus, "Ag")},
    {"exponent_padded", RsaKey(kModulus, "AAEAAQ")},
    {"exponent_missing", Cat({R"({"kty":"RSA","kid":"r","n":")", kModulus, "\"}"})},
    {"modulus_base64", RsaKey(kModulus + "=", "AQAB")},
    {"no_kid", Cat({R"({"kty":"RSA","n":")", kModulus, R"(","e":"AQAB"})"})},
    {"kid_number", Cat({R"({"kty":"RSA","kid":7,"n":")", kModulus, R"(","e":"AQAB"})"})},
    {"not_an_object", "17"},
};
class LeftOut : public testing::TestWithParam<LeftOutCase> {};
TEST_P(LeftOut, OthersStay) {
  const auto set = KeySet::Parse(SetOf({GetParam().key, Ec().Jwk()}));
  ASSERT_TRUE(set) << set.error().message();
  EXPECT_FALSE(set->Has("r"));
  EXPECT_FALSE(set->Has(""));
  EXPECT_TRUE(set->Has("e"));
  EXPECT_FALSE(KeySet::Parse(SetOf({GetParam().key})));
}
INSTANTIATE_TEST_SUITE_P(Cases, LeftOut, testing::ValuesIn(kLeftOut),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(KeySet, TakesUsableKeysAndKeepsItsText) {
  const std::string text = SetOf({Rsa().Jwk(R"(,"use":"sig","alg":"RS256","x5t":"abc")"),
                                  Ec().Jwk(R"(,"key_ops":["verify"])")});
  const auto set = KeySet::Parse(text);
  ASSERT_TRUE(set) << set.error().message();
  EXPECT_TRUE(set->Has("r"));
  EXPECT_TRUE(set->Has("e"));
  EXPECT_EQ(set->text(), text);
}

TEST(KeySet, KeysAlgorithmBinds) {
  const auto set = KeySet::Parse(SetOf({Rsa().Jwk(R"(,"alg":"RS384")")}));
  ASSERT_TRUE(set);
  EXPECT_TRUE(VerifyToken(Rsa().Sign("RS384", R"({"iss":"i"})"), *set));
  EXPECT_FALSE(VerifyToken(Rsa().Sign("RS256", R"({"iss":"i"})"), *set));
}

struct RefusedSetCase {
  std::string_view name;
  std::string text;
  std::string_view why;
};
std::string ManyKeys() {
  std::string keys;
  for (int i = 0; i < 129; ++i) keys += (i == 0 ? "{}" : ",{}");
  return Cat({R"({"keys":[)", keys, "]}"});
}
const RefusedSetCase kRefusedSets[] = {
    {"not_json", "keys", "line 1"},
    {"no_keys", R"({"Keys":[]})", "$.keys"},
    {"keys_object", R"({"keys":{}})", "$.keys"},
    {"empty", R"({"keys":[]})", "no usable key"},
    {"same_kid_twice", SetOf({Rsa().Jwk(), TokenSigner::Ec("r").Jwk()}), "two keys"},
    {"same_member_twice", Cat({R"({"keys":[],"keys":[)", Rsa().Jwk(), "]}"}), "line 1"},
    {"too_many", ManyKeys(), "128"},
    {"too_big",
     Cat({R"({"keys":[)", Rsa().Jwk(), R"(],"x":")", std::string(256 << 10, 'x'), "\"}"}),
     "key set"},
};
class RefusedSet : public testing::TestWithParam<RefusedSetCase> {};
TEST_P(RefusedSet, WithItsReason) {
  const auto set = KeySet::Parse(GetParam().text);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code(), Errc::kInputRefused);
  EXPECT_NE(set.error().message().find(GetParam().why), std::string::npos) << set.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, RefusedSet, testing::ValuesIn(kRefusedSets),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace hullmark::crypto
