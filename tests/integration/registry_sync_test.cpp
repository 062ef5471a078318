// SPDX-License-Identifier: Apache-2.0
//
// A real docker-registry, read over real HTTP into the real store.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/net/client/curl_transport.h"
#include "base/scratch_dir.h"
#include "base/text.h"
#include "core/estate/sqlite/sqlite_store.h"
#include "counting_transport.h"
#include "docker_registry.h"
#include "sources/connect/registry.h"

namespace hullmark {
namespace {

using connect::RegistryConnector;
using connect::SyncSummary;
using model::EdgeKind;
using model::EntityKind;
using testing_support::CountingTransport;
using testing_support::DockerRegistry;
using testing_support::Pusher;

// What the store holds now, as words: "ImageRepository …" and "… TAGGED …".
std::set<std::string> WordsOf(const estate::Store& store) {
  std::map<std::uint32_t, std::string> names;
  std::set<std::string> words;
  const auto end = store.ReadCurrent([&](model::Change&& change) -> Status {
    if (const auto* added = std::get_if<model::EntityAdded>(&change)) {
      names[added->node.value] = added->key;
    } else if (const auto* entity = std::get_if<model::EntityStated>(&change)) {
      words.insert(names[entity->node.value]);
    } else if (const auto* edge = std::get_if<model::EdgeStated>(&change)) {
      const std::string_view kind = edge->kind == EdgeKind::kTagged     ? " tags "
                                    : edge->kind == EdgeKind::kIncludes ? " includes "
                                                                        : " contains ";
      words.insert(Cat({names[edge->from.value], kind, names[edge->to.value]}));
    }
    return {};
  });
  EXPECT_TRUE(end) << end.error().message();
  return words;
}

class RegistrySync : public testing::Test {
 protected:
  void SetUp() override {
    if (!testing_support::IsInstalled(DockerRegistry::kProgram)) {
      GTEST_SKIP() << "docker-registry is not installed: run tools/install live";
    }
    StartRegistry({});
    auto store = sqlite::OpenSqliteStore({.dir = dir_.Of("estate")});
    ASSERT_TRUE(store) << store.error().message();
    store_ = *std::move(store);
  }
  void StartRegistry(const DockerRegistry::Options& options) {
    auto registry = DockerRegistry::Start(options);
    ASSERT_TRUE(registry) << registry.error().message();
    registry_ = *std::move(registry);
    pusher_ = std::make_unique<Pusher>(*curl_, registry_->url());
  }
  Digest Push(const std::string& repository, const std::string& tag, const std::string& seed) {
    const auto digest = pusher_->PushImage(repository, tag, seed);
    EXPECT_TRUE(digest) << digest.error().message();
    return *digest;
  }
  Result<SyncSummary> Sync() {
    transport_.Clear();
    connect::RegistryConnectorOptions options;
    options.url = registry_->url();
    options.client.retries = 1;
    options.client.first_pause = std::chrono::milliseconds(1);
    auto connector = RegistryConnector::Create(transport_, options);
    if (!connector) return std::unexpected(connector.error());
    return (*connector)->Sync({.sink = *store_, .known = *store_, .clock = clock_});
  }
  std::string Key(std::string_view name) const { return Cat({registry_->host(), "/", name}); }

  const ScratchDir dir_;
  const SystemClock clock_;
  std::unique_ptr<net::HttpTransport> curl_ = net::MakeCurlTransport({});
  CountingTransport transport_{*curl_};
  std::unique_ptr<DockerRegistry> registry_;
  std::unique_ptr<Pusher> pusher_;
  std::unique_ptr<estate::Store> store_;
};

TEST_F(RegistrySync, HoldsWhatWasPushedAndClosesWhatWasDeleted) {
  const Digest amd = Push("acme/shop", "", "amd");
  const Digest arm = Push("acme/shop", "", "arm");
  const auto index = pusher_->PushIndex("acme/shop", "1.0", {{amd, "amd64"}, {arm, "arm64"}});
  ASSERT_TRUE(index) << index.error().message();
  const Digest old = Push("acme/shop", "0.9", "old");
  const Digest bank = Push("bank", "latest", "bank");

  const auto first = Sync();
  ASSERT_TRUE(first) << first.error().message();
  for (const auto& problem : first->problems) ADD_FAILURE() << problem.error.message();
  EXPECT_EQ(first->manifests_read, 5U);
  const auto words = WordsOf(*store_);
  for (const std::string& wanted :
       {registry_->host(), Key("acme/shop"), Key("acme/shop:1.0"), amd.ToString(),
        Cat({registry_->host(), " contains ", Key("bank")}),
        Cat({Key("acme/shop:1.0"), " tags ", index->ToString()}),
        Cat({index->ToString(), " includes ", arm.ToString()}),
        Cat({Key("bank:latest"), " tags ", bank.ToString()}),
        Cat({Key("acme/shop"), " contains ", old.ToString()})}) {
    EXPECT_TRUE(words.contains(wanted)) << wanted;
  }

  // Nothing changed: no manifest is read, and nothing changes in the estate.
  const auto again = Sync();
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_TRUE(again->complete);
  EXPECT_EQ(again->manifests_read, 0U);
  EXPECT_EQ(again->unchanged, 5U);
  EXPECT_EQ(transport_.Count("GET", "/manifests/"), 0U);
  EXPECT_EQ(transport_.Count("GET", "/blobs/"), 0U);
  EXPECT_EQ(WordsOf(*store_), words);

  ASSERT_TRUE(pusher_->DeleteManifest("acme/shop", old));
  const Digest moved = Push("bank", "latest", "bank 2");
  const auto third = Sync();
  ASSERT_TRUE(third) << third.error().message();
  EXPECT_TRUE(third->complete) << third->problems[0].error.message();
  EXPECT_EQ(third->manifests_read, 1U);
  const auto now = WordsOf(*store_);
  EXPECT_FALSE(now.contains(Key("acme/shop:0.9")));
  EXPECT_FALSE(now.contains(old.ToString()));
  EXPECT_TRUE(now.contains(Cat({Key("bank:latest"), " tags ", moved.ToString()})));
  EXPECT_FALSE(now.contains(Cat({Key("bank:latest"), " tags ", bank.ToString()})));
}

// The registry dies under the sync: after its catalog, among the HEADs, and with only the new
// manifest left to read.
class RegistrySyncEnds : public RegistrySync, public testing::WithParamInterface<std::size_t> {};
TEST_P(RegistrySyncEnds, HalfWayAndClosesNothing) {
  std::map<std::string, Digest> pushed;
  for (int i = 0; i < 12; ++i) {
    const std::string tag = "t" + std::to_string(i);
    pushed.emplace(tag, Push("shop", tag, tag));
  }
  ASSERT_TRUE(Sync());
  const auto before = WordsOf(*store_);
  for (const std::string tag : {"t0", "t1", "t2"}) {
    ASSERT_TRUE(pusher_->DeleteManifest("shop", pushed.at(tag)));
  }
  Push("shop", "new", "new");
  transport_.set_before([&](std::size_t count) {
    if (count == GetParam()) registry_->Kill();
  });
  const auto broken = Sync();
  if (broken) {
    EXPECT_FALSE(broken->complete);
    EXPECT_FALSE(broken->problems.empty());
  } else {
    EXPECT_EQ(broken.error().code(), Errc::kUnavailable) << broken.error().message();
  }
  const auto after = WordsOf(*store_);
  EXPECT_TRUE(std::ranges::includes(after, before));
}
INSTANTIATE_TEST_SUITE_P(AtRequest, RegistrySyncEnds, testing::Values(2, 7, 13));

TEST_F(RegistrySync, ReadsCatalogsInPages) {
  StartRegistry({.auth = {}, .certificate_file = {}, .key_file = {}, .catalog = "  maxentries: 3"});
  for (int i = 0; i < 10; ++i) Push("r" + std::to_string(i), "1", std::to_string(i));
  const auto summary = Sync();
  ASSERT_TRUE(summary) << summary.error().message();
  EXPECT_TRUE(summary->complete);
  EXPECT_EQ(summary->extents, 11U);
}

TEST_F(RegistrySync, ReadsManifestsOfManyTools) {
  // Docker's schema 2, and a manifest without a mediaType of its own.
  const auto config = pusher_->PushBlob("mixed", R"({"os":"linux","architecture":"amd64"})");
  ASSERT_TRUE(config);
  const std::string docker = Cat(
      {R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",)"
       R"("config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":37,"digest":")",
       config->ToString(), R"("},"layers":[]})"});
  ASSERT_TRUE(pusher_->PushManifest(
      "mixed", "docker", "application/vnd.docker.distribution.manifest.v2+json", docker));
  const std::string plain =
      Cat({R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",)"
           R"("size":37,"digest":")",
           config->ToString(), R"("},"layers":[]})"});
  ASSERT_TRUE(
      pusher_->PushManifest("mixed", "plain", "application/vnd.oci.image.manifest.v1+json", plain));
  const auto summary = Sync();
  ASSERT_TRUE(summary) << summary.error().message();
  for (const auto& problem : summary->problems) ADD_FAILURE() << problem.error.message();
  EXPECT_EQ(summary->configs_read, 2U);
}

}  // namespace
}  // namespace hullmark
