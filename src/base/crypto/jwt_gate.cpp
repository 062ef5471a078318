// SPDX-License-Identifier: Apache-2.0
//
// The gate.  libcjose was seen to accept padded and non-canonical base64, `crit`, `b64`, and
// duplicate keys in header and claims: none of them gets past this file.
#include <array>
#include <utility>

#include "base/crypto/jwt_parts.h"
#include "base/text.h"

namespace hullmark::crypto {
namespace {

constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMaxIssuerBytes = 1024;

struct Algorithm {
  std::string_view name;
  KeyType type;
};
constexpr std::array kAlgorithms = {
    Algorithm{"RS256", KeyType::kRsa}, Algorithm{"RS384", KeyType::kRsa},
    Algorithm{"PS256", KeyType::kRsa}, Algorithm{"ES256", KeyType::kEcP256}};

// Header members that bring their own key, point to one, or change what is signed (RFC 7515 §4.1,
// RFC 7797).
constexpr std::array<std::string_view, 6> kForbidden = {"crit", "jku", "jwk", "x5u", "x5c", "b64"};

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Errc::kUnauthenticated, Cat({"token: ", why}));
}

Result<codec::JsonDocument> ReadPart(std::string_view name, std::string_view part) {
  const auto bytes = DecodeBase64Url(part);
  if (!bytes) return Refuse(Cat({name, " is not canonical base64url"}));
  const codec::JsonLimits limits{.max_bytes = kMaxTokenBytes, .max_depth = 16};
  auto document = codec::JsonDocument::Parse(AsText(*bytes), limits);
  if (!document) return Refuse(Cat({name, ": ", document.error().message()}));
  if (!document->root().IsObject()) return Refuse(Cat({name, " is not a JSON object"}));
  return document;
}

struct Header {
  std::string algorithm;
  std::string key_id;
};

Result<Header> JudgeHeader(codec::Json header) {
  for (const std::string_view name : kForbidden) {
    if (!header[name].missing()) return Refuse(Cat({"header member ", name, " is not accepted"}));
  }
  const auto algorithm = header["alg"].String();
  if (!algorithm) return Refuse("header has no alg");
  if (!KeyTypeOf(*algorithm)) {
    return Refuse(Cat(
        {"algorithm ", Quote(*algorithm), " is not accepted; RS256, RS384, PS256 and ES256 are"}));
  }
  const auto type = header["typ"];
  if (!type.missing() && !EqualsIgnoreCase(type.Text(), "JWT")) {
    return Refuse(Cat({"header typ ", Quote(type.Text()), " is not JWT"}));
  }
  const auto key_id = header["kid"].String();
  if (!key_id || key_id->empty()) return Refuse("header has no kid");
  if (key_id->size() > kMaxNameBytes) return Refuse("header kid is longer than 256 bytes");
  return Header{std::string(*algorithm), std::string(*key_id)};
}

}  // namespace

std::optional<KeyType> KeyTypeOf(std::string_view algorithm) {
  for (const Algorithm& known : kAlgorithms) {
    if (known.name == algorithm) return known.type;
  }
  return std::nullopt;
}

Result<TokenParts> ReadToken(std::string_view token) {
  if (token.empty()) return Refuse("empty");
  if (token.size() > kMaxTokenBytes) return Refuse("longer than 16 KiB");
  const auto parts = Split(token, '.');
  if (parts.size() != 3) return Refuse("not three parts separated by dots");
  for (const std::string_view part : parts) {
    if (part.empty()) return Refuse("a part is empty");
  }
  const codec::JsonDocument header_document = HM_TRY(ReadPart("header", parts[0]));
  Header header = HM_TRY(JudgeHeader(header_document.root()));
  codec::JsonDocument claims = HM_TRY(ReadPart("claims", parts[1]));
  const auto issuer = claims.root()["iss"].String();
  if (!issuer || issuer->empty()) return Refuse("claim iss is missing");
  if (issuer->size() > kMaxIssuerBytes) return Refuse("claim iss is longer than 1024 bytes");
  const auto signature = DecodeBase64Url(parts[2]);
  if (!signature) return Refuse("signature is not canonical base64url");
  std::string issuer_text(*issuer);
  return TokenParts{.algorithm = std::move(header.algorithm),
                    .key_id = std::move(header.key_id),
                    .issuer = std::move(issuer_text),
                    .claims = std::move(claims),
                    .signing_input = token.substr(0, parts[0].size() + 1 + parts[1].size()),
                    .signature_bytes = signature->size()};
}

Result<TokenHint> PeekToken(std::string_view token) {
  TokenParts parts = HM_TRY(ReadToken(token));
  return TokenHint{std::move(parts.issuer), std::move(parts.key_id), std::move(parts.algorithm)};
}

}  // namespace hullmark::crypto
