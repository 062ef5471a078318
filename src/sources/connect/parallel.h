// SPDX-License-Identifier: Apache-2.0
//
// Many small waits at once: a loop over threads, and the gate that bounds how many requests are
// under way and gives up on a peer that is down.  For connectors.
#pragma once
#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <utility>

#include "base/guarded.h"
#include "base/result.h"

namespace hullmark::connect {

/// Calls `f` with 0 … count-1, at most `width` at once; returns when all have returned.
void ParallelFor(std::size_t count, std::size_t width, const std::function<void(std::size_t)>& f);

/// Thread-safe.
class RequestGate {
 public:
  static constexpr std::ptrdiff_t kMaxWidth = 64;
  /// So many failures to reach the peer in a row end the sync: retrying thousands more times would
  /// take hours and help nobody.
  static constexpr int kMaxOutages = 8;

  RequestGate(std::size_t width, std::stop_token stop);

  /// Runs `f()`, which returns a Result, when there is room; or fails at once when the sync was
  /// stopped or the peer was given up.
  template <class F>
  auto Run(F&& f) -> decltype(f()) {
    if (std::optional<Error> refused = Refusal()) return std::unexpected(*std::move(refused));
    room_.acquire();
    auto result = std::forward<F>(f)();
    room_.release();
    Note(result ? nullptr : &result.error());
    return result;
  }

  const std::stop_token& stop() const { return stop_; }
  /// Set once the peer was given up; why.
  std::optional<Error> given_up() const;

 private:
  std::optional<Error> Refusal() const;
  void Note(const Error* error);

  std::counting_semaphore<kMaxWidth> room_;
  const std::stop_token stop_;
  std::atomic<int> outages_{0};
  std::atomic<bool> is_given_up_{false};
  Guarded<std::optional<Error>> last_outage_;
};

}  // namespace hullmark::connect
