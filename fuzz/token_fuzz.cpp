// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a token, as a key set and as claims.  The private half of the key below is gone, so
// that one token in the world holds: the one in the corpus.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/codec/json.h"
#include "base/crypto/hash.h"
#include "base/crypto/jwt.h"
#include "base/text.h"
#include "core/model/observation.h"
#include "sources/ci/claims.h"
#include "sources/ci/observation.h"

namespace {

using hullmark::codec::JsonDocument;
namespace ci = hullmark::ci;
namespace crypto = hullmark::crypto;
namespace model = hullmark::model;

constexpr std::string_view kIssuer = "https://token.actions.githubusercontent.com";
constexpr std::string_view kModulus =
    R"(yEk4hC-RWyvxOK5jNcJIBH6P7fZ59yol9aTQ6YW4e3hmU9mieZVsuTTieldibEo4nS7pFroLR8f4Fr-w)"
    R"(vGnEYL9_yfACYLjiIuFmS9qMkxjPWIleOZ5ivXBMGUAduDE50ZsL4g2XVK-ynuvN8YvVLygvjnca2d7e)"
    R"(Ega88U__6rP5IqaQxwqJdaQ_4uqh7NToxcoT_KyJHgcQD6CBD_21GrQqjXEh3AqZbYA0bcFWlTYSmmL1)"
    R"(lOVh06m9fhjGIT5-CM248v5ztnYhQAmsfSrnvuH0osLwJ5AMfyzYyNOMgqhjSY9bU8mJcyfm0xfjsNZF)"
    R"(YBlgHV4Wmv03eeYsdmXWMQ)";
constexpr std::string_view kOnlyToken =
    "912fb080459c7ac51f94c4fdd0b6a62d11252405cd1a21aeb1afe422c262ba8a";

const crypto::KeySet& Keys() {
  static const crypto::KeySet keys =
      crypto::KeySet::Parse(
          hullmark::Cat({R"({"keys":[{"kty":"RSA","kid":"c84938842f915b2b","e":"AQAB","n":")",
                         kModulus, "\"}]}"}))
          .value();
  return keys;
}

void ReadToken(std::string_view text) {
  const auto verified = crypto::VerifyToken(text, Keys());
  HM_CHECK(!verified || crypto::PeekToken(text), "what holds can be peeked at");
  HM_CHECK(verified.has_value() == (crypto::Sha256Of(text).Hex() == kOnlyToken), "one token holds");
}

void ReadClaims(std::string_view text) {
  const auto document = JsonDocument::Parse(text);
  if (!document) return;
  const auto speaker = ci::ReadGithubClaims(document->root(), kIssuer);
  if (!speaker) return;
  const auto observation = ci::MakeReportObservation({.job_name = "build"}, *speaker,
                                                     {.source = "ci:github.com", .token_id = "t"});
  HM_CHECK(observation.has_value(), "who speaks can always be stated");
  for (const model::Record& record : observation->records) {
    HM_CHECK(model::CheckRecord(record, model::SourceKind::kCiReport),
             "and as the schema wants it");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hullmark::AsText({data, size});
  if (!text.starts_with('{')) {
    ReadToken(text);
    return 0;
  }
  ReadClaims(text);
  const auto keys = crypto::KeySet::Parse(text);
  HM_CHECK(!keys || keys->text() == text, "a key set keeps its text");
  return 0;
}
