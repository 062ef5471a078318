// SPDX-License-Identifier: Apache-2.0
//
// One libcurl handle with its connections, and one exchange on it.  Thread-compatible.
#pragma once
#include <memory>
#include <stop_token>
#include <string>

#include "base/net/client/curl_transport.h"

namespace hullmark::net {

class CurlHandle {
 public:
  CurlHandle();
  ~CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  /// One request and its response; redirects are the caller's affair.
  Result<HttpResponse> Exchange(const CurlOptions& options, const HttpRequest& request,
                                const Url& url, Deadline deadline, const std::stop_token& stop);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::net
