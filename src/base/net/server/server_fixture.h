// SPDX-License-Identifier: Apache-2.0
//
// What the server's tests share: a handler that says what it was asked, and its server.  Test-only.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/net/server/http_server.h"

namespace hullmark::net {

inline constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

// Says what it was asked: the same form as the table's `want`, without its "200 ".
inline ServerResponse Echo(const ServerRequest& request) {
  ServerResponse response;
  response.body = request.method + " " + request.path;
  for (const auto& [key, value] : request.query) response.body += "?" + key + "=" + value;
  response.body += " " + request.body;
  return response;
}

inline ServerOptions EchoOptions() {
  ServerOptions options;
  options.admit = [](const ServerRequest&) { return Admission{.max_body_bytes = 1 << 20}; };
  options.handle = Echo;
  return options;
}

inline std::unique_ptr<HttpServer> StartServer(ServerOptions options) {
  auto server = HttpServer::Start(std::move(options));
  if (!server) ADD_FAILURE() << server.error().message();
  return server ? *std::move(server) : nullptr;
}

inline std::string BodyOf(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

}  // namespace hullmark::net
