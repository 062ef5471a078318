// SPDX-License-Identifier: Apache-2.0
//
// The collector's HTTP client: small enough for one static binary.  Plain sockets and OpenSSL under
// poll, Beast's parser, and look-ups on a thread of their own, so that neither a dead name server
// nor a black-holed peer outlasts the deadline.  Proxies from the environment.  Thread-safe.
#pragma once
#include <memory>
#include <string>

#include "base/net/http.h"

namespace hullmark::net {

struct SmallOptions {
  /// PEM roots; when empty, found where systems keep them (SSL_CERT_FILE first).
  std::string ca_file{};
  std::string user_agent = "hullmark-ci";
};

/// Besides the seam's errors: kInvalidArgument for a request that cannot be sent or roots that
/// cannot be read.  `on_body` runs on the caller's thread.
std::unique_ptr<HttpTransport> MakeSmallTransport(SmallOptions options);

}  // namespace hullmark::net
