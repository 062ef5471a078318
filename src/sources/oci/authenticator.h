// SPDX-License-Identifier: Apache-2.0
//
// Who we are to a registry: answers Basic and Bearer challenges (RFC 7617; distribution's token
// authentication), and keeps tokens for as long as they last.  Credentials go only to the registry
// and to token services that CheckRealm and MaySendCredentials let have them.  Thread-safe.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "base/net/http.h"
#include "base/net/retry.h"
#include "base/result.h"
#include "sources/oci/registry_client.h"

namespace hullmark::oci {

struct AuthPolicy {
  bool insecure = false;
  std::vector<std::string> token_hosts;  ///< further hosts the operator trusts with credentials
  net::RetryPolicy retry;
  Deadline deadline = Deadline::max();
  std::size_t max_token_bytes = 64 << 10;
  std::size_t max_scopes = 512;
};

class Authenticator {
 public:
  /// `transport` must outlive this.
  Authenticator(net::HttpTransport& transport, net::Url registry, Credentials credentials,
                AuthPolicy policy);

  /// The Authorization field for a request in `scope` ("repository:shop:pull"); empty while no
  /// challenge for it is known.
  Result<std::string> HeaderFor(const std::string& scope, const std::stop_token& stop);
  /// After a 401 that carried `challenge_headers` for a request sent with `refused`: another field
  /// to try once.
  Result<std::string> Answer(const std::string& scope, const net::Headers& challenge_headers,
                             const std::string& refused, const std::stop_token& stop);

 private:
  struct Bearer {
    net::Url realm;
    std::string service;
    std::string scope;
  };
  struct Entry {
    std::mutex mutex;  // held while a token is fetched, so that one request fetches for all
    std::string header;
    std::chrono::steady_clock::time_point expires_at;
    std::optional<Bearer> bearer;
  };

  std::shared_ptr<Entry> EntryOf(const std::string& scope);
  Result<Bearer> JudgeBearer(const net::Challenge& challenge, const std::string& scope) const;
  std::string BasicHeader() const;
  Status FetchToken(Entry& entry, const std::stop_token& stop);
  net::HttpRequest TokenRequest(const Bearer& bearer) const;
  bool HasCredentials() const;

  net::HttpTransport& transport_;
  const net::Url registry_;
  const Credentials credentials_;
  const AuthPolicy policy_;
  Guarded<std::unordered_map<std::string, std::shared_ptr<Entry>>> entries_;
  Guarded<bool> basic_;  // the registry takes Basic, for every scope
};

}  // namespace hullmark::oci
