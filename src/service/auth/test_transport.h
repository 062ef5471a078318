// SPDX-License-Identifier: Apache-2.0
//
// A transport that answers from a table, for the tests of this room.  Thread-safe once the table
// stands.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/net/http.h"

namespace hullmark::auth {

/// What several transports made by one factory share: the web as a test imagines it.
struct FakeWeb {
  std::map<std::string, std::string> pages;  ///< url → body; absent: 404
  std::atomic<bool> down = false;
  std::function<void()> before_answer;  ///< called for each request, outside any lock

  std::vector<std::string> Asked() {
    const std::scoped_lock lock(mutex);
    return asked;
  }

  std::mutex mutex;
  std::vector<std::string> asked;
};

class FakeTransport final : public net::HttpTransport {
 public:
  explicit FakeTransport(FakeWeb& web) : web_(web) {}
  Result<net::HttpResponse> Send(const net::HttpRequest& request, Deadline,
                                 std::stop_token) override {
    if (web_.before_answer) web_.before_answer();
    const std::scoped_lock lock(web_.mutex);
    web_.asked.push_back(request.url);
    if (web_.down) return Fail(Errc::kUnavailable, "connection refused");
    net::HttpResponse response;
    const auto page = web_.pages.find(request.url);
    response.status = page == web_.pages.end() ? 404 : 200;
    if (page != web_.pages.end()) response.body = page->second;
    if (response.body.size() > request.max_response_bytes) {
      return Fail(Errc::kResourceExhausted, "response too large");
    }
    return response;
  }

 private:
  FakeWeb& web_;
};

}  // namespace hullmark::auth
