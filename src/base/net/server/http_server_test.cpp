// SPDX-License-Identifier: Apache-2.0
//
// The server from outside: every request of the table over a real socket, and what its answers look
// like.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "base/net/server/raw_client.h"
#include "base/net/server/request_cases.h"
#include "base/net/server/server_fixture.h"

namespace hullmark::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ServerCases : public testing::TestWithParam<RequestCase> {};
TEST_P(ServerCases, IsAnsweredOverASocket) {
  const auto server = StartServer(EchoOptions());
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(GetParam().raw));
  const std::string response = client.ReadResponse();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 " + std::to_string(GetParam().status) + " "));
  if (GetParam().status == 200) {
    EXPECT_EQ("200 " + BodyOf(response), GetParam().want);
  } else {
    EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(BodyOf(response), HasSubstr(std::string(GetParam().want)));
    client.FinishSending();
    EXPECT_EQ(client.ReadToEnd(), "");
    EXPECT_TRUE(client.closed());
  }
}
INSTANTIATE_TEST_SUITE_P(Table, ServerCases, testing::ValuesIn(kRequestCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(HttpServerTest, KeepsTheConnectionAndAnswersInOrder) {
  const auto server = StartServer(EchoOptions());
  RawClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_EQ(BodyOf(client.ReadResponse()), "GET /" + std::to_string(i) + " ");
  }
  std::string many;
  for (int i = 0; i < 20; ++i) many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  ASSERT_TRUE(client.Send(many));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(BodyOf(client.ReadResponse()), "GET /" + std::to_string(i) + " ");
  }
}

TEST(HttpServerTest, ResponseHasItsFields) {
  ServerOptions options = EchoOptions();
  options.handle = [](const ServerRequest& request) {
    ServerResponse response{.status = 201, .body = "made by " + request.peer};
    response.headers.Add("X-Own", "1");
    response.headers.Add("Content-Length", "99");
    response.headers.Add("Transfer-Encoding", "chunked");
    return response;
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(kGet));
  const std::string response = client.ReadResponse();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 201 Created\r\nDate: "));
  EXPECT_THAT(response,
              HasSubstr(" GMT\r\nX-Own: 1\r\nContent-Length: 17\r\n\r\nmade by 127.0.0.1"));
  EXPECT_THAT(response, Not(HasSubstr("Connection:")));
}

TEST(HttpServerTest, HeadAndNoContentHaveNoBody) {
  ServerOptions options = EchoOptions();
  options.handle = [](const ServerRequest& request) {
    return request.path == "/none" ? ServerResponse{.status = 204, .body = "x"} : Echo(request);
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  ASSERT_TRUE(client.Send("HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_THAT(client.ReadResponse(true), EndsWith("Content-Length: 10\r\n\r\n"));
  ASSERT_TRUE(client.Send("GET /none HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_THAT(client.ReadResponse(), Not(HasSubstr("Content-Length")));
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(BodyOf(client.ReadResponse()), "GET /hello ");
}

TEST(HttpServerTest, OldVersionAndCloseEndTheConnection) {
  const auto server = StartServer(EchoOptions());
  for (const std::string_view raw :
       {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"}) {
    RawClient client(server->port());
    ASSERT_TRUE(client.Send(raw));
    EXPECT_THAT(client.ReadToEnd(), HasSubstr("Connection: close\r\n\r\nGET / "));
    EXPECT_TRUE(client.closed());
  }
}

TEST(HttpServerTest, ContinueIsSaidOnlyWhenTheBodyIsWanted) {
  ServerOptions options = EchoOptions();
  options.admit = [](const ServerRequest&) { return Admission{.max_body_bytes = 10}; };
  const auto server = StartServer(std::move(options));
  RawClient wanted(server->port());
  ASSERT_TRUE(wanted.Send(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_EQ(wanted.ReadResponse(), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(wanted.Send("abc"));
  EXPECT_EQ(BodyOf(wanted.ReadResponse()), "POST / abc");
  RawClient unwanted(server->port());
  ASSERT_TRUE(unwanted.Send(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n"));
  EXPECT_THAT(unwanted.ReadResponse(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServerTest, BodyOverTheLimitIsRefusedThoughTheClientGoesOnSending) {
  ServerOptions options = EchoOptions();
  options.admit = [](const ServerRequest& request) {
    return Admission{.max_body_bytes = request.path == "/small" ? 10U : 1000U};
  };
  const auto server = StartServer(std::move(options));
  for (const std::string_view framing :
       {"Content-Length: 3000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n"}) {
    RawClient client(server->port());
    ASSERT_TRUE(client.Send("POST /small HTTP/1.1\r\nHost: h\r\n" + std::string(framing)));
    (void)client.Send(std::string(3'000'000, 'x'));
    EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 413 "));
  }
}

TEST(HttpServerTest, LargeBodiesGoBothWays) {
  ServerOptions options = EchoOptions();
  options.admit = [](const ServerRequest&) { return Admission{.max_body_bytes = 8 << 20}; };
  const auto server = StartServer(std::move(options));
  const std::string body(5'000'000, 'b');
  RawClient client(server->port());
  std::jthread sender(
      [&] { client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n" + body); });
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST / " + body);
}

TEST(HttpServerTest, AdmissionMayAnswerAtOnce) {
  ServerOptions options = EchoOptions();
  options.admit = [](const ServerRequest&) {
    return Admission{.answer = ServerResponse{.status = 401, .body = "who?"}};
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_THAT(client.ReadResponse(), EndsWith("\r\n\r\nwho?"));
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"));
  const std::string answer = client.ReadResponse();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST(HttpServerTest, RefusalsAreShapedByTheProgram) {
  ServerOptions options = EchoOptions();
  options.refuse = [](int status, std::string_view what) {
    ServerResponse response{.status = status, .body = "<" + std::string(what) + ">"};
    response.headers.Add("Content-Type", "application/problem+json");
    return response;
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\n\r\n"));
  const std::string response = client.ReadResponse();
  EXPECT_THAT(response, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_THAT(response, EndsWith("<no Host>"));
}

TEST(HttpServerTest, ThrowingHandlerIsA500AndTheServerGoesOn) {
  ServerOptions options = EchoOptions();
  options.handle = [](const ServerRequest& request) -> ServerResponse {
    if (request.path == "/throw") throw std::runtime_error("secret detail");
    if (request.path == "/throw-int") throw 1;
    return Echo(request);
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  for (const char* path : {"/throw", "/throw-int"}) {
    ASSERT_TRUE(client.Send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    const std::string response = client.ReadResponse();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(response, Not(HasSubstr("secret")));
  }
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerTest, FieldThatWouldSplitTheResponseIsA500) {
  ServerOptions options = EchoOptions();
  options.handle = [](const ServerRequest&) {
    ServerResponse response;
    response.headers.Add("Location", "/a\r\nSet-Cookie: evil=1");
    return response;
  };
  const auto server = StartServer(std::move(options));
  RawClient client(server->port());
  ASSERT_TRUE(client.Send(kGet));
  const std::string response = client.ReadResponse();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(response, Not(HasSubstr("evil")));
}

}  // namespace
}  // namespace hullmark::net
