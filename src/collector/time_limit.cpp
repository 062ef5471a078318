// SPDX-License-Identifier: Apache-2.0
#include "collector/time_limit.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace hullmark::collector {

namespace {

/// False when the owner is gone first.
bool WaitUntil(Deadline when, std::stop_token gone) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, gone, when, [] { return false; });
  return !gone.stop_requested();
}

}  // namespace

TimeLimit::TimeLimit(std::chrono::milliseconds span, std::function<void()> give_up) {
  const Deadline hard = DeadlineIn(span);
  soft_ = hard - std::min(span / 10, std::chrono::milliseconds(300));
  watchdog_ = std::jthread([soft = soft_, hard, give_up = std::move(give_up),
                            stop = stop_](std::stop_token gone) mutable {
    if (!WaitUntil(soft, gone)) return;
    stop.request_stop();
    if (WaitUntil(hard, gone)) give_up();
  });
}

}  // namespace hullmark::collector
