// SPDX-License-Identifier: Apache-2.0
//
// The server under stress: limits of time and number, many clients at once, rude ones, its start
// and its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "base/net/server/raw_client.h"
#include "base/net/server/server_fixture.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

TEST(HttpServerLimits, SlowHeadAndSlowBodyAre408) {
  ServerOptions options = EchoOptions();
  options.header_timeout = milliseconds(200);
  options.admit = [](const ServerRequest&) {
    return Admission{.max_body_bytes = 100, .body_timeout = milliseconds(200)};
  };
  const auto server = StartServer(std::move(options));
  RawClient slow_head(server->port());
  const auto start = std::chrono::steady_clock::now();
  for (const char c : std::string_view("GET / HTTP")) {  // a byte now and then does not help
    if (!slow_head.Send({&c, 1})) break;
    std::this_thread::sleep_for(milliseconds(30));
  }
  EXPECT_THAT(slow_head.ReadResponse(), StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
  RawClient slow_body(server->port());
  ASSERT_TRUE(slow_body.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"));
  EXPECT_THAT(slow_body.ReadResponse(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServerLimits, IdleConnectionIsClosedQuietly) {
  ServerOptions options = EchoOptions();
  options.idle_timeout = milliseconds(150);
  const auto server = StartServer(std::move(options));
  RawClient silent(server->port());
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_TRUE(silent.closed());
  RawClient used(server->port());
  ASSERT_TRUE(used.Send(kGet));
  EXPECT_THAT(used.ReadResponse(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(used.ReadToEnd(), "");
  EXPECT_TRUE(used.closed());
}

TEST(HttpServerLimits, WhoDoesNotReadIsCutOff) {
  ServerOptions options = EchoOptions();
  options.write_timeout = milliseconds(100);
  options.handle = [](const ServerRequest&) {
    return ServerResponse{.body = std::string(20 << 20, 'x')};
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(kGet));
  server->Stop(seconds(0));  // also: a stop does not wait for it
  EXPECT_LT(client.ReadToEnd().size(), 20U << 20);
}

TEST(HttpServerLimits, ConnectionsBeyondTheLimitAre503) {
  ServerOptions options = EchoOptions();
  options.max_connections = 2;
  const auto server = StartServer(std::move(options));
  RawClient first(server->port());
  RawClient second(server->port());
  for (RawClient* client : {&first, &second}) {
    ASSERT_TRUE(client->Send(kGet));
    EXPECT_THAT(client->ReadResponse(), StartsWith("HTTP/1.1 200 "));
  }
  {
    RawClient third(server->port());
    ASSERT_TRUE(third.Send(kGet));
    EXPECT_THAT(third.ReadResponse(), StartsWith("HTTP/1.1 503 "));
  }
  ASSERT_TRUE(first.Send(kGet));
  EXPECT_THAT(first.ReadResponse(), StartsWith("HTTP/1.1 200 "));
  // Far beyond it, connections are closed unheard; and all of them come back.
  {
    std::vector<std::unique_ptr<RawClient>> crowd;
    for (int i = 0; i < 100; ++i) crowd.push_back(std::make_unique<RawClient>(server->port()));
    EXPECT_EQ(crowd.back()->ReadToEnd(), "");
    EXPECT_TRUE(crowd.back()->closed());
  }
  second.FinishSending();
  EXPECT_EQ(second.ReadToEnd(), "");
  bool served = false;
  for (int i = 0; i < 100 && !served; ++i) {
    RawClient later(server->port());
    ASSERT_TRUE(later.Send(kGet));
    served = later.ReadResponse().starts_with("HTTP/1.1 200 ");
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_TRUE(served);
}

TEST(HttpServerLoad, ManyClientsGetTheirOwnAnswers) {
  ServerOptions options = EchoOptions();
  options.io_threads = 2;
  const auto server = StartServer(std::move(options));
  constexpr int kClients = 16;
  constexpr int kRequests = 100;
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> clients;
    for (int c = 0; c < kClients; ++c) {
      clients.emplace_back([&, c] {
        RawClient client(server->port());
        for (int i = 0; i < kRequests; ++i) {
          const std::string body = std::to_string(c) + ":" + std::to_string(i) +
                                   std::string(static_cast<std::size_t>(i), 'x');
          client.Send("POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body);
          if (BodyOf(client.ReadResponse()) == "POST /c " + body) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, kClients * kRequests);
}

TEST(HttpServerLoad, SlowAndRudeClientsDoNotStandInTheWay) {
  ServerOptions options = EchoOptions();
  options.header_timeout = milliseconds(500);
  options.worker_threads = 2;
  const auto server = StartServer(std::move(options));
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<RawClient>(server->port()));
    slow.back()->Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n");
  }
  constexpr std::string_view kPost = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde";
  for (std::size_t cut = 0; cut <= kPost.size(); ++cut) {
    RawClient rude(server->port());
    rude.Send(kPost.substr(0, cut));
    if (cut % 2 == 0) rude.Abort();
  }
  RawClient client(server->port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(client.Send(kPost));
    EXPECT_EQ(BodyOf(client.ReadResponse()), "POST / abcde");
  }
  for (const auto& one : slow) EXPECT_THAT(one->ReadResponse(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServerStop, RunningRequestsFinishAndIdleOnesEnd) {
  std::latch begun(1);
  std::latch go_on(1);
  ServerOptions options = EchoOptions();
  options.handle = [&](const ServerRequest& request) {
    if (request.path == "/slow") {
      begun.count_down();
      go_on.wait();
    }
    return Echo(request);
  };
  const auto server = StartServer(std::move(options));
  RawClient idle(server->port());
  ASSERT_TRUE(idle.Send(kGet));
  EXPECT_THAT(idle.ReadResponse(), StartsWith("HTTP/1.1 200 "));
  RawClient busy(server->port());
  ASSERT_TRUE(busy.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"));
  begun.wait();
  std::jthread stopper([&] { server->Stop(seconds(10)); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // ends while the other still runs
  EXPECT_TRUE(idle.closed());
  go_on.count_down();
  const std::string response = busy.ReadToEnd();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
  stopper.join();
  EXPECT_FALSE(RawClient(server->port()).connected());
  server->Stop(seconds(1));  // twice is fine
}

TEST(HttpServerStop, GraceEnds) {
  std::latch begun(1);
  ServerOptions options = EchoOptions();
  options.handle = [&](const ServerRequest& request) {
    begun.count_down();
    std::this_thread::sleep_for(milliseconds(300));
    return Echo(request);
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(kGet));
  begun.wait();
  server->Stop(milliseconds(20));
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_TRUE(client.closed());
}

TEST(HttpServerStart, TakenPortSaysWhatToDo) {
  const auto first = StartServer(EchoOptions());
  ServerOptions options = EchoOptions();
  options.port = first->port();
  const auto second = HttpServer::Start(std::move(options));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), Errc::kUnavailable);
  const std::string& message = second.error().message();
  EXPECT_THAT(message, HasSubstr("127.0.0.1:" + std::to_string(first->port())));
  EXPECT_THAT(message, HasSubstr("--listen"));
}

TEST(HttpServerStart, PortIsFreeAgainAfterwards) {
  std::uint16_t port = 0;
  for (int i = 0; i < 3; ++i) {
    ServerOptions options = EchoOptions();
    options.port = port;
    const auto server = StartServer(std::move(options));
    port = server->port();
    RawClient client(port);
    ASSERT_TRUE(client.Send(kGet));
    EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 200 "));
  }
}

TEST(HttpServerStart, BadAddressIsTold) {
  for (const auto& [address, code] : {std::pair("nowhere.example", Errc::kInvalidArgument),
                                      std::pair("192.0.2.1", Errc::kUnavailable)}) {
    ServerOptions options = EchoOptions();
    options.address = address;
    const auto server = HttpServer::Start(std::move(options));
    ASSERT_FALSE(server.has_value());
    EXPECT_EQ(server.error().code(), code);
    EXPECT_THAT(server.error().message(), HasSubstr(address));
  }
}

}  // namespace
}  // namespace hullmark::net
