// SPDX-License-Identifier: Apache-2.0
//
// Connections made within a deadline: names are looked up on a thread that may be left behind,
// since a dead name server blocks getaddrinfo for ten seconds and more.  Thread-safe functions.
#pragma once
#include <cstdint>
#include <stop_token>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace hullmark::net::small {

/// A connected, non-blocking TCP socket.  Addresses are tried one after the other.
Result<UniqueFd> DialTcp(const std::string& host, std::uint16_t port, Deadline deadline,
                         const std::stop_token& stop);
Result<UniqueFd> DialUnix(const std::string& path);

/// Waits until the socket can be read (or written).  kDeadlineExceeded, kCancelled.
Status WaitFor(int fd, bool write, Deadline deadline, const std::stop_token& stop);

}  // namespace hullmark::net::small
