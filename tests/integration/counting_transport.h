// SPDX-License-Identifier: Apache-2.0
//
// For tests: another transport, with what went through it counted.  Thread-safe.
#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"

namespace hullmark::testing_support {

class CountingTransport final : public net::HttpTransport {
 public:
  explicit CountingTransport(net::HttpTransport& inner) : inner_(inner) {}

  Result<net::HttpResponse> Send(const net::HttpRequest& request, Deadline deadline,
                                 std::stop_token stop = {}) override {
    std::size_t count = 0;
    {
      const std::lock_guard lock(mutex_);
      log_.push_back(request.method + " " + request.url);
      count = log_.size();
    }
    if (before_) before_(count);
    return inner_.Send(request, deadline, std::move(stop));
  }
  /// Called with the number of each request before it is sent.
  void set_before(std::function<void(std::size_t)> before) { before_ = std::move(before); }
  /// How many requests so far were of `method` and had `part` in their url; all are forgotten by
  /// Clear.
  std::size_t Count(std::string_view method, std::string_view part) const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const std::string& line : log_) {
      if (line.starts_with(method) && line.find(part) != std::string::npos) ++count;
    }
    return count;
  }
  /// "METHOD url" of each since the last Clear.
  std::vector<std::string> Log() const {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  void Clear() {
    const std::lock_guard lock(mutex_);
    log_.clear();
  }

 private:
  net::HttpTransport& inner_;
  mutable std::mutex mutex_;
  std::vector<std::string> log_;
  std::function<void(std::size_t)> before_;
};

}  // namespace hullmark::testing_support
