// SPDX-License-Identifier: Apache-2.0
#include "base/net/client/address_guard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

namespace hullmark::net {
namespace {

struct GuardCase {
  const char* name;
  const char* address;
  bool forbidden;
};
constexpr GuardCase kCases[] = {
    {"metadata", "169.254.169.254", true},
    {"link_local_first", "169.254.0.0", true},
    {"link_local_last", "169.254.255.255", true},
    {"below", "169.253.255.255", false},
    {"above", "169.255.0.0", false},
    {"loopback", "127.0.0.1", false},
    {"private", "10.1.2.3", false},
    {"v6_link_local", "fe80::1", true},
    {"v6_link_local_last", "febf:ffff::1", true},
    {"v6_above", "fec0::1", false},
    {"v6_loopback", "::1", false},
    {"v6_mapped_metadata", "::ffff:169.254.169.254", true},
    {"v6_mapped_other", "::ffff:10.0.0.1", false},
    {"v6_aws_metadata", "fd00:ec2::254", true},
    {"v6_private", "fd00:ec2::1", false},
};
class AddressGuard : public testing::TestWithParam<GuardCase> {};
TEST_P(AddressGuard, ForbidsLinkLocal) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, GetParam().address, &v4.sin_addr) == 1) {
    EXPECT_EQ(IsForbiddenAddress(reinterpret_cast<const sockaddr*>(&v4), sizeof(v4)),
              GetParam().forbidden);
  } else {
    ASSERT_EQ(inet_pton(AF_INET6, GetParam().address, &v6.sin6_addr), 1);
    EXPECT_EQ(IsForbiddenAddress(reinterpret_cast<const sockaddr*>(&v6), sizeof(v6)),
              GetParam().forbidden);
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, AddressGuard, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(AddressGuardTest, SocketsOfTheMachineAreNoAddresses) {
  sockaddr_un path{};
  path.sun_family = AF_UNIX;
  EXPECT_FALSE(IsForbiddenAddress(reinterpret_cast<const sockaddr*>(&path), sizeof(path)));
}

}  // namespace
}  // namespace hullmark::net
