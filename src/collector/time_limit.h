// SPDX-License-Identifier: Apache-2.0
//
// The collector's one deadline.  First everything that waits is asked to stop; should something not
// listen (a name server, a credential helper, a file on a dead network drive), the process ends.
// Thread-safe.
#pragma once
#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

#include "base/time.h"

namespace hullmark::collector {

class TimeLimit {
 public:
  /// `give_up` runs on a thread of its own when `span` is over and this still lives; it ends the
  /// process.
  TimeLimit(std::chrono::milliseconds span, std::function<void()> give_up);

  /// When requests have to end: a little before `span`, so that there is time to say so.
  Deadline soft() const { return soft_; }
  std::stop_token token() const { return stop_.get_token(); }

 private:
  Deadline soft_;
  std::stop_source stop_;
  std::jthread watchdog_;
};

}  // namespace hullmark::collector
