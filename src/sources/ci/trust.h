// SPDX-License-Identifier: Apache-2.0
//
// Whose word is taken: the issuers, owners and repositories that may report, as the configuration
// says (`trust:`), and for which audience a token may be asked.  Thread-safety: values and pure
// functions; OwnerPins is thread-safe.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sources/ci/claims.h"

namespace hullmark::ci {

struct TrustedOwner {
  std::string login;
  std::string id;  ///< empty: pinned to the first id seen under this login
};

struct TrustedIssuer {
  std::string issuer;  ///< compared as it stands with `iss`
  std::string provider = "github";
  std::string host;  ///< of the code; empty: told from the issuer
  std::vector<TrustedOwner> owners;
  std::vector<std::string>
      repositories;  ///< globs over `owner/name`, or over `name` when without a slash; none: all
  std::string jwks_file;   ///< instead of discovery
  std::string ca_file;     ///< roots for discovery, instead of the system's
  bool reuse_job = false;  ///< `reuse: job`: one token may send several reports
  bool compatible = false;
};

struct TrustConfig {
  std::string audience;  ///< what a token must have been asked for
  std::vector<TrustedIssuer> issuers;
};

/// Judges the configuration.  The error names the key and the mend.
Status CheckTrust(const TrustConfig& trust);

/// By exact equality; null when not configured: then nothing is ever fetched for it.
const TrustedIssuer* FindIssuer(const TrustConfig& trust, std::string_view issuer);

/// Remembers which id an owner's name first came with, for as long as the estate lives.
class OwnerPins {
 public:
  virtual ~OwnerPins() = default;
  /// The id that `owner` ("github.com/acme", lower case) is pinned to; pins it to `id` when it is
  /// not yet.
  virtual Result<std::string> Pin(std::string_view owner, std::string_view id) = 0;
};

/// Whether `speaker` may report.  kPermissionDenied says why and the mend.
Status Decide(const TrustedIssuer& issuer, const Speaker& speaker, OwnerPins& pins);

/// A server as a collector was told to reach it.
struct ServerAddress {
  std::string host;  ///< lower case, without port
  bool loopback = false;
};
/// Whether a collector may ask its CI for a token with the audience that the server named: a server
/// must not harvest tokens made for others.  `wanted` is what `--audience` says, or empty.
Status CheckAudience(const ServerAddress& server, std::string_view audience,
                     std::string_view wanted);

}  // namespace hullmark::ci
