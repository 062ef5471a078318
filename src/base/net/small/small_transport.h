// SPDX-License-Identifier: Apache-2.0
//
// The collector's HTTP client: small enough for one static binary.  Synchronous Asio and Beast
// under a watchdog, so that a dead name server or a black-holed peer cannot outlast the deadline.
// Thread-safe.
#pragma once
#include <memory>
#include <string>

#include "base/net/http.h"

namespace hullmark::net {

struct SmallOptions {
  std::string
      ca_file{};  ///< PEM roots; when empty, found where systems keep them (SSL_CERT_FILE first)
  std::string user_agent = "hullmark-ci";
};

std::unique_ptr<HttpTransport> MakeSmallTransport(SmallOptions options);

}  // namespace hullmark::net
