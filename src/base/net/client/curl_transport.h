// SPDX-License-Identifier: Apache-2.0
//
// The server's HTTP client: libcurl behind the transport seam, with connection reuse, HTTP/2,
// proxies from the environment (never for loopback) and private CAs.  Thread-safe.
#pragma once
#include <memory>
#include <string>

#include "base/net/http.h"

namespace hullmark::net {

struct CurlOptions {
  std::string ca_file{};  ///< PEM; replaces the system's roots for this transport
  std::string user_agent = "hullmark";
};

/// Bodies come as they were sent: no content coding is undone, so that digests hold.  Besides the
/// seam's errors: kPermissionDenied for an address that no source may name (address_guard.h),
/// kInvalidArgument for a request that cannot be sent.  `on_body` runs on the caller's thread.
std::unique_ptr<HttpTransport> MakeCurlTransport(CurlOptions options);

}  // namespace hullmark::net
