// SPDX-License-Identifier: Apache-2.0
//
// One request to a registry, seen through to its answer: authentication (one second try after a
// 401, no more), retries, and redirects, which credentials follow on the same host only.
// Thread-safe.
#pragma once
#include <cstddef>
#include <stop_token>
#include <string>

#include "base/net/http.h"
#include "base/result.h"
#include "sources/oci/authenticator.h"
#include "sources/oci/registry_client.h"

namespace hullmark::oci {

struct Ask {
  std::string method = "GET";
  std::string target;   ///< path and query
  std::string scope{};  ///< what a token would be for; empty for /v2/
  std::string accept{};
  std::size_t max_bytes = 0;
};

class Requester {
 public:
  Requester(net::HttpTransport& transport, net::Url registry, const RegistryOptions& options);

  /// The 2xx answer.  Else: kUnauthenticated (401), kPermissionDenied (403), kNotFound (404),
  /// kUnsupported (405 and 501), kUnavailable (429 and other 5xx), kInvalidArgument (other 4xx).
  Result<net::HttpResponse> Send(const Ask& ask, const std::stop_token& stop);

  const net::Url& registry() const { return registry_; }

 private:
  struct Arrived {
    net::HttpResponse response;
    bool at_home = true;  // no redirect led to another host
  };
  Result<Arrived> Follow(const Ask& ask, const std::string& authorization,
                         const std::stop_token& stop);

  net::HttpTransport& transport_;
  const net::Url registry_;
  const net::RetryPolicy retry_;
  const Deadline deadline_;
  Authenticator authenticator_;
};

}  // namespace hullmark::oci
