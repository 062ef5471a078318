// SPDX-License-Identifier: Apache-2.0
//
// Where issuers' keys come from: a file, or OIDC discovery (OpenID Connect Discovery 1.0 §4).  Only
// configured issuers are ever asked; keys are cached; a key id that is not known makes it look
// again, at most once in five minutes. Thread-safe: a caller whose key is cached never waits for
// another's fetch.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/jwt.h"
#include "base/net/http.h"
#include "base/result.h"
#include "base/time.h"
#include "sources/ci/trust.h"

namespace hullmark::auth {

/// Makes the transport for an issuer; `ca_file` is empty for the system's roots.
using TransportFactory =
    std::function<std::unique_ptr<net::HttpTransport>(const std::string& ca_file)>;

struct KeyLimits {
  std::chrono::seconds refresh_gap{300};      ///< between two looks for one issuer that has keys
  std::chrono::seconds retry_gap{15};         ///< between two looks while it has none
  std::chrono::seconds max_age{3600};         ///< keys are looked up again after this
  std::chrono::seconds max_stale{24 * 3600};  ///< and no longer used after this, when that fails
  std::size_t max_document_bytes = 256 << 10;
};

class KeySource {
 public:
  /// Borrows `clock`, which must outlive this.
  KeySource(const std::vector<ci::TrustedIssuer>& issuers, const TransportFactory& transports,
            const Clock& clock, KeyLimits limits = {});
  ~KeySource();

  /// Reads the key files there are, so that a wrong one is told at the start.  Asks nobody else.
  Status LoadFiles();

  /// The issuer's keys, looked up again when `key_id` is not among the cached ones; the answer may
  /// lack it still. kUnauthenticated: no such issuer; kUnavailable: its keys cannot be had now.
  Result<crypto::KeySet> KeysFor(std::string_view issuer, std::string_view key_id,
                                 Deadline deadline, const std::stop_token& stop = {});

 private:
  class Issuer;
  std::vector<std::unique_ptr<Issuer>> issuers_;
};

}  // namespace hullmark::auth
