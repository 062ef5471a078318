// SPDX-License-Identifier: Apache-2.0
//
// The writer's second half: a thread that tells the follower what was committed, in order, and then
// answers those who waited for it, while the writer is at the next group already.  Thread-safety:
// Publish by one thread.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "core/model/change.h"

namespace hullmark::sqlite {

/// Somebody who waits for an answer.
struct Waiter {
  std::binary_semaphore done{0};
};

struct Publication {
  model::ChangeBatch batch;  ///< without changes: there is nothing to tell
  bool people = false;       ///< names of people may have changed
  std::vector<std::shared_ptr<Waiter>> waiters;
};

class Publisher {
 public:
  using OnPublication = std::function<void(const model::ChangeBatch& batch, bool people)>;

  explicit Publisher(OnPublication on_publication);
  /// Finishes what was given.
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// Blocks while the follower is several publications behind.
  void Publish(Publication publication);

 private:
  void Loop();

  OnPublication on_publication_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Publication> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hullmark::sqlite
