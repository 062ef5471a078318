// SPDX-License-Identifier: Apache-2.0
//
// The Hullmark server as a collector sees it: which audience to ask a token for, and where to send
// the report.  Thread-safe.
#pragma once
#include <stop_token>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace hullmark::collector {

class HullmarkServer {
 public:
  /// kInvalidArgument for what is no http(s) URL, and for plain http to anything but loopback: the
  /// token would be read on the way.
  static Result<HullmarkServer> Open(net::HttpTransport& transport, std::string_view url,
                                     Deadline deadline, std::stop_token stop);

  /// Scheme, host and port; no credentials, no path.
  std::string Name() const;
  /// What the server wants tokens to be made for.  Refused (kPermissionDenied) unless that is this
  /// server's own host, the server is on loopback, or `wanted` (--audience) names it.
  Result<std::string> Audience(std::string_view wanted) const;
  /// Errors carry the server's own words.  Sending the same body again is harmless.
  Status SendReport(const Secret& token, const std::string& body) const;

 private:
  HullmarkServer(net::HttpTransport& transport, net::Url url, Deadline deadline,
                 std::stop_token stop)
      : transport_(&transport), url_(std::move(url)), deadline_(deadline), stop_(std::move(stop)) {}
  std::string At(std::string_view path) const;

  net::HttpTransport* transport_;  // outlives this
  net::Url url_;
  Deadline deadline_;
  std::stop_token stop_;
};

}  // namespace hullmark::collector
