// SPDX-License-Identifier: Apache-2.0
//
// Handover: gives changes to another thread in chunks, so that reading them from disk and taking
// them into the graph overlap.  Bounded: who gives waits for who takes.  Thread-safety: Give and
// Finish by one thread.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/model/change.h"

namespace hullmark::graph {

class Handover {
 public:
  /// `take` is called on the other thread, with each change in its order.
  explicit Handover(std::function<void(model::Change&&)> take);
  /// What was given and not yet taken is dropped, unless Finish was called.
  ~Handover();
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;

  void Give(model::Change&& change);
  /// Returns when everything was taken.
  void Finish();

 private:
  using Chunk = std::vector<model::Change>;
  static constexpr std::size_t kChunk = 2'048;
  static constexpr std::size_t kMostWaiting = 16;

  void Enqueue();
  void TakeAll(const std::stop_token& stop);

  std::function<void(model::Change&&)> take_;
  Chunk filling_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Chunk> waiting_;  // guarded by mutex_
  bool taking_ = false;        // guarded by mutex_
  std::jthread taker_;         // last: it uses all of the above
};

}  // namespace hullmark::graph
