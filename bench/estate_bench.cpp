// SPDX-License-Identifier: Apache-2.0
//
// The embedded estate alone: frames applied and made durable by few and many submitters beside what
// the disk's fdatasync takes, a large frame and how long small ones wait meanwhile, and reading the
// current state of an estate.
//   estate_bench DIR [IMAGES]      (100,000; DIR must not exist)
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/estate/sqlite/sqlite_store.h"

namespace {

using hullmark::Timestamp;
using hullmark::estate::ReportRecord;
using hullmark::estate::Store;
using hullmark::model::EdgeKind;
using hullmark::model::EdgeRecord;
using hullmark::model::EntityRecord;
using hullmark::model::Observation;
using hullmark::model::PropertyId;
using hullmark::model::PropertyMap;
using hullmark::model::SourceKind;
using enum hullmark::model::EntityKind;
using SteadyClock = std::chrono::steady_clock;

/// Of this process so far: says what work costs where the clock says how busy the machine is.
double CpuSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double Since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

void Row(const std::string& what, double value, const char* unit, const std::string& note = {}) {
  std::printf("{\"what\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"note\":\"%s\"}\n", what.c_str(),
              value, unit, note.c_str());
  std::fflush(stdout);
}

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "estate_bench: %s\n", why.c_str());
  std::exit(1);
}

/// Median of making one page durable, in microseconds.
double SyncMicros(const std::string& dir) {
  const std::string path = dir + "/sync";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const std::string page(4096, 'x');
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    if (pwrite(fd, page.data(), page.size(), 0) < 0) Die("cannot write");
    const auto start = SteadyClock::now();
    fdatasync(fd);
    times.push_back(Since(start) * 1e6);
  }
  close(fd);
  std::filesystem::remove(path);
  std::ranges::sort(times);
  return times[times.size() / 2];
}

// Spread like real digests, so that indexes are met at random.
std::string DigestOf(std::uint64_t n) {
  std::string out = "sha256:";
  for (int word = 0; word < 4; ++word) {
    n += 0x9e3779b97f4a7c15U;
    std::uint64_t z = n;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    z ^= z >> 31;
    char hex[17];
    std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(z));
    out += hex;
  }
  return out;
}

PropertyMap Texts(std::initializer_list<std::pair<PropertyId, std::string>> all) {
  PropertyMap out;
  for (const auto& [id, text] : all) out.SetText(id, text);
  return out;
}

// What a CI report makes: 12 records, half of them new to the estate.
Observation ReportFrame(std::uint64_t n) {
  const std::string repo = "github.com#" + std::to_string(1000 + n % 200);
  const std::string name = "github.com/acme/shop-" + std::to_string(n % 200);
  const std::string run = repo + "/runs/" + std::to_string(n) + "/attempts/1";
  const std::string job = repo + "/jobs/" + std::to_string(n);
  const std::string sha = DigestOf(n ^ 0x5555).substr(7, 40);
  const std::string image = DigestOf(n);
  const std::string pipeline = repo + "/.github/workflows/build.yml";
  Observation out;
  out.header = {"ci:https://token.actions.githubusercontent.com",
                SourceKind::kCiReport,
                "job/" + job,
                1,
                Timestamp::FromSeconds(1'790'000'000 + static_cast<std::int64_t>(n)),
                false};
  const auto entity = [&](auto kind, const std::string& key, PropertyMap properties,
                          std::vector<std::string> names = {}) {
    out.records.push_back(EntityRecord{kind, key, std::move(names), std::move(properties)});
  };
  const auto edge = [&](EdgeKind kind, auto from, const std::string& a, auto to,
                        const std::string& b, PropertyMap properties = {}) {
    out.records.push_back(EdgeRecord{kind, {from, a}, {to, b}, {}, std::move(properties)});
  };
  entity(kCodeRepository, repo, Texts({{PropertyId::kVcsProvider, "github"}}), {name});
  entity(kPipeline, pipeline, Texts({{PropertyId::kCicdPipelineName, "build"}}));
  entity(kPipelineRun, run,
         Texts({{PropertyId::kCicdRunId, std::to_string(n)}, {PropertyId::kCicdTrigger, "push"}}),
         {"https://github.com/acme/shop/actions/runs/" + std::to_string(n)});
  entity(kJob, job, Texts({{PropertyId::kCicdTaskName, "image"}}));
  entity(kCommit, repo + "@" + sha, Texts({{PropertyId::kVcsRef, "refs/heads/main"}}));
  entity(kImage, image, Texts({{PropertyId::kImageConfigDigest, DigestOf(n ^ 0xaaaa)}}));
  edge(EdgeKind::kContains, kCodeRepository, repo, kCommit, repo + "@" + sha);
  edge(EdgeKind::kRan, kPipeline, pipeline, kPipelineRun, run);
  edge(EdgeKind::kHasJob, kPipelineRun, run, kJob, job);
  edge(EdgeKind::kAt, kPipelineRun, run, kCommit, repo + "@" + sha,
       Texts({{PropertyId::kAtRole, "source"}}));
  edge(EdgeKind::kTriggeredBy, kPipelineRun, run, kPerson, "github.com#" + std::to_string(n % 50));
  edge(EdgeKind::kPushed, kJob, job, kImage, image,
       Texts({{PropertyId::kPushHow, "built"}, {PropertyId::kPushDestination, "r/acme/shop:1"}}));
  return out;
}

ReportRecord ReportOf(std::uint64_t n) {
  ReportRecord out;
  out.issuer = "https://token.actions.githubusercontent.com";
  out.token_id = DigestOf(n ^ 0x7777).substr(7, 36);
  out.route = "reports";
  out.body_sha256 = std::string(64, 'a');
  out.answer = R"({"accepted":true})";
  out.token = std::string(1200, 't');
  out.key_set = std::string(3000, 'k');
  out.body = std::string(900, 'b');
  return out;
}

std::unique_ptr<Store> Open(const std::string& dir) {
  auto store = hullmark::sqlite::OpenSqliteStore({.dir = dir});
  if (!store) Die(store.error().message());
  return *std::move(store);
}

void Submitters(Store& store, int count, bool with_report, std::uint64_t& next,
                double sync_micros) {
  std::atomic<std::uint64_t> number = next;
  std::atomic<std::uint64_t> done = 0;
  const auto start = SteadyClock::now();
  const double cpu = CpuSeconds();
  const auto end = start + std::chrono::seconds(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      while (SteadyClock::now() < end) {
        const std::uint64_t n = ++number;
        hullmark::estate::Submission submission{ReportFrame(n), std::nullopt};
        if (with_report) submission.report = ReportOf(n);
        const auto applied = store.Apply(std::move(submission));
        if (!applied) Die(applied.error().message());
        ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  next = number;
  Row("frames of 12 records applied and durable, " + std::to_string(count) + " submitters" +
          (with_report ? ", with their reports" : ""),
      static_cast<double>(done) / Since(start), "frames/s",
      std::to_string(static_cast<int>((CpuSeconds() - cpu) * 1e6 / static_cast<double>(done))) +
          " us of processor each; fdatasync of the disk " +
          std::to_string(static_cast<int>(sync_micros)) + " us");
}

Observation SyncFrame(std::size_t images, std::uint64_t sequence) {
  Observation out;
  out.header = {
      "registry:r", SourceKind::kRegistry, "all", sequence, Timestamp::FromSeconds(1'790'000'000),
      true};
  for (std::size_t i = 0; i < images; ++i) {
    const std::string image = DigestOf(i ^ 0x1234567);
    const std::string tag = "r/acme/app:" + std::to_string(i);
    PropertyMap properties = Texts({{PropertyId::kImageConfigDigest, DigestOf(i ^ 0x7654321)},
                                    {PropertyId::kImagePlatform, "linux/amd64"}});
    properties.Set(PropertyId::kImageSize, static_cast<std::int64_t>(i));
    out.records.push_back(EntityRecord{kImage, image, {}, std::move(properties)});
    out.records.push_back(EntityRecord{kTag, tag, {}, {}});
    out.records.push_back(EdgeRecord{EdgeKind::kTagged, {kTag, tag}, {kImage, image}, {}, {}});
    out.records.push_back(
        EdgeRecord{EdgeKind::kContains, {kImageRepository, "r/acme/app"}, {kTag, tag}, {}, {}});
    out.records.push_back(
        EdgeRecord{EdgeKind::kContains, {kImageRepository, "r/acme/app"}, {kImage, image}, {}, {}});
  }
  return out;
}

void LargeFrame(Store& store, std::size_t images, std::uint64_t sequence, const char* what,
                std::uint64_t& next) {
  std::atomic<bool> over = false;
  std::vector<double> waits;
  std::thread small([&] {
    while (!over) {
      const auto start = SteadyClock::now();
      if (!store.Apply({ReportFrame(++next), std::nullopt})) Die("a small frame was refused");
      waits.push_back(Since(start) * 1e3);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  Observation frame = SyncFrame(images, sequence);
  const auto records = static_cast<double>(frame.records.size());
  const auto start = SteadyClock::now();
  if (!store.Submit(std::move(frame))) Die("the large frame was refused");
  const double took = Since(start);
  over = true;
  small.join();
  std::ranges::sort(waits);
  Row(std::string("records of one large frame, ") + what, records / took, "records/s",
      std::to_string(static_cast<long>(records)) + " records");
  Row(std::string("small frames beside it, ") + what, waits[waits.size() * 99 / 100], "ms p99",
      "worst " + std::to_string(static_cast<int>(waits.back())) + " ms of " +
          std::to_string(waits.size()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) Die("usage: estate_bench DIR [IMAGES]");
  const std::string dir = argv[1];
  const std::size_t images = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100'000;
  if (!std::filesystem::create_directory(dir)) Die(dir + " is there already");
  const double sync_micros = SyncMicros(dir);
  std::uint64_t next = 0;
  {
    const std::unique_ptr<Store> store = Open(dir + "/frames");
    for (const int count : {1, 8, 64}) Submitters(*store, count, false, next, sync_micros);
    for (const int count : {8, 64}) Submitters(*store, count, true, next, sync_micros);
  }
  {
    const std::unique_ptr<Store> store = Open(dir + "/sync");
    LargeFrame(*store, images, 1, "first sync", next);
    LargeFrame(*store, images, 2, "nothing changed", next);
  }
  const auto start = SteadyClock::now();
  const std::unique_ptr<Store> store = Open(dir + "/sync");
  const double opened = Since(start);
  std::uint64_t changes = 0;
  const auto read = store->ReadCurrent([&](hullmark::model::Change&&) -> hullmark::Status {
    ++changes;
    return {};
  });
  if (!read) Die(read.error().message());
  Row("current state of " + std::to_string(images) + " images read", Since(start), "s",
      std::to_string(changes) + " changes, opened in " + std::to_string(opened) + " s");
  std::filesystem::remove_all(dir);
}
