// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <utility>

#include "base/check.h"

namespace hullmark {

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue_limit) : queue_limit_(queue_limit) {
  HM_CHECK(threads >= 1 && queue_limit >= 1, "a pool has a thread and room for a task");
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_or_stop_.notify_all();
  room_or_stop_.notify_all();
  threads_.clear();
}

bool ThreadPool::Post(Task task) {
  {
    std::unique_lock lock(mutex_);
    room_or_stop_.wait(lock, [this] { return stopping_ || queue_.size() < queue_limit_; });
    if (stopping_) return false;
    queue_.push_back(std::move(task));
  }
  work_or_stop_.notify_one();
  return true;
}

bool ThreadPool::TryPost(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(task));
  }
  work_or_stop_.notify_one();
  return true;
}

std::size_t ThreadPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void ThreadPool::Work() {
  while (true) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      work_or_stop_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;  // stopping, and nothing is left to run
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    room_or_stop_.notify_one();
    task();
  }
}

}  // namespace hullmark
