// SPDX-License-Identifier: Apache-2.0
//
// One exchange as a server's handlers see it: the request they are given and the response they
// make.  What listens and parses is net/server; handlers need not know it.  Thread-compatible
// values.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/net/http.h"

namespace hullmark::net {

struct ServerRequest {
  std::string method{};
  std::string path{};  ///< percent-decoded; always starts with "/"; no dot segments
  std::vector<std::pair<std::string, std::string>> query{};  ///< decoded, in order
  Headers headers{};
  std::string body{};
  std::string peer{};  ///< address of the other end
  const std::string* Query(std::string_view name) const;
};

struct ServerResponse {
  int status = 200;
  Headers headers{};  ///< Content-Length, Date and Connection are the server's own
  std::string body{};
};

/// Decided when the headers have arrived, before a byte of the body is taken.
struct Admission {
  std::size_t max_body_bytes = 0;
  std::chrono::milliseconds body_timeout{30'000};
  /// When set, the request is answered so at once and its body is never taken.
  std::optional<ServerResponse> answer{};
};

}  // namespace hullmark::net
