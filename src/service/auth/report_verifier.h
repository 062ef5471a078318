// SPDX-License-Identifier: Apache-2.0
//
// ReportVerifier: from a request's token and body to who speaks.  The order matters: form,
// configured issuer, keys, signature, registered claims, claims, trust.  Replay is judged by the
// store (estate::ReportRecord).  Thread-safe.
#pragma once
#include <stop_token>
#include <string>
#include <string_view>

#include "base/crypto/jwt.h"
#include "base/result.h"
#include "base/time.h"
#include "service/auth/bearer.h"
#include "service/auth/key_source.h"
#include "sources/ci/claims.h"
#include "sources/ci/trust.h"

namespace hullmark::auth {

struct VerifiedReport {
  ci::Speaker speaker;
  crypto::RegisteredClaims claims;
  std::string key_set;      ///< the JWKS document the signature was checked with
  std::string body_sha256;  ///< hex
  /// What replay is judged by: the token's id, or with `reuse: job` that and the body's hash.
  std::string replay_id;
};

class ReportVerifier {
 public:
  /// Borrows `keys`, `pins` and `clock`, which must outlive this.
  ReportVerifier(ci::TrustConfig trust, KeySource& keys, ci::OwnerPins& pins, const Clock& clock);

  /// kUnauthenticated: the token does not hold; kPermissionDenied: it does, and its job may not
  /// report.
  Result<VerifiedReport> Verify(std::string_view token, std::string_view body, Deadline deadline,
                                const std::stop_token& stop = {}) const;

  const std::string& audience() const { return trust_.audience; }

 private:
  ci::TrustConfig trust_;
  KeySource& keys_;
  ci::OwnerPins& pins_;
  const Clock& clock_;
};

}  // namespace hullmark::auth
