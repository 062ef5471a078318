// SPDX-License-Identifier: Apache-2.0
//
// Which proxy a URL goes through, by the environment variables that curl and Go programs read:
// http_proxy, https_proxy, all_proxy and no_proxy, in either case.  Pure but for the environment.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/net/http.h"

namespace hullmark::net {

struct Proxy {
  Url url;
  std::string
      authorization{};  ///< value of Proxy-Authorization; empty when the variable names nobody
};

/// The value of an environment variable; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;
std::string ProcessEnvironment(const char* name);

/// Nothing when `url` is to be reached directly: always for loopback.  kInvalidArgument when the
/// variable cannot be read, kUnsupported for a kind of proxy that is not offered.
Result<std::optional<Proxy>> ProxyFor(const Url& url, const Environment& environment);

/// Whether `no_proxy` lists the host of `url`: `*`, names and all below them, addresses, CIDR
/// blocks, each with or without a port.
bool IsListed(std::string_view no_proxy, const Url& url);

}  // namespace hullmark::net
