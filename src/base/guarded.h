// SPDX-License-Identifier: Apache-2.0
//
// Guarded<T>: a value that can be reached only under its mutex, so that forgetting the lock does
// not compile. Thread-safe.
#pragma once
#include <mutex>
#include <utility>

namespace hullmark {

template <class T>
class Guarded {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  /// Calls `f(value)` under the lock and returns what it returns, by value: no reference to the
  /// inside gets out.
  template <class F>
  auto With(F&& f) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(f)(value_);
  }
  template <class F>
  auto With(F&& f) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(f)(std::as_const(value_));
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace hullmark
