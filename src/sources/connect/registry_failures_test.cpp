// SPDX-License-Identifier: Apache-2.0
//
// Syncs of a registry on bad days: what fails closes nothing and is told.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "base/crypto/hash.h"
#include "base/text.h"
#include "sources/connect/registry_fixture.h"

namespace hullmark::connect {
namespace {

using model::EdgeKind;
using model::EntityKind;
using model::EntityRef;
using net::HttpRequest;
using net::HttpResponse;
using oci::FakeRegistry;

class RegistryFailures : public testing::Test, protected RegistryFixture {};

TEST_F(RegistryFailures, ClosesNothingWhereOneManifestIsWrong) {
  const Digest a = registry_.PushImage("shop", "1.0", "a");
  const Digest b = registry_.PushImage("shop", "2.0", "b");
  Sync();
  registry_.Untag("shop", "1.0");
  const Digest c = registry_.PushImage("shop", "3.0", "c");
  const std::string bad = "/manifests/" + c.ToString();
  registry_.set_bend([&](const HttpRequest& request, HttpResponse& response) {
    if (request.method == "GET" && request.url.contains(bad)) response.body += ' ';
  });
  const SyncSummary summary = Sync();
  EXPECT_FALSE(summary.complete);
  ASSERT_EQ(summary.problems.size(), 1U);
  EXPECT_EQ(summary.problems[0].extent, "repository:shop");
  EXPECT_EQ(summary.problems[0].error.code(), Errc::kDataLoss);
  EXPECT_TRUE(summary.problems[0].mend.contains("push it again"));
  const auto shop = At("repository:shop");
  EXPECT_FALSE(shop.header.complete);
  EXPECT_TRUE(shop.entities.contains(Tag("1.0")));  // not closed
  EXPECT_TRUE(shop.entities.contains(Image(a)));
  EXPECT_TRUE(shop.entities.contains(Image(b)));
  EXPECT_FALSE(shop.entities.contains(Tag("3.0")));

  registry_.set_bend(nullptr);
  EXPECT_TRUE(Sync().complete);
  EXPECT_FALSE(At("repository:shop").entities.contains(Tag("1.0")));
  EXPECT_TRUE(At("repository:shop").entities.contains(Image(c)));
}

TEST_F(RegistryFailures, SendsNothingOfARepositoryItCannotList) {
  registry_.PushImage("shop", "1.0", "a");
  registry_.PushImage("bank", "1", "x");
  Sync();
  const auto before = At("repository:shop");
  registry_.Untag("shop", "1.0");
  registry_.PushImage("bank", "2", "y");
  FailOn("/shop/tags/list", Error(Errc::kUnavailable, "connection reset"));
  const SyncSummary summary = Sync();
  EXPECT_FALSE(summary.complete);
  ASSERT_EQ(summary.problems.size(), 1U);
  EXPECT_EQ(summary.problems[0].extent, "repository:shop");
  EXPECT_EQ(At("repository:shop").header.sequence, before.header.sequence);
  EXPECT_TRUE(At("repository:shop").entities.contains(Tag("1.0")));
  EXPECT_EQ(At("repository:bank").entities.size(), 5U);
  EXPECT_EQ(At("catalog").edges.size(), 2U);  // it is still listed
}

TEST_F(RegistryFailures, LeavesOutATagThatVanishesWhileItIsRead) {
  registry_.PushImage("shop", "1.0", "a");
  const Digest gone = registry_.PushImage("shop", "2.0", "b");
  registry_.set_bend([&](const HttpRequest& request, HttpResponse&) {
    if (request.method == "HEAD") registry_.DeleteManifest("shop", gone);
  });
  options_.requests_at_once = 1;
  const SyncSummary summary = Sync();
  EXPECT_FALSE(summary.complete);
  const auto shop = At("repository:shop");
  EXPECT_FALSE(shop.header.complete);
  EXPECT_TRUE(shop.entities.contains(Tag("1.0")));
  EXPECT_FALSE(shop.entities.contains(Tag("2.0")));
}

TEST_F(RegistryFailures, TakesATagThatMovesWhileItIsReadAsItFirstWas) {
  const Digest a = registry_.PushImage("shop", "latest", "a");
  const Digest b = registry_.PushImage("shop", "", "b");
  registry_.set_bend([&](const HttpRequest& request, HttpResponse&) {
    if (request.method == "HEAD") registry_.Tag("shop", "latest", b);
  });
  EXPECT_TRUE(Sync().complete);
  EXPECT_TRUE(HasEdge(At("repository:shop"), Tag("latest"), EdgeKind::kTagged, Image(a)));
}

TEST_F(RegistryFailures, TakesAnIndexOfWhichOnlySomeIsThere) {
  const Digest amd = registry_.PushImage("shop", "", "amd");
  const Digest elsewhere = crypto::Sha256Of("not copied");
  const Digest index =
      registry_.PushIndex("shop", "1.0", {{amd, "linux/amd64"}, {elsewhere, "linux/arm64"}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(Sync().complete);
    const auto shop = At("repository:shop");
    EXPECT_TRUE(HasEdge(shop, Index(index), EdgeKind::kIncludes, Image(amd)));
    EXPECT_TRUE(HasEdge(shop, Index(index), EdgeKind::kIncludes,
                        {EntityKind::kDigest, elsewhere.ToString()}));
    EXPECT_FALSE(shop.entities.contains(Image(elsewhere)));
  }
}

TEST_F(RegistryFailures, ReadsAChildAgainThatFailedBefore) {
  const Digest amd = registry_.PushImage("shop", "", "amd");
  const Digest index = registry_.PushIndex("shop", "1.0", {{amd, "linux/amd64"}});
  FailOn("/manifests/" + amd.ToString(), Error(Errc::kUnavailable, "connection reset"));
  EXPECT_FALSE(Sync().complete);
  registry_.set_intercept(nullptr);
  EXPECT_TRUE(Sync().complete);
  EXPECT_TRUE(At("repository:shop").entities.contains(Image(amd)));
  EXPECT_TRUE(At("repository:shop").entities.contains(Index(index)));
}

TEST_F(RegistryFailures, ReadsIndexesWithinIndexes) {
  const Digest amd = registry_.PushImage("shop", "", "amd");
  Digest inner = registry_.PushIndex("shop", "", {{amd, "linux/amd64"}});
  inner = registry_.PushIndex("shop", "outer", {{inner, "linux/amd64"}});
  EXPECT_TRUE(Sync().complete);
  EXPECT_TRUE(At("repository:shop").entities.contains(Image(amd)));
  for (int i = 0; i < 6; ++i) inner = registry_.PushIndex("shop", "", {{inner, "linux/amd64"}});
  registry_.PushIndex("shop", "matryoshka", {{inner, "linux/amd64"}});
  EXPECT_FALSE(Sync().complete);
}

TEST_F(RegistryFailures, StopsHalfWayWithoutATrace) {
  for (int i = 0; i < 20; ++i) registry_.PushImage("shop", "t" + std::to_string(i), "old");
  Sync();
  const auto before = At("repository:shop");
  for (int i = 0; i < 10; ++i) registry_.Untag("shop", "t" + std::to_string(i));
  std::stop_source stop;
  std::atomic<int> heads{0};
  registry_.set_bend([&](const HttpRequest& request, HttpResponse&) {
    if (request.method == "HEAD" && ++heads == 5) stop.request_stop();
  });
  const auto summary = TrySync(stop.get_token());
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code(), Errc::kCancelled);
  EXPECT_EQ(At("repository:shop").entities, before.entities);
  EXPECT_EQ(At("repository:shop").header.sequence, before.header.sequence);
}

TEST_F(RegistryFailures, GivesUpOnARegistryThatIsDown) {
  for (int i = 0; i < 200; ++i) registry_.PushImage("r" + std::to_string(i), "1", "x");
  Sync();
  const auto before = At("catalog");
  registry_.TakeLog();
  options_.client.retries = 0;
  FailOn("/tags/list", Error(Errc::kUnavailable, "connection refused"));
  const SyncSummary summary = Sync();
  EXPECT_FALSE(summary.complete);
  EXPECT_LT(registry_.TakeLog().size(), 30U);
  EXPECT_EQ(At("catalog").header.sequence, before.header.sequence);
}

TEST_F(RegistryFailures, TellsWhereAFrameWasRefused) {
  registry_.PushImage("shop", "1.0", "a");
  estate_.Refuse(Error(Errc::kResourceExhausted, "disk full"));
  const SyncSummary summary = Sync();
  EXPECT_FALSE(summary.complete);
  EXPECT_EQ(summary.frames, 0U);
  EXPECT_EQ(summary.problems.size(), 2U);
}

}  // namespace
}  // namespace hullmark::connect
