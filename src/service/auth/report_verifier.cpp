// SPDX-License-Identifier: Apache-2.0
#include "service/auth/report_verifier.h"

#include <utility>

#include "base/crypto/hash.h"
#include "base/text.h"

namespace hullmark::auth {

ReportVerifier::ReportVerifier(ci::TrustConfig trust, KeySource& keys, ci::OwnerPins& pins,
                               const Clock& clock)
    : trust_(std::move(trust)), keys_(keys), pins_(pins), clock_(clock) {}

Result<VerifiedReport> ReportVerifier::Verify(std::string_view token, std::string_view body,
                                              Deadline deadline,
                                              const std::stop_token& stop) const {
  const crypto::TokenHint hint = HM_TRY(crypto::PeekToken(token));
  // By exact equality and before any fetch: a token must not make the server ask an address that it
  // names.
  const ci::TrustedIssuer* issuer = ci::FindIssuer(trust_, hint.issuer);
  if (issuer == nullptr) {
    return Fail(Errc::kUnauthenticated, Cat({"token: issuer ", Quote(hint.issuer),
                                             " is not trusted here; add it to trust.issuers"}));
  }
  const crypto::KeySet keys = HM_TRY(keys_.KeysFor(issuer->issuer, hint.key_id, deadline, stop));
  const crypto::VerifiedToken verified = HM_TRY(crypto::VerifyToken(token, keys));
  const crypto::ClaimRules rules{
      .issuer = issuer->issuer, .audiences = {trust_.audience}, .now = clock_.Now()};
  crypto::RegisteredClaims registered = HM_TRY(crypto::CheckClaims(verified, rules));
  ci::Speaker speaker =
      HM_TRY(ci::ReadClaims(issuer->provider, verified.claims(), issuer->issuer, issuer->host));
  HM_TRY(ci::Decide(*issuer, speaker, pins_));

  std::string body_sha256 = crypto::Sha256Of(body).Hex();
  std::string replay_id = registered.token_id;
  if (issuer->reuse_job) replay_id += Cat({"+", body_sha256});
  return VerifiedReport{.speaker = std::move(speaker),
                        .claims = std::move(registered),
                        .key_set = keys.text(),
                        .body_sha256 = std::move(body_sha256),
                        .replay_id = std::move(replay_id)};
}

}  // namespace hullmark::auth
