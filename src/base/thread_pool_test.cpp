// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>

namespace hullmark {
namespace {

TEST(ThreadPool, RunsEverythingBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool(3, 8);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(pool.Post([&done] { ++done; }));
  }
  EXPECT_EQ(done, 1000);
}

TEST(ThreadPool, TakesTasksThatOnlyMove) {
  std::atomic<int> got = 0;
  {
    ThreadPool pool(1, 1);
    EXPECT_TRUE(pool.Post([value = std::make_unique<int>(7), &got] { got = *value; }));
  }
  EXPECT_EQ(got, 7);
}

TEST(ThreadPool, IsBounded) {
  std::latch started(1);
  std::latch release(1);
  std::atomic<int> done = 0;
  {
    ThreadPool pool(1, 2);
    ASSERT_TRUE(pool.Post([&] {
      started.count_down();
      release.wait();
      ++done;
    }));
    started.wait();
    EXPECT_TRUE(pool.TryPost([&done] { ++done; }));
    EXPECT_TRUE(pool.TryPost([&done] { ++done; }));
    EXPECT_EQ(pool.queued(), 2U);
    EXPECT_FALSE(pool.TryPost([&done] { ++done; }));
    // A waiting Post goes on once a task was taken.
    std::jthread poster([&] { EXPECT_TRUE(pool.Post([&done] { ++done; })); });
    release.count_down();
    poster.join();
  }
  EXPECT_EQ(done, 4);
}

TEST(ThreadPool, RunsTasksAtTheSameTime) {
  // Each waits for the other: one thread alone would never finish.
  std::latch both(2);
  ThreadPool pool(2, 2);
  std::latch done(2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool.Post([&] {
      both.arrive_and_wait();
      done.count_down();
    }));
  }
  done.wait();
}

TEST(ThreadPool, RefusesWhileItStops) {
  std::atomic<bool> refused = false;
  std::latch begun(1);
  {
    ThreadPool pool(2, 1);
    ASSERT_TRUE(pool.Post([&] {
      begun.count_down();
      // Nobody else posts, so there is room whenever the queue is empty: a refusal means stopping.
      while (pool.TryPost([] {})) {
        while (pool.queued() > 0) std::this_thread::yield();
      }
      refused = true;
    }));
    begun.wait();
  }
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace hullmark
