// SPDX-License-Identifier: Apache-2.0
//
// The rest of an answer: where images are and run, how fresh the sources are, paging, and the
// promised JSON.
#include "core/origin/trace.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "core/origin/estate_test.h"

namespace hullmark::origin {
namespace {

std::string RunningLines(const TraceAnswer& answer) {
  std::string text;
  for (const Running& r : answer.running) {
    text += fmt::format("{}: {}/{} {} {} {}\n", ShortHex(r.image), r.cluster, r.namespace_name,
                        r.workload, r.pod, r.container);
  }
  return text;
}

EstateForTest TwoPlatforms() {
  EstateForTest e;
  e.Store({.digest = D("aa"),
           .tags = {"registry.example/shop:amd64"},
           .config = D("c0"),
           .platform = "linux/amd64"});
  e.Store(
      {.digest = D("bb"), .tags = {"registry.example/shop:arm64"}, .platform = "linux/arm64/v8"});
  e.StoreIndex(D("11"), {"registry.example/shop:1.0"}, {D("aa"), D("bb")});
  return e;
}

TEST(TraceRunning, FindsImagesByEveryDigestANodeMayReport) {
  EstateForTest e = TwoPlatforms();
  e.Run({.pod = "prod/shop/by-manifest", .digest = D("aa"), .workload = "Deployment/web"});
  e.Run({.pod = "prod/shop/by-config", .digest = D("c0"), .workload = "StatefulSet/db"});
  e.Run({.pod = "prod/shop/by-index", .digest = D("11"), .architecture = "amd64"});
  e.Run({.pod = "prod/shop/other-platform", .digest = D("11"), .architecture = "arm64"});
  EXPECT_EQ(RunningLines(e.Trace(D("aa"))),
            "aa: prod/shop StatefulSet/db by-config main\n"
            "aa: prod/shop  by-index main\n"
            "aa: prod/shop Deployment/web by-manifest main\n");
  EXPECT_EQ(RunningLines(e.Trace(D("bb"))), "bb: prod/shop  other-platform main\n");
}

TEST(TraceRunning, SaysTheIndexWhereThePlatformIsNotKnown) {
  EstateForTest e = TwoPlatforms();
  e.Run({.pod = "prod/shop/somewhere", .digest = D("11")});
  EXPECT_EQ(RunningLines(e.Trace(D("bb"))), "11: prod/shop  somewhere main\n");
  // Told once, though it may be either of the two images.
  EXPECT_EQ(RunningLines(e.Trace(D("11"))), "11: prod/shop  somewhere main\n");
}

TEST(TraceRunning, LeavesOutPodsThatAreGone) {
  EstateForTest e = TwoPlatforms();
  e.Run({.pod = "prod/shop/here", .digest = D("aa")});
  e.Run({.pod = "prod/shop/gone", .digest = D("aa")});
  e.RemovePod("prod/shop/gone");
  EXPECT_EQ(RunningLines(e.Trace(D("aa"))), "aa: prod/shop  here main\n");
}

TEST(TraceImages, TellWhereTheyAre) {
  EstateForTest e = TwoPlatforms();
  e.Store({.digest = D("aa"), .tags = {"mirror.example/shop:1.0"}, .config = D("c0")});
  e.Report(
      {.digest = D("aa"), .to = "registry.example/shop:old"});  // since then the registry was read
  e.Report({.digest = D("aa"), .to = "unread.example/shop:1.0"});
  const TraceAnswer answer = e.Trace(D("aa"));
  ASSERT_EQ(answer.images.size(), 1U);
  const TracedImage& image = answer.images[0];
  EXPECT_EQ(image.indexes, std::vector{D("11")});
  EXPECT_EQ(image.config_digest, D("c0"));
  EXPECT_EQ(image.platform, "linux/amd64");
  EXPECT_EQ(image.locations, (std::vector<std::string>{
                                 "mirror.example/shop:1.0", "mirror.example/shop@" + D("aa"),
                                 "registry.example/shop:1.0", "registry.example/shop:amd64",
                                 "registry.example/shop@" + D("aa"), "unread.example/shop:1.0"}));
}

TEST(TraceFreshness, IsThatOfTheOldestExtentAndOfTheLastReport) {
  EstateForTest e;
  e.At(1).Store({.digest = D("aa"), .tags = {"registry.example/a:1"}});
  e.At(5).Store({.digest = D("bb"), .tags = {"registry.example/b:1"}});
  e.At(2).Report({.digest = D("aa"), .to = "registry.example/a:1", .run = 1});
  e.At(7).Report({.digest = D("bb"), .to = "registry.example/b:1", .run = 2});
  const TraceAnswer answer = e.Trace(D("aa"));
  ASSERT_EQ(answer.freshness.size(), 2U);
  EXPECT_EQ(answer.freshness[0].source, "ci:github.com");
  EXPECT_EQ(answer.freshness[0].as_of.ToString(), "2026-11-21T10:07:00Z");
  EXPECT_FALSE(answer.freshness[0].complete);
  EXPECT_EQ(answer.freshness[1].source, "registry:registry.example");
  EXPECT_EQ(answer.freshness[1].as_of.ToString(), "2026-11-21T10:01:00Z");
  EXPECT_TRUE(answer.freshness[1].complete);
}

TEST(TracePaging, GivesEverythingOnceInPagesOfTheLimit) {
  EstateForTest e;
  for (int i = 0; i < 25; ++i) {
    const std::string digest = D(fmt::format("{:02x}", i + 16));
    e.Report({.digest = digest, .to = fmt::format("registry.example/shop:{}", i)});
    e.Run({.pod = fmt::format("prod/shop/p{:02}", i), .digest = digest});
  }
  e.Store({.digest = D("ee"), .tags = {"registry.example/shop:x"}});  // no part of the commit
  const TraceAnswer whole = e.Trace(Sha("c1"));
  ASSERT_EQ(whole.total, 25U);
  EXPECT_FALSE(whole.cursor.has_value());

  TraceOptions options{.limit = 7};
  std::multiset<std::string> origins, images, running;
  int pages = 0;
  while (true) {
    const TraceAnswer page = e.Trace(Sha("c1"), options);
    ++pages;
    EXPECT_EQ(page.total, 25U);
    EXPECT_LE(page.origins.size(), 7U);
    EXPECT_LE(page.images.size(), 7U);
    EXPECT_LE(page.running.size(), 7U);
    for (const Origin& o : page.origins) origins.insert(o.image);
    for (const TracedImage& i : page.images) images.insert(i.digest);
    for (const Running& r : page.running) running.insert(r.pod);
    if (pages == 2)
      e.Report({.digest = D("01"), .to = "registry.example/late:1", .run = 99, .commit = "dd"});
    if (!page.cursor) break;
    options.cursor = *page.cursor;
  }
  EXPECT_EQ(pages, 4);
  EXPECT_EQ(origins.size(), 25U);
  EXPECT_EQ(images.size(), 25U);
  EXPECT_EQ(running.size(), 25U);
  EXPECT_EQ(std::set(origins.begin(), origins.end()).size(), 25U);
}

TEST(TracePaging, RefusesACursorThatIsNoneOfOurs) {
  EstateForTest e;
  for (const char* cursor : {"!", "AAAA", "not-a-cursor"}) {
    const auto answer = Trace(*e.Snapshot(), D("aa"), {}, {.cursor = cursor}, nullptr);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code(), Errc::kInvalidArgument);
  }
}

TEST(TraceLimits, AnswersTheFirstImagesAndSaysSo) {
  EstateForTest e;
  for (int i = 0; i < 12; ++i) {
    e.Report({.digest = D(fmt::format("{:02x}", i + 16)),
              .to = fmt::format("registry.example/shop:{}", i)});
  }
  const TraceAnswer answer = e.Trace(Sha("c1"), {.max_images = 10});
  EXPECT_EQ(answer.images.size(), 10U);
  ASSERT_EQ(answer.unknown.size(), 1U);
  EXPECT_EQ(answer.unknown[0].reason, "only the first 10 images that match are answered");
}

/// docs/formats/trace.md, by example.  UPDATE_GOLDEN=1 rewrites the file.
void ExpectGolden(const std::string& name, const std::string& json) {
  const std::filesystem::path path = std::filesystem::path(__FILE__).parent_path() /
                                     "../../../tests/golden/trace" / (name + ".json");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << json << "\n";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path << " is missing; tests run in their build directory";
  const std::string want((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(json + "\n", want) << "run with UPDATE_GOLDEN=1 and read the difference";
}

TEST(TraceJson, OfAnImageThatRuns) {
  EstateForTest e;
  e.At(1).Report({.digest = D("11"), .to = "registry.example/shop:1.0", .index = true});
  e.At(2).Report({.digest = D("aa"),
                  .to = "prod.example/shop:1.0",
                  .how = "republished",
                  .repository = "deploy",
                  .run = 90,
                  .binding = "unconfirmed"});
  e.At(3).Store({.digest = D("aa"), .tags = {"registry.example/shop:amd64"}, .config = D("c0")});
  e.StoreIndex(D("11"), {"registry.example/shop:1.0"}, {D("aa")});
  e.At(4).Run({.pod = "prod/shop/web-1", .digest = D("11"), .workload = "Deployment/web"});
  ExpectGolden("running_image", ToJson(e.Trace("registry.example/shop:1.0", {.limit = 1})));
}

TEST(TraceJson, OfAContestedCopy) {
  EstateForTest e;
  e.At(1).Report({.digest = D("aa"), .to = "registry.example/shop:1.0"});
  e.At(2).Report({.digest = D("bb"), .to = "registry.example/fork:1.0", .repository = "fork"});
  for (const char* digest : {"aa", "bb", "cc"}) {
    e.Store({.digest = D(digest),
             .tags = {fmt::format("registry.example/{}:1", digest)},
             .fingerprint = "f0"});
  }
  ExpectGolden("contested_copy", ToJson(e.Trace(D("cc"))));
}

TEST(TraceJson, OfNothing) { ExpectGolden("nothing", ToJson(EstateForTest().Trace("shop/web-1"))); }

}  // namespace
}  // namespace hullmark::origin
