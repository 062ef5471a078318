// SPDX-License-Identifier: Apache-2.0
//
// What goes wrong between a client and a server: each fault has its code, within the deadline.
#include <gmock/gmock.h>

#include <thread>

#include "integration/net/black_hole.h"
#include "integration/net/scripted_server.h"
#include "integration/net/transports.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

struct FaultCase {
  std::string_view name;
  std::string_view response;
  Errc want;
};
constexpr FaultCase kFaults[] = {
    {"NoAnswer", "", Errc::kUnavailable},
    {"HalfAHead", "HTTP/1.1 200 OK\r\nContent-", Errc::kUnavailable},
    {"NoHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Errc::kUnavailable},
    {"HalfABody", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Errc::kDataLoss},
    {"HalfAChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf",
     Errc::kDataLoss},
    {"NoLastChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
     Errc::kDataLoss},
    {"BadChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhalf\r\n0\r\n\r\n",
     Errc::kDataLoss},
    {"LengthOverLimit", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
     Errc::kResourceExhausted},
};
class Faults : public testing::TestWithParam<std::tuple<Kind, FaultCase>> {};
TEST_P(Faults, HaveTheirCode) {
  const auto& [kind, fault] = GetParam();
  const ScriptedServer server(Once(std::string(fault.response)));
  const auto transport = kind == Kind::kCurl ? MakeCurlTransport({}) : MakeSmallTransport({});
  const auto outcome = transport->Send(
      {.url = server.Url("/p?secret=1"), .max_response_bytes = 1000}, DeadlineIn(seconds(10)));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), fault.want) << outcome.error().message();
  EXPECT_THAT(outcome.error().message(), HasSubstr("GET " + server.Url("/p") + ": "));
  EXPECT_THAT(outcome.error().message(), testing::Not(HasSubstr("secret")));
}
INSTANTIATE_TEST_SUITE_P(Table, Faults,
                         testing::Combine(testing::Values(Kind::kCurl, Kind::kSmall),
                                          testing::ValuesIn(kFaults)),
                         [](const auto& c) {
                           const bool curl = std::get<0>(c.param) == Kind::kCurl;
                           return (curl ? "Curl" : "Small") +
                                  std::string(std::get<1>(c.param).name);
                         });

class TransportFaults : public Transports {};
HM_BOTH_TRANSPORTS(TransportFaults);

TEST_P(TransportFaults, BodiesOverTheLimitEndEarly) {
  for (const std::string& response :
       {std::string("HTTP/1.1 200 OK\r\n\r\n") + std::string(5000, 'x'),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + std::string(5000, 'x') +
            "\r\n0\r\n\r\n"}) {
    const ScriptedServer server(Once(response));
    HttpRequest request{.url = server.Url(), .max_response_bytes = 1000};
    EXPECT_EQ(CodeOf(Send(request)), Errc::kResourceExhausted);
    std::size_t seen = 0;
    request.on_body = [&](std::string_view piece) {
      seen += piece.size();
      return true;
    };
    EXPECT_EQ(CodeOf(Send(request)), Errc::kResourceExhausted);
    EXPECT_LE(seen, 1000U);
  }
}

TEST_P(TransportFaults, BodyToTheEndOfTheConnectionIsWhole) {
  const ScriptedServer server(Once("HTTP/1.0 200 OK\r\n\r\nall of it"));
  EXPECT_EQ(Get(server.Url())->body, "all of it");
}

TEST_P(TransportFaults, InterimResponsesAreReadOver) {
  const ScriptedServer server(
      Once("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const auto response = Get(server.Url());
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.Find("Link"), nullptr);
  EXPECT_EQ(response->body, "ok");
}

TEST_P(TransportFaults, TrailersAreNoHeaders) {
  const ScriptedServer server(
      Once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
           "Docker-Content-Digest: evil\r\n\r\n"));
  const auto response = Get(server.Url());
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->headers.Find("Docker-Content-Digest"), nullptr);
}

TEST_P(TransportFaults, EndlessHeadIsRefused) {
  const ScriptedServer server([](Conversation& with) {
    with.ReadRequest();
    with.Send("HTTP/1.1 200 OK\r\n");
    while (with.Send("X: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(CodeOf(Get(server.Url())), Errc::kResourceExhausted);
}

TEST_P(TransportFaults, AnswerBeforeTheWholeBodyIsTaken) {
  const ScriptedServer server([](Conversation& with) {
    with.ReadRequest();
    with.Send(
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
  });
  const auto response =
      Send({.method = "POST", .url = server.Url(), .body = std::string(2'000'000, 'x')});
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->status, 413);
}

TEST_P(TransportFaults, RefusedConnectionIsUnavailable) {
  std::uint16_t port = 0;
  {
    const ScriptedServer gone(Once(""));
    port = gone.port();
  }
  EXPECT_EQ(CodeOf(Get("http://127.0.0.1:" + std::to_string(port) + "/")), Errc::kUnavailable);
}

TEST_P(TransportFaults, UnknownNameIsUnavailable) {
  const auto outcome = Send({.url = "http://no-such-host.invalid/"}, seconds(5));
  ASSERT_FALSE(outcome.has_value());
  // Without a name server the look-up itself may outlast the deadline.
  EXPECT_TRUE(outcome.error().code() == Errc::kUnavailable ||
              outcome.error().code() == Errc::kDeadlineExceeded)
      << outcome.error().message();
}

// Runs `send` with a deadline of 200 ms: it must end by itself, and soon after.
template <class F>
void ExpectDeadline(F send) {
  const auto start = std::chrono::steady_clock::now();
  const Result<HttpResponse> outcome = send(DeadlineIn(milliseconds(200)));
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), Errc::kDeadlineExceeded) << outcome.error().message();
  EXPECT_GE(took, milliseconds(190));
  EXPECT_LT(took, seconds(8));  // machines of CI stall; peers would wait for minutes
}

TEST_P(TransportFaults, BlackHoleEndsAtTheDeadline) {
  const BlackHole hole;
  ExpectDeadline([&](Deadline deadline) { return Make()->Send({.url = hole.Url()}, deadline); });
}

TEST_P(TransportFaults, SilenceEndsAtTheDeadline) {
  const ScriptedServer server([](Conversation& with) { with.AwaitEnd(); });
  ExpectDeadline([&](Deadline deadline) { return Make()->Send({.url = server.Url()}, deadline); });
}

TEST_P(TransportFaults, DripsEndAtTheDeadline) {
  const ScriptedServer server([](Conversation& with) {
    with.ReadRequest();
    with.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (with.Send("x")) std::this_thread::sleep_for(milliseconds(20));
  });
  ExpectDeadline([&](Deadline deadline) { return Make()->Send({.url = server.Url()}, deadline); });
}

TEST_P(TransportFaults, WhoDoesNotReadEndsAtTheDeadline) {
  const ScriptedServer server([](Conversation& with) {
    const int small = 4096;
    setsockopt(with.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    with.ReadRequest();
    std::this_thread::sleep_for(milliseconds(600));
  });
  const HttpRequest request{
      .method = "POST", .url = server.Url(), .body = std::string(20'000'000, 'x')};
  ExpectDeadline([&](Deadline deadline) { return Make()->Send(request, deadline); });
}

TEST_P(TransportFaults, StopEndsAWaitAtOnce) {
  const ScriptedServer server([](Conversation& with) { with.AwaitEnd(); });
  std::stop_source stop;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const auto outcome =
      Make()->Send({.url = server.Url()}, DeadlineIn(seconds(60)), stop.get_token());
  EXPECT_EQ(CodeOf(outcome), Errc::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
  const auto again = Make()->Send({.url = server.Url()}, DeadlineIn(seconds(60)), stop.get_token());
  EXPECT_EQ(CodeOf(again), Errc::kCancelled);
}

TEST(CurlGuard, LinkLocalAddressesAreNeverAsked) {
  const auto transport = MakeCurlTransport({});
  for (const char* url : {"http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/",
                          "http://[::ffff:169.254.169.254]/"}) {
    const auto outcome = transport->Send({.url = url}, DeadlineIn(seconds(10)));
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code(), Errc::kPermissionDenied) << outcome.error().message();
  }
}

TEST(CurlGuard, RedirectDoesNotLeadThereEither) {
  const ScriptedServer server(
      Once("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"));
  const auto outcome = MakeCurlTransport({})->Send({.url = server.Url(), .max_redirects = 3},
                                                   DeadlineIn(seconds(10)));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), Errc::kPermissionDenied);
}

}  // namespace
}  // namespace hullmark::net
