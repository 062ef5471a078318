// SPDX-License-Identifier: Apache-2.0
//
// A fixed number of threads and a bounded queue of tasks before them.  Thread-safe.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hullmark {

class ThreadPool {
 public:
  using Task = std::move_only_function<void()>;

  /// Requires: threads >= 1 and queue_limit >= 1.
  ThreadPool(std::size_t threads, std::size_t queue_limit);
  /// Runs every queued task, then ends the threads.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Waits until the queue has room.  False, and `task` is dropped, once the pool is stopping.  A
  /// task that posts to its own pool uses TryPost: waiting for room there may wait for itself.
  bool Post(Task task);
  /// False, and `task` is dropped, when the queue is full or the pool is stopping.
  bool TryPost(Task task);
  /// Tasks that have not begun.
  std::size_t queued() const;

 private:
  void Work();

  const std::size_t queue_limit_;
  mutable std::mutex mutex_;
  std::condition_variable work_or_stop_;
  std::condition_variable room_or_stop_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: the threads use everything above
};

}  // namespace hullmark
