// SPDX-License-Identifier: Apache-2.0
//
// What all connections of a server share: its options, workers, counts and metrics.  Thread-safe.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "base/net/server/http_server.h"
#include "base/telemetry/metrics.h"
#include "base/thread_pool.h"

namespace hullmark::net {

class ServerCore {
 public:
  explicit ServerCore(ServerOptions options);

  const ServerOptions& options() const { return options_; }
  ThreadPool& workers() { return *workers_; }
  /// Waits for the handlers that run; those that have not begun are dropped.
  void StopWorkers();

  enum class Room : std::uint8_t { kServe, kRefuse, kNone };
  /// One more connection: it is served, answered 503 or, when even those are many, closed unheard
  /// (and then not counted).
  Room ConnectionBegins();
  void ConnectionEnds();
  /// True when there is none left; false when `span` ended first.
  bool AwaitNoConnections(std::chrono::milliseconds span);

  void Drain() { draining_ = true; }
  bool draining() const { return draining_; }
  bool aborted() const { return aborted_; }

  /// Runs a callback of the program's: an exception is the last resort's, 500 and a count.
  ServerResponse Handle(const ServerRequest& request);
  std::optional<Admission> Admit(const ServerRequest& request);
  ServerResponse Refuse(int status, std::string_view what);

 private:
  ServerOptions options_;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> aborted_ = false;
  std::mutex mutex_;
  std::condition_variable connection_ended_;

  telemetry::Gauge& open_;
  telemetry::Counter& refused_;
  telemetry::Counter& failures_;
  telemetry::Histogram& seconds_;
  std::array<telemetry::Counter*, 6> by_class_{};

  std::unique_ptr<ThreadPool> workers_;  // last: its threads use everything above
};

}  // namespace hullmark::net
