// SPDX-License-Identifier: Apache-2.0
//
// What HTTP itself costs here: the house's server with a handler that does nothing, for http_load.
// `http_floor [IO_THREADS [WORKERS]]` prints its port and serves until its input ends.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/net/server/http_server.h"

int main(int argc, char** argv) {
  hullmark::net::ServerOptions options;
  if (argc > 1) options.io_threads = std::atoi(argv[1]);
  if (argc > 2) options.worker_threads = std::atoi(argv[2]);
  options.admit = [](const auto&) { return hullmark::net::Admission{.max_body_bytes = 1 << 20}; };
  options.handle = [](const auto&) {
    hullmark::net::ServerResponse response;
    response.headers.Add("Content-Type", "application/json");
    response.body = R"({"ok":true})";
    return response;
  };
  auto server = hullmark::net::HttpServer::Start(std::move(options));
  if (!server) {
    std::fprintf(stderr, "http_floor: %s\n", server.error().message().c_str());
    return 1;
  }
  std::printf("%d\n", (*server)->port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
