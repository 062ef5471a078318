// SPDX-License-Identifier: Apache-2.0
//
// What the transports promise, against the server of the house and against rude ones.
#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "base/net/server/http_server.h"
#include "base/scratch_dir.h"
#include "integration/net/scripted_server.h"
#include "integration/net/transports.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class TransportTest : public Transports {
 protected:
  // Says all that it was sent.
  static ServerResponse Mirror(const ServerRequest& request) {
    ServerResponse response;
    response.headers.Add("X-Method", request.method);
    response.body = request.method + " " + request.path + "\n";
    for (const auto& [key, value] : request.query) response.body += key + "=" + value + "\n";
    for (const auto& [name, value] : request.headers) response.body += name + ": " + value + "\n";
    response.body += "\n" + request.body;
    return response;
  }
  static std::unique_ptr<HttpServer> StartMirror(
      std::function<ServerResponse(const ServerRequest&)> handle = Mirror) {
    ServerOptions options;
    options.admit = [](const ServerRequest&) { return Admission{.max_body_bytes = 8 << 20}; };
    options.handle = std::move(handle);
    return HttpServer::Start(std::move(options)).value();
  }
  static std::string UrlOf(const HttpServer& server, std::string_view path = "/") {
    return "http://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
  }
};
HM_BOTH_TRANSPORTS(TransportTest);

TEST_P(TransportTest, SendsMethodPathQueryHeadersAndBody) {
  const auto server = StartMirror();
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    HttpRequest request{.method = method, .url = UrlOf(*server, "/a%20b?x=1&y=%26")};
    request.headers.Add("X-Own", "v w");
    request.headers.Add("X-Empty", "");
    if (method != "GET") request.body = std::string("a\0b", 3);
    const auto response = Send(request);
    ASSERT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(*response->headers.Find("x-method"), method);
    EXPECT_THAT(response->body, HasSubstr(method + " /a b\nx=1\ny=&\n"));
    EXPECT_THAT(response->body, HasSubstr("X-Own: v w\n"));
    EXPECT_THAT(response->body, HasSubstr("X-Empty: \n"));
    EXPECT_TRUE(response->body.ends_with("\n\n" + request.body));
    EXPECT_EQ(response->effective_url, request.url);
    EXPECT_THAT(response->body, Not(HasSubstr("Expect")));
    EXPECT_THAT(response->body, Not(HasSubstr("Content-Type")));
  }
}

TEST_P(TransportTest, EmptyPostHasALengthAndLargeBodiesArrive) {
  const auto server = StartMirror();
  const auto empty = Send({.method = "POST", .url = UrlOf(*server)});
  EXPECT_THAT(empty->body, HasSubstr("Content-Length: 0"));
  const std::string body(3'000'000, 'b');
  const auto large = Send({.method = "POST", .url = UrlOf(*server), .body = body});
  ASSERT_TRUE(large.has_value()) << large.error().message();
  EXPECT_TRUE(large->body.ends_with("\n" + body));
}

TEST_P(TransportTest, AnyStatusIsASuccess) {
  const auto server = StartMirror([](const ServerRequest& request) {
    return ServerResponse{.status = std::stoi(request.path.substr(1)), .body = "b"};
  });
  for (const int status : {204, 304, 401, 404, 429, 500, 503}) {
    const auto response = Get(UrlOf(*server, "/" + std::to_string(status)));
    ASSERT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->status, status);
    EXPECT_EQ(response->body, status == 204 || status == 304 ? "" : "b");
  }
}

TEST_P(TransportTest, HeadHasHeadersAndNoBody) {
  const auto server = StartMirror();
  const auto response = Send({.method = "HEAD", .url = UrlOf(*server)});
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->body, "");
  EXPECT_NE(response->headers.Find("Content-Length"), nullptr);
}

TEST_P(TransportTest, RequestsThatCannotBeSentAreRefused) {
  const auto server = StartMirror();
  HttpRequest split{.url = UrlOf(*server)};
  split.headers.Add("X", "a\r\nEvil: 1");
  HttpRequest name{.url = UrlOf(*server)};
  name.headers.Add("X Y", "a");
  for (const HttpRequest& request :
       {split, name, HttpRequest{.url = "ftp://127.0.0.1/"}, HttpRequest{.url = "nonsense"},
        HttpRequest{.url = "http://u:p@127.0.0.1/"}}) {
    EXPECT_EQ(CodeOf(Send(request)), Errc::kInvalidArgument);
  }
}

TEST_P(TransportTest, ConnectionsAreKept) {
  const ScriptedServer server(Always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const auto transport = Make();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(transport->Send({.url = server.Url()}, DeadlineIn(seconds(10)))->body, "ok");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_P(TransportTest, ConnectionThatTheServerClosedIsReplaced) {
  const ScriptedServer server(Once("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const auto transport = Make();
  for (int i = 0; i < 5; ++i) {
    const auto response = transport->Send({.url = server.Url()}, DeadlineIn(seconds(10)));
    ASSERT_TRUE(response.has_value()) << response.error().message();
    EXPECT_EQ(response->body, "ok");
  }
}

TEST_P(TransportTest, ManyThreadsGetTheirOwnAnswers) {
  const auto server = StartMirror();
  const auto transport = Make();
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 12; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 40; ++i) {
          const std::string body = std::to_string(t) + "/" + std::to_string(i);
          const auto response = transport->Send(
              {.method = "POST", .url = UrlOf(*server), .body = body}, DeadlineIn(seconds(20)));
          if (response && response->body.ends_with("\n\n" + body)) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, 12 * 40);
}

TEST_P(TransportTest, UnixSocket) {
  const ScratchDir scratch;
  const std::string path = scratch.Of("docker.sock");
  const ScriptedServer server(path, [](Conversation& with) {
    const std::string request = with.ReadRequest();
    with.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(request.size()) + "\r\n\r\n" +
              request);
  });
  const auto response = Send({.url = "http://docker/v1.41/info?x=y", .unix_socket = path});
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_THAT(response->body, HasSubstr("GET /v1.41/info?x=y HTTP/1.1\r\n"));
  EXPECT_THAT(response->body, HasSubstr("Host: docker\r\n"));
  const auto none = Send({.url = "http://docker/", .unix_socket = scratch.Of("none.sock")});
  EXPECT_EQ(CodeOf(none), Errc::kUnavailable);
}

TEST_P(TransportTest, BodyIsStreamedAndTheReaderMayEndIt) {
  const std::string body(200'000, 's');
  const auto server =
      StartMirror([&](const ServerRequest&) { return ServerResponse{.body = body}; });
  std::string got;
  HttpRequest request{.url = UrlOf(*server)};
  request.on_body = [&](std::string_view piece) {
    got += piece;
    return true;
  };
  const auto response = Send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message();
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(got, body);
  request.on_body = [](std::string_view) { return false; };
  EXPECT_EQ(CodeOf(Send(request)), Errc::kCancelled);
}

TEST_P(TransportTest, StreamStaysOpenWhilePiecesCome) {
  const ScriptedServer server([](Conversation& with) {
    with.ReadRequest();
    with.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (with.Send("6\r\nevent\n\r\n")) std::this_thread::sleep_for(milliseconds(10));
  });
  int events = 0;
  HttpRequest request{.url = server.Url()};
  request.on_body = [&](std::string_view) { return ++events < 5; };
  EXPECT_EQ(CodeOf(Send(request)), Errc::kCancelled);
  EXPECT_EQ(events, 5);
}

TEST_P(TransportTest, ContentCodingIsNotUndone) {
  const std::string bytes("\x1f\x8b\x08\x00 not really gzip", 20);
  const auto server = StartMirror([&](const ServerRequest& request) {
    EXPECT_EQ(request.headers.Find("Accept-Encoding"), nullptr);
    ServerResponse response{.body = bytes};
    response.headers.Add("Content-Encoding", "gzip");
    return response;
  });
  EXPECT_EQ(Get(UrlOf(*server))->body, bytes);
}

TEST_P(TransportTest, RedirectsAreFollowedAndCredentialsStayHome) {
  const auto elsewhere = StartMirror();
  std::string target;
  const auto home = StartMirror([&](const ServerRequest& request) {
    if (request.path == "/end") return Mirror(request);
    ServerResponse response{.status = 307, .body = "the page of the redirect"};
    response.headers.Add("Location", request.path == "/loop" ? "/loop" : target);
    return response;
  });
  HttpRequest request{.url = UrlOf(*home, "/start"), .max_redirects = 5};
  request.headers.Add("Authorization", "Bearer home");
  request.headers.Add("Private-Token", "home");
  request.headers.Add("Accept", "x/y");
  target = "/end";
  const auto same = Send(request);
  ASSERT_TRUE(same.has_value()) << same.error().message();
  EXPECT_THAT(same->body, HasSubstr("Authorization: Bearer home\n"));
  EXPECT_EQ(same->effective_url, UrlOf(*home, "/end"));
  target = UrlOf(*elsewhere, "/end");
  const auto away = Send(request);
  ASSERT_TRUE(away.has_value()) << away.error().message();
  EXPECT_EQ(away->effective_url, target);
  EXPECT_THAT(away->body, HasSubstr("Accept: x/y\n"));
  EXPECT_THAT(away->body, Not(HasSubstr("home")));
  request.url = UrlOf(*home, "/loop");
  EXPECT_EQ(CodeOf(Send(request)), Errc::kUnavailable);
  request.max_redirects = 0;
  EXPECT_EQ(Send(request)->status, 307);
  EXPECT_EQ(Send(request)->body, "the page of the redirect");
}

TEST_P(TransportTest, PageOfARedirectIsNotStreamed) {
  const auto server = StartMirror([&](const ServerRequest& request) {
    if (request.path == "/end") return ServerResponse{.body = "end"};
    ServerResponse response{.status = 302, .body = "moved"};
    response.headers.Add("Location", "/end");
    return response;
  });
  std::string got;
  HttpRequest request{.url = UrlOf(*server), .max_redirects = 1};
  request.on_body = [&](std::string_view piece) {
    got += piece;
    return true;
  };
  ASSERT_TRUE(Send(request).has_value());
  EXPECT_EQ(got, "end");
}

}  // namespace
}  // namespace hullmark::net
