// SPDX-License-Identifier: Apache-2.0
#include "base/net/client/address_guard.h"

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace hullmark::net {
namespace {

bool IsLinkLocal4(const std::uint8_t* bytes) { return bytes[0] == 169 && bytes[1] == 254; }

}  // namespace

bool IsForbiddenAddress(const sockaddr* address, socklen_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof(v4));
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return IsLinkLocal4(bytes.data());
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof(v6));
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return true;
    constexpr std::array<std::uint8_t, 16> kAws = {0xfd, 0, 0x0e, 0xc2, 0, 0, 0,    0,
                                                   0,    0, 0,    0,    0, 0, 0x02, 0x54};
    if (bytes == kAws) return true;
    return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && IsLinkLocal4(bytes.data() + 12);
  }
  return false;
}

}  // namespace hullmark::net
