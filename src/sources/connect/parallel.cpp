// SPDX-License-Identifier: Apache-2.0
#include "sources/connect/parallel.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace hullmark::connect {

void ParallelFor(std::size_t count, std::size_t width, const std::function<void(std::size_t)>& f) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) f(i);
  };
  std::vector<std::jthread> helpers;
  const std::size_t threads = std::min(count, width);
  for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
}

RequestGate::RequestGate(std::size_t width, std::stop_token stop)
    : room_(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(width), 1, kMaxWidth)),
      stop_(std::move(stop)) {}

std::optional<Error> RequestGate::given_up() const {
  if (!is_given_up_) return std::nullopt;
  return last_outage_.With([](const std::optional<Error>& error) { return error; });
}

std::optional<Error> RequestGate::Refusal() const {
  if (stop_.stop_requested()) return Error(Errc::kCancelled, "stopped");
  std::optional<Error> error = given_up();
  if (error) error->Add("given up after failing to reach it several times");
  return error;
}

void RequestGate::Note(const Error* error) {
  const bool outage = error != nullptr && (error->code() == Errc::kUnavailable ||
                                           error->code() == Errc::kDeadlineExceeded);
  if (!outage) {
    outages_ = 0;
    return;
  }
  last_outage_.With([&](std::optional<Error>& last) { last = *error; });
  if (++outages_ >= kMaxOutages) is_given_up_ = true;
}

}  // namespace hullmark::connect
