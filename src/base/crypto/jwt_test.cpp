// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/jwt.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <string>

#include "base/crypto/token_signer.h"
#include "base/text.h"

namespace hullmark::crypto {
namespace {

constexpr std::int64_t kNow = 1'795'300'000;
constexpr std::string_view kIssuer = "https://token.actions.githubusercontent.com";
constexpr std::string_view kAudience = "https://hullmark.example";

// Made once: RSA keys cost a tenth of a second each.
struct Keys {
  TokenSigner rsa = TokenSigner::Rsa("rsa");
  TokenSigner other_rsa = TokenSigner::Rsa("rsa");  // the same kid, another key
  TokenSigner weak_rsa = TokenSigner::Rsa("weak", 1024);
  TokenSigner ec = TokenSigner::Ec("ec");
  TokenSigner ec384 = TokenSigner::Ec("ec384", "P-384");
  std::string jwks =
      Cat({R"({"keys":[)", rsa.Jwk(), ",", ec.Jwk(R"(,"alg":"ES256","use":"sig")"), "]}"});
  KeySet set = KeySet::Parse(jwks).value();
};
const Keys& TheKeys() {
  static const Keys keys;
  return keys;
}

std::string Claims(std::string_view extra = {}) {
  return Cat({R"({"iss":")", kIssuer, R"(","aud":")", kAudience, R"(","jti":"t-1","iat":)",
              std::to_string(kNow - 10), R"(,"nbf":)", std::to_string(kNow - 610), R"(,"exp":)",
              std::to_string(kNow + 290), extra, "}"});
}
constexpr std::string_view kHeader = R"({"alg":"RS256","typ":"JWT","kid":"rsa"})";

ClaimRules Rules() {
  return {.issuer = std::string(kIssuer),
          .audiences = {"https://other.example", std::string(kAudience)},
          .now = Timestamp::FromSeconds(kNow)};
}

Result<RegisteredClaims> Judge(std::string_view token) {
  const VerifiedToken verified = HM_TRY(VerifyToken(token, TheKeys().set));
  return CheckClaims(verified, Rules());
}

struct AcceptCase {
  std::string_view name;
  std::function<std::string()> token;
};
const AcceptCase kAccepted[] = {
    {"rs256", [] { return TheKeys().rsa.Sign("RS256", Claims()); }},
    {"rs384", [] { return TheKeys().rsa.Sign("RS384", Claims()); }},
    {"ps256", [] { return TheKeys().rsa.Sign("PS256", Claims()); }},
    {"es256", [] { return TheKeys().ec.Sign("ES256", Claims()); }},
    {"github_header_with_x5t",
     [] {
       return TheKeys().rsa.SignRaw(
           "RS256", R"({"typ":"JWT","alg":"RS256","x5t":"rsa","kid":"rsa"})", Claims());
     }},
    {"no_typ",
     [] { return TheKeys().rsa.SignRaw("RS256", R"({"alg":"RS256","kid":"rsa"})", Claims()); }},
    {"github_old_sub",
     [] {
       return TheKeys().rsa.Sign("RS256", Claims(R"(,"sub":"repo:acme/shop:ref:refs/heads/main")"));
     }},
    {"github_immutable_sub",
     [] {
       return TheKeys().rsa.Sign("RS256",
                                 Claims(R"(,"sub":"repo:acme@77/shop@101:ref:refs/heads/main")"));
     }},
    {"azure_like", [] {
       return TheKeys().rsa.Sign(
           "RS256",
           Claims(
               R"(,"sub":"p://acme/shop/build","org_id":"a","prj_id":"b","def_id":"7","run_id":"42")"));
     }}};
class Accepted : public testing::TestWithParam<AcceptCase> {};
TEST_P(Accepted, TokenHolds) {
  const auto claims = Judge(GetParam().token());
  ASSERT_TRUE(claims) << claims.error().message();
  EXPECT_EQ(claims->token_id, "t-1");
  EXPECT_EQ(claims->audience, kAudience);
  EXPECT_EQ(claims->issued_at.seconds(), kNow - 10);
  EXPECT_EQ(claims->expires_at.seconds(), kNow + 290);
}
INSTANTIATE_TEST_SUITE_P(Cases, Accepted, testing::ValuesIn(kAccepted),
                         [](const auto& test) { return std::string(test.param.name); });

// A valid token of which one part is replaced after signing.
std::string WithPart(std::size_t index,
                     const std::function<std::string(std::string_view)>& change) {
  const std::string token = TheKeys().rsa.Sign("RS256", Claims());
  const auto parts = Split(token, '.');
  std::string out;
  for (std::size_t i = 0; i < 3; ++i) {
    out += Cat({i == 0 ? "" : ".", i == index ? change(parts[i]) : std::string(parts[i])});
  }
  return out;
}

std::string WithHeader(std::string_view header) {
  return TheKeys().rsa.SignRaw("RS256", header, Claims());
}
std::string WithClaims(std::string_view claims) { return TheKeys().rsa.Sign("RS256", claims); }

// The last character of a 256-byte signature carries four unused bits; setting one spells the same
// bytes anew.
std::string Respell(std::string_view part) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out(part);
  out.back() = kAlphabet[kAlphabet.find(out.back()) + 1];
  return out;
}

std::string Unsigned() {
  return Cat({Base64UrlOf(AsBytes(R"({"alg":"none","typ":"JWT","kid":"rsa"})")), ".",
              Base64UrlOf(AsBytes(Claims())), "."});
}

struct RefuseCase {
  std::string_view name;
  std::function<std::string()> token;
  std::string_view why;  // part of the message
};
const RefuseCase kRefused[] = {
    // Form (facts: base64url without padding, size, duplicate keys, UTF-8).
    {"empty", [] { return std::string(); }, "empty"},
    {"two_parts", [] { return std::string("a.b"); }, "three parts"},
    {"four_parts", [] { return TheKeys().rsa.Sign("RS256", Claims()) + ".x"; }, "three parts"},
    {"empty_part", [] { return std::string("a..b"); }, "part is empty"},
    {"too_long",
     [] { return WithClaims(Claims(Cat({R"(,"x":")", std::string(16 << 10, 'a'), "\""}))); },
     "16 KiB"},
    {"padded_signature", [] { return WithPart(2, [](auto p) { return std::string(p) + "=="; }); },
     "base64url"},
    {"padded_header", [] { return WithPart(0, [](auto p) { return std::string(p) + "="; }); },
     "base64url"},
    {"standard_alphabet",
     [] { return WithPart(2, [](auto p) { return "+" + std::string(p.substr(1)); }); },
     "base64url"},
    {"respelled_signature", [] { return WithPart(2, Respell); }, "base64url"},
    {"blank_inside", [] { return WithPart(2, [](auto p) { return std::string(p) + "\n"; }); },
     "base64url"},
    {"header_not_json", [] { return WithHeader("RS256"); }, "header"},
    {"header_not_object", [] { return WithHeader(R"(["RS256"])"); }, "not a JSON object"},
    {"header_twice_the_key",
     [] { return WithHeader(R"({"alg":"none","alg":"RS256","kid":"rsa"})"); }, "header"},
    {"header_bad_utf8",
     [] { return WithHeader("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\xff\"}"); }, "header"},
    {"claims_not_object", [] { return WithClaims("[]"); }, "not a JSON object"},
    {"claims_twice_the_key", [] { return WithClaims(Claims(R"(,"iss":"https://evil.example")")); },
     "claims"},
    {"claims_bad_utf8", [] { return WithClaims(Claims(",\"x\":\"\xc0\xaf\"")); }, "claims"},
    {"claims_tail", [] { return WithClaims(Claims() + "{}"); }, "claims"},
    {"claims_too_deep",
     [] {
       return WithClaims(Claims(Cat({R"(,"x":)", std::string(40, '['), std::string(40, ']')})));
     },
     "claims"},
    // Header (facts: allow-list, none, HS*, kid, crit, jku, x5u, jwk).
    {"no_alg", [] { return WithHeader(R"({"kid":"rsa"})"); }, "no alg"},
    {"alg_number", [] { return WithHeader(R"({"alg":256,"kid":"rsa"})"); }, "no alg"},
    {"none", [] { return Unsigned() + "AA"; }, "is not accepted"},
    {"none_without_signature", Unsigned, "part is empty"},
    {"none_in_capitals", [] { return WithHeader(R"({"alg":"NONE","kid":"rsa"})"); },
     "is not accepted"},
    {"hs256", [] { return WithHeader(R"({"alg":"HS256","kid":"rsa"})"); }, "is not accepted"},
    {"rs512", [] { return TheKeys().rsa.Sign("RS512", Claims()); }, "is not accepted"},
    {"no_kid", [] { return WithHeader(R"({"alg":"RS256"})"); }, "no kid"},
    {"empty_kid", [] { return WithHeader(R"({"alg":"RS256","kid":""})"); }, "no kid"},
    {"long_kid",
     [] { return WithHeader(Cat({R"({"alg":"RS256","kid":")", std::string(257, 'k'), "\"}"})); },
     "256 bytes"},
    {"other_typ", [] { return WithHeader(R"({"alg":"RS256","kid":"rsa","typ":"at+jwt"})"); },
     "typ"},
    {"crit", [] { return WithHeader(R"({"alg":"RS256","kid":"rsa","crit":["exp"]})"); }, "crit"},
    {"b64", [] { return WithHeader(R"({"alg":"RS256","kid":"rsa","b64":false})"); }, "b64"},
    {"jku",
     [] { return WithHeader(R"({"alg":"RS256","kid":"rsa","jku":"https://evil.example"})"); },
     "jku"},
    {"jwk",
     [] {
       return WithHeader(
           Cat({R"({"alg":"RS256","kid":"rsa","jwk":)", TheKeys().other_rsa.Jwk(), "}"}));
     },
     "jwk"},
    {"x5u",
     [] { return WithHeader(R"({"alg":"RS256","kid":"rsa","x5u":"https://evil.example"})"); },
     "x5u"},
    {"x5c", [] { return WithHeader(R"({"alg":"RS256","kid":"rsa","x5c":["AA"]})"); }, "x5c"},
    // Key and signature.
    {"unknown_kid", [] { return WithHeader(R"({"alg":"RS256","kid":"nobody"})"); },
     "not in the issuer's key set"},
    {"ec_algorithm_on_rsa_key", [] { return WithHeader(R"({"alg":"ES256","kid":"rsa"})"); },
     "does not fit"},
    {"rsa_algorithm_on_ec_key", [] { return WithHeader(R"({"alg":"RS256","kid":"ec"})"); },
     "does not fit"},
    {"other_key_same_kid", [] { return TheKeys().other_rsa.Sign("RS256", Claims()); },
     "signature does not hold"},
    {"signed_as_rs384_said_rs256", [] { return TheKeys().rsa.SignRaw("RS384", kHeader, Claims()); },
     "signature does not hold"},
    {"signed_as_ps256_said_rs256", [] { return TheKeys().rsa.SignRaw("PS256", kHeader, Claims()); },
     "signature does not hold"},
    {"short_signature",
     [] { return WithPart(2, [](auto p) { return std::string(p.substr(0, 340)); }); },
     "wrong length"},
    {"longer_signature", [] { return Cat({TheKeys().ec.Sign("ES256", Claims()), "AAAAAAAA"}); },
     "wrong length"},
    {"zero_signature",
     [] {
       const std::string token = TheKeys().ec.Sign("ES256", Claims());
       return token.substr(0, token.rfind('.') + 1) + std::string(86, 'A');
     },
     "signature does not hold"},
    {"claims_swapped",
     [] {
       return WithPart(
           1, [](auto) { return Base64UrlOf(AsBytes(Claims(R"(,"repository_id":"1")"))); });
     },
     "signature does not hold"},
    // Registered claims.
    {"no_iss", [] { return WithClaims(R"({"aud":"x"})"); }, "iss"},
    {"iss_number", [] { return WithClaims(R"({"iss":1})"); }, "iss"},
};
class Refused : public testing::TestWithParam<RefuseCase> {};
TEST_P(Refused, WithItsReason) {
  const auto verified = VerifyToken(GetParam().token(), TheKeys().set);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code(), Errc::kUnauthenticated);
  EXPECT_NE(verified.error().message().find(GetParam().why), std::string::npos)
      << verified.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, Refused, testing::ValuesIn(kRefused),
                         [](const auto& test) { return std::string(test.param.name); });

struct ClaimCase {
  std::string_view name, claims;
  std::string_view why;  // empty: accepted
};
// kNow is 1795300000.
constexpr ClaimCase kClaimCases[] = {
    {"minimal", R"({"iss":"I","aud":"A","exp":1795300100})", ""},
    {"audience_list", R"({"iss":"I","aud":["x","A"],"exp":1795300100})", ""},
    {"other_issuer", R"({"iss":"I/","aud":"A","exp":1795300100})", "issuer \"I/\" is not"},
    {"no_audience", R"({"iss":"I","exp":1795300100})", "aud is missing"},
    {"other_audience", R"({"iss":"I","aud":"https://github.com/acme","exp":1795300100})",
     "is not ours"},
    {"audience_prefix", R"({"iss":"I","aud":"A/","exp":1795300100})", "is not ours"},
    {"audience_object", R"({"iss":"I","aud":{"A":1},"exp":1795300100})", "aud is neither"},
    {"audience_empty_list", R"({"iss":"I","aud":[],"exp":1795300100})", "aud is neither"},
    {"audience_mixed_list", R"({"iss":"I","aud":["A",1],"exp":1795300100})", "not text"},
    {"no_exp", R"({"iss":"I","aud":"A"})", "exp is missing"},
    {"exp_text", R"({"iss":"I","aud":"A","exp":"1795300100"})", "exp is not a time"},
    {"exp_fraction", R"({"iss":"I","aud":"A","exp":1795300100.5})", "exp is not a time"},
    {"exp_negative", R"({"iss":"I","aud":"A","exp":-1})", "exp is not a time"},
    {"exp_huge", R"({"iss":"I","aud":"A","exp":9223372036854775807})", "exp is not a time"},
    {"expired_within_skew", R"({"iss":"I","aud":"A","iat":1795299000,"exp":1795299941})", ""},
    {"expired", R"({"iss":"I","aud":"A","iat":1795299000,"exp":1795299940})", "expired at"},
    {"nbf_within_skew", R"({"iss":"I","aud":"A","nbf":1795300060,"exp":1795300100})", ""},
    {"nbf_future", R"({"iss":"I","aud":"A","nbf":1795300061,"exp":1795300100})",
     "not valid before"},
    {"nbf_text", R"({"iss":"I","aud":"A","nbf":"0","exp":1795300100})", "nbf is not a time"},
    {"iat_future", R"({"iss":"I","aud":"A","iat":1795300061,"exp":1795300100})",
     "issued in the future"},
    {"exp_before_iat", R"({"iss":"I","aud":"A","iat":1795300020,"exp":1795300010})",
     "not after iat"},
    {"two_hours", R"({"iss":"I","aud":"A","iat":1795300000,"exp":1795307200})", ""},
    {"lives_too_long", R"({"iss":"I","aud":"A","iat":1795300000,"exp":1795307201})",
     "lives longer"},
    {"lives_too_long_without_iat", R"({"iss":"I","aud":"A","exp":1795307201})", "lives longer"},
    {"jti_number", R"({"iss":"I","aud":"A","exp":1795300100,"jti":7})", "jti"},
    {"jti_empty", R"({"iss":"I","aud":"A","exp":1795300100,"jti":""})", "jti"},
};
class RegisteredClaimRules : public testing::TestWithParam<ClaimCase> {};
TEST_P(RegisteredClaimRules, AreJudged) {
  const auto token = VerifyToken(TheKeys().ec.Sign("ES256", GetParam().claims), TheKeys().set);
  ASSERT_TRUE(token) << token.error().message();
  const auto claims =
      CheckClaims(*token, {.issuer = "I", .audiences = {"A"}, .now = Timestamp::FromSeconds(kNow)});
  EXPECT_EQ(claims.has_value(), GetParam().why.empty());
  if (!claims) {
    EXPECT_EQ(claims.error().code(), Errc::kUnauthenticated);
    EXPECT_NE(claims.error().message().find(GetParam().why), std::string::npos)
        << claims.error().message();
  } else {
    EXPECT_EQ(claims->token_id, token->signing_input_sha256());  // none of these has a jti
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, RegisteredClaimRules, testing::ValuesIn(kClaimCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CheckClaims, WithoutConfiguredAudienceRefusesAll) {
  const auto token = VerifyToken(TheKeys().ec.Sign("ES256", Claims()), TheKeys().set);
  ASSERT_TRUE(token);
  ClaimRules rules = Rules();
  rules.audiences.clear();
  EXPECT_FALSE(CheckClaims(*token, rules));
}

TEST(TokenLaw, NoSingleByteMayChange) {
  const std::string tokens[] = {TheKeys().rsa.Sign("RS256", Claims()),
                                TheKeys().ec.Sign("ES256", Claims())};
  EXPECT_TRUE(rc::check([&tokens] {
    std::string token = tokens[*rc::gen::inRange(0, 2)];
    const auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    const char changed = *rc::gen::distinctFrom(token[at]);
    token[at] = changed;
    RC_ASSERT(!VerifyToken(token, TheKeys().set));
  }));
}

TEST(TokenLaw, EveryByteCounts) {
  const std::string token = TheKeys().rsa.Sign("RS256", Claims());
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(VerifyToken(changed, TheKeys().set)) << "byte " << at;
  }
}

TEST(PeekToken, TellsIssuerAndKey) {
  const auto hint = PeekToken(TheKeys().rsa.Sign("RS256", Claims()));
  ASSERT_TRUE(hint) << hint.error().message();
  EXPECT_EQ(hint->issuer, kIssuer);
  EXPECT_EQ(hint->key_id, "rsa");
  EXPECT_EQ(hint->algorithm, "RS256");
  EXPECT_FALSE(PeekToken("a.b.c"));
}

}  // namespace
}  // namespace hullmark::crypto
