// SPDX-License-Identifier: Apache-2.0
//
// What HTTP is to the rest of the house: a request, a response, and the transport seam between them
// (RFC 9110). net/client (libcurl) and net/small (static, for the collector) implement it; tests
// may too.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hullmark::net {

/// Field names compare without case; order and repetition are kept.  Thread-compatible.
class Headers {
 public:
  void Add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  /// Replaces every field of that name.
  void Set(std::string_view name, std::string value);
  /// The first field of that name; null when absent.
  const std::string* Find(std::string_view name) const;
  std::vector<std::string_view> All(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_{};
};

/// A name that is a token, and a value without control characters (RFC 9110 §5): what may be sent
/// without ending its line or its message.
bool IsSafeField(std::string_view name, std::string_view value);

struct HttpRequest {
  std::string method = "GET";
  std::string url{};          ///< absolute: http or https
  std::string unix_socket{};  ///< when set, connect to this path instead of the url's host
  Headers headers{};
  std::string body{};
  std::size_t max_response_bytes = 4 << 20;
  int max_redirects = 0;  ///< credentials never follow a redirect to another host
  /// When set, the body is handed over in pieces as it arrives and `HttpResponse::body` stays
  /// empty; returning false ends the transfer with kCancelled.  `max_response_bytes` still holds.
  std::function<bool(std::string_view)> on_body{};
};

struct HttpResponse {
  int status = 0;
  Headers headers{};
  std::string body{};
  std::string effective_url{};  ///< after redirects
};

/// Thread-safe.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  /// A response with any status is a success.  Errors: kUnavailable (name, connection, TLS),
  /// kDeadlineExceeded, kResourceExhausted (body over the limit), kCancelled, kDataLoss (body
  /// shorter than said).
  virtual Result<HttpResponse> Send(const HttpRequest& request, Deadline deadline,
                                    std::stop_token stop = {}) = 0;
};

/// The parts of an absolute URL (RFC 3986); only what Hullmark uses.
struct Url {
  std::string scheme{};    ///< lower case
  std::string host{};      ///< lower case, without brackets
  std::uint16_t port = 0;  ///< the scheme's default when absent
  std::string path{};      ///< starts with "/"
  std::string query{};     ///< without "?"
  static Result<Url> Parse(std::string_view text);
  /// host:port, the port left out when it is the scheme's own; IPv6 in brackets.
  std::string Authority() const;
  std::string ToString() const;
  bool IsLoopback() const;  ///< localhost, 127.0.0.0/8, ::1
};

/// One challenge of a WWW-Authenticate field (RFC 9110 §11.6.1).
struct Challenge {
  std::string scheme{};                                           ///< lower case
  std::vector<std::pair<std::string, std::string>> parameters{};  ///< names lower case
  const std::string* Find(std::string_view name) const;
};
std::vector<Challenge> ParseChallenges(std::string_view field);

/// The target of the link whose rel is `rel` in a Link field (RFC 8288), as it stands.
std::optional<std::string> FindLink(std::string_view field, std::string_view rel);
/// `reference` (absolute, or a path with a query) against `base`.
Result<Url> ResolveUrl(const Url& base, std::string_view reference);

}  // namespace hullmark::net
