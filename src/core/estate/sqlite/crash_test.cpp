// SPDX-License-Identifier: Apache-2.0
//
// kill -9 at random instants: what was acknowledged is there whole, what was not is there whole or
// not at all, and nothing of an unpublished frame is left (DESIGN §6, first promise).
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <random>
#include <thread>

#include "base/file.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/estate_test.h"

namespace hullmark::sqlite {
namespace {

using enum model::EntityKind;
using model::EdgeKind;
using model::PropertyId;
using model::SourceKind;

constexpr int kRounds = 20;
constexpr int kSubmitters = 3;

SqliteOptions CrashOptions(const std::string& dir) {
  SqliteOptions options;
  options.dir = dir;
  options.stage_above = 300;
  options.slice = std::chrono::milliseconds(3);
  return options;
}

// A small frame: a job that pushed an image, in an extent of its own.
std::string JobKey(int submitter, std::uint64_t n) {
  return "job/" + std::to_string(submitter) + "/" + std::to_string(n);
}
std::string ImageKey(int submitter, std::uint64_t n) {
  const std::string hex = std::to_string(submitter) + "a" + std::to_string(n);
  return "sha256:" + std::string(64 - hex.size(), '0') + hex;
}
model::Observation SmallFrame(int submitter, std::uint64_t n) {
  const std::string job = JobKey(submitter, n);
  const std::string image = ImageKey(submitter, n);
  return Frame("ci", SourceKind::kCiReport, job, 1, At(100), false,
               {Thing(kJob, job, {}, {"https://ci/" + job}), Thing(kImage, image),
                Edge(EdgeKind::kPushed, {kJob, job}, {kImage, image}, "r/shop:1")});
}

// A large one: its images all bear its sequence; every second one has half of them, every third
// changes nothing of which there are.
int LargeCount(std::uint64_t sequence) { return sequence % 2 == 0 ? 900 : 450; }
model::Observation LargeFrame(std::uint64_t sequence) {
  std::vector<model::Record> records;
  for (int i = 0; i < LargeCount(sequence); ++i) {
    records.push_back(
        Thing(kImage, DigestText(i),
              Props({{PropertyId::kImageSize, static_cast<std::int64_t>(sequence)}})));
  }
  return Frame("registry", SourceKind::kRegistry, "all", sequence, At(100), true,
               std::move(records));
}

void Acknowledge(int fd, char what, int submitter, std::uint64_t n) {
  const std::string line = Cat(
      {std::string_view(&what, 1), " ", std::to_string(submitter), " ", std::to_string(n), "\n"});
  if (write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(3);
}

// The child: submits until it is killed.
[[noreturn]] void SubmitForever(const std::string& dir, int fd,
                                std::array<std::uint64_t, kSubmitters> next) {
  auto store = OpenSqliteStore(CrashOptions(dir));
  if (!store) _exit(2);
  Acknowledge(fd, 'o', 0, 0);
  std::vector<std::thread> threads;
  for (int submitter = 0; submitter < kSubmitters; ++submitter) {
    threads.emplace_back([&, submitter] {
      for (std::uint64_t n = next[static_cast<std::size_t>(submitter)];; ++n) {
        if (!(*store)->Submit(SmallFrame(submitter, n))) _exit(4);
        Acknowledge(fd, 's', submitter, n);
      }
    });
  }
  for (std::uint64_t sequence = (*store)->LastSequence("registry", "all") + 1;; ++sequence) {
    if (!(*store)->Submit(LargeFrame(sequence))) _exit(5);
    Acknowledge(fd, 'l', 0, sequence);
  }
}

struct Acknowledged {
  std::array<std::uint64_t, kSubmitters> small{};  // up to which number, exclusive
  std::uint64_t large = 0;
};

// One life of the child: killed `life` after it had opened the estate, or while it opens it; takes
// down what it had acknowledged.
void LiveOnce(const std::string& dir, std::chrono::microseconds life, bool while_opening,
              Acknowledged& known) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) SubmitForever(dir, ends[1], known.small);
  write_end.Reset(-1);
  if (!while_opening) {
    pollfd opened{read_end.get(), POLLIN, 0};
    ASSERT_EQ(poll(&opened, 1, 60'000), 1);
  }
  std::jthread killer([&] {
    std::this_thread::sleep_for(life);
    kill(child, SIGKILL);
  });
  const Result<std::string> lines = ReadAll(read_end.get(), 64 << 20, "pipe");
  ASSERT_TRUE(lines);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  for (const std::string_view line : Split(*lines, '\n')) {
    const std::vector<std::string_view> parts = Split(line, ' ');
    if (parts.size() != 3) continue;  // cut off by the kill
    const std::uint64_t n = ParseUint(parts[2]).value();
    if (parts[0] == "l") {
      known.large = std::max(known.large, n);
    } else if (parts[0] == "s") {
      known.small[ParseUint(parts[1]).value()] = n + 1;
    }
  }
}

std::int64_t NumberIn(const std::string& dir, std::string_view sql) {
  Result<Database> db = Database::Open(dir + "/estate.db", Database::Mode::kReadOnly);
  return db ? db->Number(sql).value_or(-1) : -1;
}

void Check(const std::string& dir, Acknowledged& known) {
  auto store = OpenSqliteStore(CrashOptions(dir));
  ASSERT_TRUE(store) << store.error().message();
  const State state = CurrentOf(**store);
  EXPECT_EQ(state, LogOf(**store));

  std::map<std::string, model::NodeId> by_key;
  for (const auto& [node, what] : state.entities) by_key[what.second] = node;
  std::map<model::NodeId, int> facts_from;
  std::set<std::string> sizes;
  int images_of_registry = 0;
  for (const auto& [id, fact] : state.facts) {
    if (state.sources.at(fact.source) == "registry/registry") {
      ++images_of_registry;
      sizes.insert(fact.properties);
    } else {
      ++facts_from[fact.from];
    }
  }
  for (int submitter = 0; submitter < kSubmitters; ++submitter) {
    std::uint64_t& acknowledged = known.small[static_cast<std::size_t>(submitter)];
    for (std::uint64_t n = 0; n <= acknowledged; ++n) {
      const auto job = by_key.find(JobKey(submitter, n));
      const auto image = by_key.find(ImageKey(submitter, n));
      // One more than it knew of may have been published.
      if (n == acknowledged && job == by_key.end()) {
        EXPECT_EQ(image, by_key.end());
        break;
      }
      ASSERT_NE(job, by_key.end()) << "lost: " << JobKey(submitter, n);
      ASSERT_NE(image, by_key.end());
      EXPECT_EQ(facts_from[job->second], 2);
      EXPECT_EQ(facts_from[image->second], 1);
      EXPECT_TRUE(state.names.contains({job->second, "https://ci/" + job->first}));
      if (n == acknowledged) {
        ++acknowledged;
        break;
      }
    }
  }
  const std::uint64_t large = (*store)->LastSequence("registry", "all");
  EXPECT_GE(large, known.large);
  EXPECT_LE(large, known.large + 1);
  known.large = large;
  EXPECT_EQ(images_of_registry, large == 0 ? 0 : LargeCount(large));
  EXPECT_LE(sizes.size(), 1U);

  EXPECT_EQ(NumberIn(dir, "SELECT count(*) FROM staged WHERE state <> 3"), 0);
  for (const char* table : {"statement", "entity", "alias", "change_part"}) {
    EXPECT_EQ(NumberIn(dir, Cat({"SELECT count(*) FROM ", table,
                                 " WHERE batch <> 0 AND batch NOT IN (SELECT id FROM staged)"})),
              0)
        << table;
  }
  EXPECT_EQ(NumberIn(dir, "SELECT count(*) FROM statement WHERE ended_batch <> 0"), 0);
  EXPECT_EQ(NumberIn(dir, "SELECT count(*) FROM extent WHERE sequence = 0"), 0);
  EXPECT_EQ(NumberIn(dir, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

TEST(EstateCrash, NothingAcknowledgedIsLostAndNothingIsHalfApplied) {
  ScratchDir scratch;
  const std::string dir = scratch.Of("data");
  std::mt19937 random(20'261'121);
  Acknowledged known;
  // As long as it takes this machine now to get through a few large frames.
  int longest = 400'000;
  for (int round = 0; round < kRounds && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    const std::uint64_t large = known.large;
    const bool while_opening = round % 5 == 4;
    const int micros = std::uniform_int_distribution(0, while_opening ? 20'000 : longest)(random);
    LiveOnce(dir, std::chrono::microseconds(micros), while_opening, known);
    Check(dir, known);
    constexpr int kAtMost = 6'400'000;
    if (!while_opening && known.large == large) longest = std::min(2 * longest, kAtMost);
  }
  EXPECT_GT(known.small[0], 10U);
  EXPECT_GT(known.large, 3U);
}

}  // namespace
}  // namespace hullmark::sqlite
