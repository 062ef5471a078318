// SPDX-License-Identifier: Apache-2.0
//
// The server's HTTP client: libcurl behind the transport seam, with connection reuse, proxies from
// the environment and private CAs.  Thread-safe.
#pragma once
#include <memory>
#include <string>

#include "base/net/http.h"

namespace hullmark::net {

struct CurlOptions {
  std::string ca_file{};  ///< PEM; in addition to nothing: it replaces the system's roots for this
                          ///< transport
  std::string user_agent = "hullmark";
};

std::unique_ptr<HttpTransport> MakeCurlTransport(CurlOptions options);

}  // namespace hullmark::net
