// SPDX-License-Identifier: Apache-2.0
//
// Names to addresses within a deadline: getaddrinfo cannot be stopped, so it runs on a thread that
// is left behind when it takes too long.  Thread-safe.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/net/small/channel.h"

namespace hullmark::net {

/// The addresses of a host and a port; the seam for tests.
using LookUp = std::function<Result<std::vector<SocketAddress>>(const std::string& host,
                                                                const std::string& port)>;

/// The system's: /etc/hosts and DNS.
Result<std::vector<SocketAddress>> SystemLookUp(const std::string& host, const std::string& port);

/// Errors: those of `look_up`, kDeadlineExceeded, kCancelled.
Result<std::vector<SocketAddress>> Resolve(const std::string& host, std::uint16_t port,
                                           const Patience& patience,
                                           const LookUp& look_up = SystemLookUp);

}  // namespace hullmark::net
