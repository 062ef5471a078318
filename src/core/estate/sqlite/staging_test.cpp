// SPDX-License-Identifier: Apache-2.0
//
// Large frames: the same outcome as small ones, and nobody waits for them.
#include <atomic>
#include <chrono>
#include <thread>

#include "core/estate/sqlite/estate_test.h"

namespace hullmark::sqlite {
namespace {

using enum model::EntityKind;
using model::EdgeKind;
using model::PropertyId;
using model::Record;
using model::SourceKind;
using std::chrono::steady_clock;

constexpr int kMany = 20'000;

Record Image(int n, std::int64_t size = 1) {
  return Thing(kImage, DigestText(n), Props({{PropertyId::kImageSize, size}}));
}

std::vector<Record> Images(int count, std::int64_t size = 1) {
  std::vector<Record> out;
  for (int i = 0; i < count; ++i) out.push_back(Image(i, size));
  return out;
}

class StagingTest : public EstateTest {
 protected:
  static model::Observation Sync(std::uint64_t sequence, std::vector<Record> records,
                                 bool complete = true) {
    return Frame("registry", SourceKind::kRegistry, "x", sequence,
                 At(100 + static_cast<std::int64_t>(sequence)), complete, std::move(records));
  }
};

TEST_F(StagingTest, ALargeFrameIsOnePublication) {
  const model::Receipt receipt = Take(Sync(1, Images(kMany)));
  EXPECT_EQ(receipt.records, static_cast<std::uint64_t>(kMany));
  EXPECT_EQ(receipt.changes, 2U * kMany);
  EXPECT_EQ(receipt.change_seq, 1U);
  EXPECT_EQ(Agreed().facts.size(), static_cast<std::size_t>(kMany));
  EXPECT_TRUE(Take(Sync(1, Images(kMany))).repeated);
  EXPECT_EQ(Take(Sync(2, Images(kMany))).changes, 0U);
  Agreed();
}

TEST_F(StagingTest, AnEmptyFrameClosesManyInSlices) {
  Take(Sync(1, Images(kMany)));
  EXPECT_EQ(Take(Sync(2, {})).changes, static_cast<std::uint64_t>(kMany));
  EXPECT_EQ(Agreed().facts.size(), 0U);
  Take(Sync(3, Images(kMany, 2)));
  const State state = Agreed();
  EXPECT_EQ(state.facts.size(), static_cast<std::size_t>(kMany));
  EXPECT_EQ(state.entities.size(), static_cast<std::size_t>(kMany));
  Open();
  EXPECT_EQ(Agreed(), state);
}

TEST_F(StagingTest, ChangedPropertiesCloseAndOpen) {
  Take(Sync(1, Images(kMany)));
  EXPECT_EQ(Take(Sync(2, Images(kMany, 2))).changes, 2U * kMany);
  EXPECT_EQ(Agreed().facts.size(), static_cast<std::size_t>(kMany));
  // Said twice in one frame: the last word counts.
  std::vector<Record> twice = Images(kMany, 3);
  twice.push_back(Image(0, 4));
  Take(Sync(3, std::move(twice)));
  EXPECT_EQ(Agreed().facts.size(), static_cast<std::size_t>(kMany));
}

TEST_F(StagingTest, ARefusedLargeFrameLeavesNothing) {
  Take(Sync(1, Images(100)));
  const State before = Agreed();
  std::vector<Record> records = Images(kMany, 2);
  records.push_back(model::UnchangedRecord{{kImage, DigestText(kMany + 1)}});
  const Error error = Refused(Sync(2, std::move(records)));
  EXPECT_EQ(error.code(), Errc::kInputRefused);
  EXPECT_TRUE(error.message().starts_with("record 20001: $.unchanged")) << error.message();
  EXPECT_EQ(Agreed(), before);
  EXPECT_EQ(Take(Sync(2, Images(100))).changes, 0U);
  Open();
  EXPECT_EQ(Agreed().facts, before.facts);
}

TEST_F(StagingTest, AReportIsTakenOnceWithALargeFrameToo) {
  estate::ReportRecord report;
  report.issuer = "i";
  report.token_id = "t";
  report.route = "r";
  const auto first = store_->Apply({Sync(1, Images(kMany)), report});
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->earlier);
  const auto second = store_->Apply({Sync(2, Images(kMany)), report});
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->earlier);
  Agreed();
}

// While a large frame is staged again and again, small ones of others that speak of the same things
// are published between its slices.
TEST_F(StagingTest, SmallFramesGoBetweenTheSlicesAndDoNotSeeTheRest) {
  options_.slice = std::chrono::milliseconds(2);
  Open();
  std::atomic<bool> over = false;
  std::atomic<int> mistakes = 0;
  std::thread large([&] {
    for (std::uint64_t i = 1; i <= 6; ++i) {
      const auto done = store_->Submit(
          Sync(i, Images(i % 2 == 1 ? kMany : kMany / 2, static_cast<std::int64_t>(i))));
      if (!done) ++mistakes;
    }
    over = true;
  });
  std::thread reader([&] {
    while (!over) {
      // Whole frames of the large source only: all of their statements bear the same size.
      std::map<std::string, int> by_words;
      model::SourceId source;
      const auto read = store_->ReadCurrent([&](model::Change&& change) -> Status {
        if (const auto* seen = std::get_if<model::SourceSeen>(&change)) {
          if (seen->name == "registry") source = seen->source;
        }
        if (const auto* stated = std::get_if<model::EntityStated>(&change)) {
          if (stated->source == source) ++by_words[estate::CodeProperties(stated->properties)];
        }
        return {};
      });
      if (!read || by_words.size() > 1) ++mistakes;
      for (const auto& [words, count] : by_words) {
        if (count != kMany && count != kMany / 2) ++mistakes;
      }
    }
  });
  std::uint64_t small = 0;
  steady_clock::duration worst{0};
  while (!over) {
    const int n = static_cast<int>((small * 7919) % (kMany + 100));
    const auto start = steady_clock::now();
    Take(Frame("ci", SourceKind::kCiReport, "run/" + std::to_string(small), 1, At(100), false,
               {Thing(n % 2 == 0 ? kImage : kImageIndex, DigestText(n)),
                Edge(EdgeKind::kPushed, {kJob, "j" + std::to_string(small)},
                     {kDigest, DigestText(n + 1)})}));
    ++small;
    worst = std::max(worst, steady_clock::now() - start);
  }
  large.join();
  reader.join();
  EXPECT_EQ(mistakes, 0);
  EXPECT_GT(small, 20U);
  const State state = Agreed();
  Open();
  EXPECT_EQ(Agreed(), state);
  RecordProperty("small_frames", std::to_string(small));
  RecordProperty(
      "worst_wait_ms",
      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(worst).count()));
}

// The same with names: the staged frame gives names that others ask for, give to others, and merge
// on meanwhile.
TEST_F(StagingTest, NamesAreSettledWhenTheFrameIsPublished) {
  options_.slice = std::chrono::milliseconds(1);
  options_.stage_above = 500;
  Open();
  constexpr int kRepos = 3000;
  const auto name = [](int n) { return "github.com/acme/r" + std::to_string(n); };
  const auto repo = [&](int n, int shift) {
    return Thing(kCodeRepository, "github.com#" + std::to_string(n), {}, {name(n + shift)});
  };
  std::atomic<bool> over = false;
  std::thread large([&] {
    for (int round = 1; round <= 5; ++round) {
      std::vector<Record> records;
      for (int n = 0; n < kRepos; ++n) records.push_back(repo(n, round));
      Take(Frame("scm", SourceKind::kScm, "all", static_cast<std::uint64_t>(round),
                 At(1000 + round), true, std::move(records)));
    }
    over = true;
  });
  std::uint64_t sequence = 0;
  while (!over) {
    ++sequence;
    const int n = static_cast<int>((sequence * 7919) % (kRepos + 50));
    std::vector<Record> records = {
        Edge(EdgeKind::kContains, {kCodeOrganization, "github.com#1"}, {kCodeRepository, name(n)}),
        Thing(kCodeRepository, name(n + 3), Props({{PropertyId::kUnresolved, true}}))};
    if (sequence % 5 == 0)
      records.push_back(Thing(kCodeRepository, "github.com#9" + std::to_string(n), {}, {name(n)}));
    Take(Frame("other", SourceKind::kScm, "e" + std::to_string(sequence % 10), sequence,
               At(1000 + static_cast<std::int64_t>(sequence % 7)), sequence % 3 == 0,
               std::move(records)));
  }
  large.join();
  const State state = Agreed();
  // A name names one.
  std::map<std::string, int> holders;
  for (const auto& [node, named] : state.names) ++holders[named];
  for (const auto& [named, count] : holders) EXPECT_EQ(count, 1) << named;
  Open();
  EXPECT_EQ(Agreed(), state);
}

}  // namespace
}  // namespace hullmark::sqlite
