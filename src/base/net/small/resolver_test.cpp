// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/resolver.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <thread>

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ResolverTest, AddressesNeedNoLookUp) {
  const Patience patience(DeadlineIn(seconds(5)), {});
  const LookUp never = [](auto&, auto&) -> Result<std::vector<SocketAddress>> {
    ADD_FAILURE() << "asked";
    return Fail(Errc::kUnavailable, "");
  };
  for (const auto& [host, family] : {std::pair("127.0.0.1", AF_INET), std::pair("::1", AF_INET6)}) {
    const auto addresses = Resolve(host, 80, patience, never);
    ASSERT_TRUE(addresses.has_value());
    ASSERT_EQ(addresses->size(), 1U);
    EXPECT_EQ(addresses->front().storage.ss_family, family);
  }
}

TEST(ResolverTest, LocalhostIsFoundByTheSystem) {
  const auto addresses = Resolve("localhost", 80, Patience(DeadlineIn(seconds(10)), {}));
  ASSERT_TRUE(addresses.has_value()) << addresses.error().message();
  EXPECT_FALSE(addresses->empty());
}

TEST(ResolverTest, AnswerAndErrorAreThoseOfTheLookUp) {
  const Patience patience(DeadlineIn(seconds(5)), {});
  const auto found =
      Resolve("a.test", 443, patience, [](const std::string& host, const std::string& port) {
        EXPECT_EQ(host, "a.test");
        EXPECT_EQ(port, "443");
        return Result<std::vector<SocketAddress>>(std::vector<SocketAddress>(2));
      });
  EXPECT_EQ(found->size(), 2U);
  const auto lost =
      Resolve("a.test", 443, patience, [](auto&, auto&) -> Result<std::vector<SocketAddress>> {
        return Fail(Errc::kUnavailable, "no such name");
      });
  EXPECT_EQ(lost.error().message(), "no such name");
}

// A name server that does not answer, until the test lets go.
struct DeadServer {
  std::shared_ptr<std::latch> release = std::make_shared<std::latch>(1);
  std::shared_ptr<std::latch> left = std::make_shared<std::latch>(1);
  LookUp look_up() const {
    return [release = release, left = left](auto&, auto&) -> Result<std::vector<SocketAddress>> {
      release->wait();
      left->count_down();
      return Fail(Errc::kUnavailable, "at last");
    };
  }
  ~DeadServer() {
    release->count_down();
    left->wait();
  }
};

TEST(ResolverTest, DeadNameServerDoesNotOutlastTheDeadline) {
  const DeadServer server;
  const auto start = std::chrono::steady_clock::now();
  const auto answer =
      Resolve("a.test", 80, Patience(DeadlineIn(milliseconds(100)), {}), server.look_up());
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code(), Errc::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(3));
}

TEST(ResolverTest, StopEndsALookUp) {
  const DeadServer server;
  std::stop_source stop;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(50));
    stop.request_stop();
  });
  const auto answer =
      Resolve("a.test", 80, Patience(DeadlineIn(seconds(60)), stop.get_token()), server.look_up());
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code(), Errc::kCancelled);
}

}  // namespace
}  // namespace hullmark::net
