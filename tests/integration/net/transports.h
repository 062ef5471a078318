// SPDX-License-Identifier: Apache-2.0
//
// Both transports under one test: the seam promises the same of each.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/net/client/curl_transport.h"
#include "base/net/small/small_transport.h"

namespace hullmark::net {

enum class Kind { kCurl, kSmall };

class Transports : public testing::TestWithParam<Kind> {
 protected:
  static std::unique_ptr<HttpTransport> Make(const std::string& ca_file = "") {
    if (GetParam() == Kind::kCurl) return MakeCurlTransport({.ca_file = ca_file});
    return MakeSmallTransport({.ca_file = ca_file});
  }
  static Result<HttpResponse> Get(const std::string& url) { return Send({.url = url}); }
  static Result<HttpResponse> Send(const HttpRequest& request,
                                   std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
    return Make()->Send(request, DeadlineIn(deadline));
  }
  /// The code that the request fails with; kFindingOverGate, which no transport gives, otherwise.
  static Errc CodeOf(const Result<HttpResponse>& outcome) {
    return outcome ? Errc::kFindingOverGate : outcome.error().code();
  }
};

#define HM_BOTH_TRANSPORTS(suite)                              \
  INSTANTIATE_TEST_SUITE_P(                                    \
      Both, suite, testing::Values(Kind::kCurl, Kind::kSmall), \
      [](const auto& c) { return c.param == Kind::kCurl ? "Curl" : "Small"; })

}  // namespace hullmark::net
