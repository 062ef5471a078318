// SPDX-License-Identifier: Apache-2.0
//
// The writer under many submitters, and when the disk fails it.
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "core/estate/sqlite/estate_test.h"

namespace hullmark::sqlite {
namespace {

using enum model::EntityKind;
using model::EdgeKind;
using model::SourceKind;

class WriterTest : public EstateTest {};

model::Observation Push(int submitter, int n, std::string extent) {
  return Frame("ci", SourceKind::kCiReport, std::move(extent), static_cast<std::uint64_t>(n) + 1,
               At(100 + n), false,
               {Thing(kCodeRepository, "github.com#1", {}, {"github.com/acme/shop"}),
                Thing(kImage, DigestText(submitter * 1000 + n)),
                Edge(EdgeKind::kPushed, {kJob, "j" + std::to_string(n)},
                     {kImage, DigestText(submitter * 1000 + n)})});
}

TEST_F(WriterTest, ManySubmittersShareTransactions) {
  constexpr int kThreads = 16;
  constexpr int kEach = 100;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int submitter = 0; submitter < kThreads; ++submitter) {
    threads.emplace_back([&, submitter] {
      for (int n = 0; n < kEach; ++n) {
        // Every tenth is refused, alone among those it shares a transaction with.
        if (n % 10 == 9) {
          model::Observation bad = Push(submitter, n, "bad/" + std::to_string(submitter));
          bad.records.push_back(model::UnchangedRecord{{kJob, "nowhere"}});
          if (!store_->Submit(std::move(bad))) ++refused;
        } else if (!store_->Submit(Push(submitter, n, "e" + std::to_string(submitter)))) {
          ADD_FAILURE() << "refused a good one";
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, kThreads * kEach / 10);
  const State state = Agreed();
  int images = 0;
  for (const auto& [node, what] : state.entities) images += what.first == kImage;
  EXPECT_EQ(images, kThreads * kEach * 9 / 10);
  const auto sources = store_->Sources();
  ASSERT_TRUE(sources);
  EXPECT_EQ(sources->front().extents.size(), static_cast<std::size_t>(kThreads));
}

TEST_F(WriterTest, TheFollowerKnowsBeforeTheSubmitterIsAnswered) {
  std::atomic<std::uint64_t> seen = 0;
  store_->Follow([&](const model::ChangeBatch& batch) { seen = batch.seq; });
  for (int n = 0; n < 20; ++n) {
    const model::Receipt receipt = Take(Push(0, n, "x"));
    EXPECT_EQ(receipt.change_seq, seen);
  }
}

// Makes every file of this process end at a size, as a full disk would.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    was_handler_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was_);
    rlimit now = was_;
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &was_);
    signal(SIGXFSZ, was_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit was_ = {};
  void (*was_handler_)(int) = nullptr;
};

TEST_F(WriterTest, AFullDiskIsAnErrorAndThenItGoesOn) {
  Take(Push(0, 0, "x"));
  const State before = Agreed();
  {
    const FullDisk full(64 << 10);
    int failed = 0;
    for (int n = 1; n < 5; ++n) {
      const auto receipt = store_->Submit(Push(0, n, "x"));
      if (receipt) continue;
      ++failed;
      EXPECT_TRUE(receipt.error().code() == Errc::kUnavailable ||
                  receipt.error().code() == Errc::kResourceExhausted)
          << receipt.error().message();
    }
    EXPECT_GT(failed, 0);
    EXPECT_EQ(CurrentOf(*store_), LogOf(*store_));
  }
  // Frames larger than what fits in memory pages, so that the staged road fails half way.
  const auto large = [](std::uint64_t sequence) {
    std::vector<model::Record> records;
    for (int i = 0; i < 20'000; ++i) records.push_back(Thing(kImage, DigestText(100'000 + i)));
    return Frame("registry", SourceKind::kRegistry, "x", sequence, At(500), true,
                 std::move(records));
  };
  {
    const FullDisk full(1 << 20);
    EXPECT_FALSE(store_->Submit(large(1)));
  }
  EXPECT_EQ(Agreed().sources.size(), before.sources.size());
  EXPECT_EQ(Take(large(1)).changes, 40'000U);
  Take(Push(0, 9, "x"));
  const State state = Agreed();
  Open();
  EXPECT_EQ(Agreed(), state);
}

}  // namespace
}  // namespace hullmark::sqlite
