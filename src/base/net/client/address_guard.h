// SPDX-License-Identifier: Apache-2.0
//
// Addresses that the server never connects to, whoever names them: link-local ones, where clouds
// serve credentials to whatever runs on the machine.  Pure; thread-safe.
#pragma once
#include <sys/socket.h>

namespace hullmark::net {

/// 169.254.0.0/16, fe80::/10, their IPv4-mapped forms, and fd00:ec2::254, which AWS uses likewise.
bool IsForbiddenAddress(const sockaddr* address, socklen_t size);

}  // namespace hullmark::net
