// SPDX-License-Identifier: Apache-2.0
#include "core/graph/handover.h"

#include <utility>

namespace hullmark::graph {

Handover::Handover(std::function<void(model::Change&&)> take)
    : take_(std::move(take)), taker_([this](const std::stop_token& stop) { TakeAll(stop); }) {
  filling_.reserve(kChunk);
}

Handover::~Handover() = default;

void Handover::Give(model::Change&& change) {
  filling_.push_back(std::move(change));
  if (filling_.size() == kChunk) Enqueue();
}

void Handover::Finish() {
  Enqueue();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !taking_; });
}

void Handover::Enqueue() {
  Chunk chunk;
  chunk.reserve(kChunk);
  std::swap(chunk, filling_);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting; });
  waiting_.push_back(std::move(chunk));
  changed_.notify_all();
}

void Handover::TakeAll(const std::stop_token& stop) {
  while (true) {
    Chunk chunk;
    {
      std::unique_lock lock(mutex_);
      taking_ = false;
      changed_.notify_all();
      if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
      if (stop.stop_requested()) return;
      chunk = std::move(waiting_.front());
      waiting_.pop_front();
      taking_ = true;
      changed_.notify_all();
    }
    for (model::Change& change : chunk) take_(std::move(change));
  }
}

}  // namespace hullmark::graph
