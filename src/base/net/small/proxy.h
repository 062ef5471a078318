// SPDX-License-Identifier: Apache-2.0
//
// Which proxy a URL goes through, by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY as curl reads
// them (lower case first; HTTP_PROXY in lower case only, since a CGI's caller can set the other).
// Thread-safe functions.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "base/result.h"

namespace hullmark::net::small {

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  ///< the value of Proxy-Authorization; empty without credentials
};

using Environment = std::function<const char*(const char* name)>;

/// Nothing: go directly.  Loopback hosts always do.
Result<std::optional<Proxy>> ProxyFor(const Url& url, const Environment& environment);

/// Whether NO_PROXY's list names `host`: `*`, a host, `.suffix` or `suffix` of it, with or without
/// a port.
bool IsExempt(std::string_view no_proxy, std::string_view host, std::uint16_t port);

}  // namespace hullmark::net::small
