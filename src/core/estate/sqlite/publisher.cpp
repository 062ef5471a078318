// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/publisher.h"

#include <utility>

namespace hullmark::sqlite {
namespace {

constexpr std::size_t kMaxBehind = 4;

}  // namespace

Publisher::Publisher(OnPublication on_publication)
    : on_publication_(std::move(on_publication)), thread_([this] { Loop(); }) {}

Publisher::~Publisher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Publisher::Publish(Publication publication) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return queue_.size() < kMaxBehind; });
    queue_.push_back(std::move(publication));
  }
  changed_.notify_all();
}

void Publisher::Loop() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !queue_.empty() || stopping_; });
    if (queue_.empty()) return;
    const Publication publication = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    changed_.notify_all();
    if (!publication.batch.changes.empty()) {
      on_publication_(publication.batch, publication.people);
    }
    for (const std::shared_ptr<Waiter>& waiter : publication.waiters) waiter->done.release();
  }
}

}  // namespace hullmark::sqlite
