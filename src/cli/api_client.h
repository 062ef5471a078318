// SPDX-License-Identifier: Apache-2.0
//
// A Hullmark server as the commands see it: JSON in, JSON out, RFC 9457 problems back as errors.
// The transport may be a network, or the API itself in this process (`--data DIR` without a
// server).  Thread-compatible.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/codec/json.h"
#include "base/net/http.h"
#include "base/result.h"

namespace hullmark::cli {

using QueryArguments = std::vector<std::pair<std::string, std::string>>;

class ApiClient {
 public:
  /// `transport` outlives the client.
  ApiClient(net::HttpTransport& transport, std::string base_url, std::string token)
      : transport_(transport), base_url_(std::move(base_url)), token_(std::move(token)) {}

  /// The response body of a 2xx; a problem of the server as its own code and message; kUnavailable
  /// says what to try.
  Result<std::string> Get(std::string_view path, const QueryArguments& query = {});
  Result<std::string> Post(std::string_view path, const QueryArguments& query, std::string body,
                           std::string_view content_type);

  const std::string& base_url() const { return base_url_; }

 private:
  Result<std::string> Send(net::HttpRequest request);

  net::HttpTransport& transport_;
  std::string base_url_;
  std::string token_;
};

}  // namespace hullmark::cli
