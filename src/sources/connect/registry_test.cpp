// SPDX-License-Identifier: Apache-2.0
#include "sources/connect/registry.h"

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

class Registry : public testing::Test, protected RegistryFixture {};

TEST_F(Registry, SaysWhatItSaw) {
  const Digest amd = registry_.PushImage("shop", "", "amd");
  const Digest arm = registry_.PushImage("shop", "", "arm", "linux/arm/v7");
  const Digest attestation = crypto::Sha256Of("never there");
  const Digest index = registry_.PushIndex(
      "shop", "1.0", {{amd, "linux/amd64"}, {arm, "linux/arm"}, {attestation, "unknown/unknown"}});
  registry_.Tag("shop", "amd-only", amd);
  registry_.PushImage("bank/core", "1", "bank");

  const SyncSummary summary = Sync();
  EXPECT_TRUE(summary.complete);
  EXPECT_EQ(summary.extents, 3U);
  EXPECT_EQ(summary.frames, 3U);
  EXPECT_EQ(summary.manifests_read, 4U);
  EXPECT_EQ(summary.configs_read, 3U);

  const auto catalog = At("catalog");
  EXPECT_TRUE(catalog.header.complete);
  EXPECT_TRUE(
      HasEdge(catalog, {EntityKind::kRegistry, "registry.example"}, EdgeKind::kContains, shop_));
  EXPECT_EQ(catalog.edges.size(), 2U);

  const auto shop = At("repository:shop");
  EXPECT_TRUE(shop.header.complete);
  EXPECT_EQ(shop.header.source_kind, model::SourceKind::kRegistry);
  EXPECT_TRUE(HasEdge(shop, Tag("1.0"), EdgeKind::kTagged, Index(index)));
  EXPECT_TRUE(HasEdge(shop, Tag("amd-only"), EdgeKind::kTagged, Image(amd)));
  EXPECT_TRUE(HasEdge(shop, Index(index), EdgeKind::kIncludes, Image(amd)));
  EXPECT_TRUE(HasEdge(shop, Index(index), EdgeKind::kIncludes, Image(arm)));
  EXPECT_TRUE(HasEdge(shop, shop_, EdgeKind::kContains, Image(arm)));
  EXPECT_TRUE(HasEdge(shop, shop_, EdgeKind::kContains, Tag("1.0")));
  for (const auto& [edge, properties] : shop.edges) {
    EXPECT_NE(std::get<2>(edge).key, attestation.ToString());
  }
  const model::PropertyMap& image = shop.entities.at(Image(arm));
  using enum model::PropertyId;
  EXPECT_EQ(image.Text(kImagePlatform), "linux/arm/v7");
  EXPECT_EQ(image.Text(kImageMediaType), "application/vnd.oci.image.manifest.v1+json");
  EXPECT_TRUE(image.Text(kImageConfigDigest).starts_with("sha256:"));
  EXPECT_TRUE(image.Text(kImageConfigFingerprint).starts_with("sha256:"));
  EXPECT_EQ(std::get<std::vector<std::string>>(*image.Find(kImageLabels)),
            std::vector<std::string>{"seed=arm"});
  EXPECT_EQ(std::get<std::vector<std::string>>(*image.Find(kImageDiffIds)).size(), 1U);
  EXPECT_EQ(std::get<std::vector<std::string>>(*image.Find(kImageLayerDigests)).size(), 1U);
  EXPECT_EQ(std::get<Timestamp>(*image.Find(kImageCreated)).ToString(), "2026-11-21T20:23:55Z");
  EXPECT_GT(std::get<std::int64_t>(*image.Find(kImageSize)), 0);
}

TEST_F(Registry, ReadsNoManifestTwice) {
  const Digest amd = registry_.PushImage("shop", "", "amd");
  registry_.PushIndex("shop", "multi", {{amd, "linux/amd64"}});
  registry_.PushImage("shop", "1.0", "a");
  registry_.PutManifest(
      "shop", "sha256-abc.sig", "application/vnd.oci.image.manifest.v1+json",
      Cat({R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.)"
           R"(config.v1+json","digest":")",
           crypto::Sha256Of("c").ToString(),
           R"(","size":1},"layers":[{"mediaType":"application/vnd.dev.cosign.)"
           R"(simplesigning.v1+json","digest":")",
           crypto::Sha256Of("l").ToString(), R"(","size":1}]})"}));
  EXPECT_EQ(Sync().manifests_read, 4U);
  const auto before = At("repository:shop");
  registry_.TakeLog();

  const SyncSummary again = Sync();
  const auto log = registry_.TakeLog();
  EXPECT_TRUE(again.complete);
  EXPECT_EQ(again.manifests_read, 0U);
  EXPECT_EQ(again.unchanged, 4U);
  EXPECT_EQ(FakeRegistry::Count(log, "GET /v2/shop/manifests/"), 0U);
  EXPECT_EQ(FakeRegistry::Count(log, "GET /v2/shop/blobs/"), 0U);
  EXPECT_EQ(FakeRegistry::Count(log, "HEAD "), 3U);
  const auto after = At("repository:shop");
  EXPECT_EQ(after.entities, before.entities);
  EXPECT_EQ(after.edges, before.edges);

  registry_.PushImage("shop", "2.0", "b");
  EXPECT_EQ(Sync().manifests_read, 1U);
}

TEST_F(Registry, CallsAnArtifactNoImage) {
  const Digest chart = registry_.PutManifest(
      "shop", "chart", "application/vnd.oci.image.manifest.v1+json",
      Cat({R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json",)"
           R"("digest":")",
           crypto::Sha256Of("c").ToString(), R"(","size":1},"layers":[]})"}));
  EXPECT_TRUE(Sync().complete);
  const auto shop = At("repository:shop");
  EXPECT_TRUE(
      HasEdge(shop, Tag("chart"), EdgeKind::kTagged, {EntityKind::kDigest, chart.ToString()}));
  EXPECT_FALSE(shop.entities.contains(Image(chart)));
}

TEST_F(Registry, ClosesWhatIsGone) {
  registry_.PushImage("shop", "1.0", "a");
  const Digest b = registry_.PushImage("shop", "2.0", "b");
  registry_.PushImage("bank", "1", "x");
  Sync();
  registry_.Untag("shop", "1.0");
  registry_.DeleteRepository("bank");
  EXPECT_TRUE(Sync().complete);
  const auto shop = At("repository:shop");
  EXPECT_FALSE(shop.entities.contains(Tag("1.0")));
  EXPECT_TRUE(shop.entities.contains(Image(b)));
  EXPECT_EQ(shop.entities.size(), 3U);
  EXPECT_EQ(At("catalog").edges.size(), 1U);
  EXPECT_TRUE(At("repository:bank").entities.empty());
  EXPECT_TRUE(At("repository:bank").header.complete);
}

TEST_F(Registry, MovesTags) {
  const Digest a = registry_.PushImage("shop", "latest", "a");
  Sync();
  const Digest b = registry_.PushImage("shop", "latest", "b");
  Sync();
  const auto shop = At("repository:shop");
  EXPECT_FALSE(HasEdge(shop, Tag("latest"), EdgeKind::kTagged, Image(a)));
  EXPECT_TRUE(HasEdge(shop, Tag("latest"), EdgeKind::kTagged, Image(b)));
}

TEST_F(Registry, ReadsWhatItWasToldToWhereTheCatalogIsClosed) {
  registry_.PushImage("shop", "1.0", "a");
  registry_.PushImage("bank", "1", "x");
  registry_.set_intercept([](const HttpRequest& request) -> std::optional<Result<HttpResponse>> {
    if (!request.url.contains("_catalog")) return std::nullopt;
    HttpResponse response;
    response.status = 404;
    return response;
  });
  const auto closed = TrySync();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code(), Errc::kUnsupported);
  EXPECT_TRUE(closed.error().message().contains("name the repositories"));

  options_.repositories = {"shop", "shop"};
  EXPECT_TRUE(Sync().complete);
  EXPECT_EQ(At("repository:shop").entities.size(), 3U);
  EXPECT_TRUE(At("repository:bank").entities.empty());
  EXPECT_EQ(At("catalog").edges.size(), 1U);

  // An account that lost its rights is told 404: nothing is closed by that.
  registry_.DeleteRepository("shop");
  EXPECT_FALSE(Sync().complete);
  EXPECT_EQ(At("repository:shop").entities.size(), 3U);
  EXPECT_EQ(At("catalog").edges.size(), 1U);
}

TEST_F(Registry, DoesWithoutDigestsInAnswers) {
  registry_.PushImage("shop", "1.0", "a");
  registry_.set_bend([](const HttpRequest&, HttpResponse& response) {
    const std::string* type = response.headers.Find("Content-Type");
    net::Headers headers;
    if (type != nullptr) headers.Add("Content-Type", *type);
    response.headers = std::move(headers);
  });
  const SyncSummary first = Sync();
  EXPECT_TRUE(first.complete);
  EXPECT_EQ(first.manifests_read, 1U);
  EXPECT_EQ(first.configs_read, 1U);
  const SyncSummary again = Sync();
  EXPECT_EQ(again.configs_read, 0U);
  EXPECT_EQ(again.unchanged, 1U);
}

TEST_F(Registry, LooksAtOneRepositoryOnly) {
  registry_.PushImage("shop", "1.0", "a");
  registry_.PushImage("bank", "1", "x");
  auto connector = RegistryConnector::Create(registry_, options_);
  ASSERT_TRUE(connector);
  EXPECT_TRUE((*connector)->Check());
  const SyncContext context{.sink = estate_, .known = estate_, .clock = clock_};
  const auto summary = (*connector)->SyncRepository(context, "shop");
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->complete);
  EXPECT_EQ(At("repository:shop").entities.size(), 3U);
  EXPECT_EQ(estate_.frames(), 1U);
  EXPECT_EQ((*connector)->SyncRepository(context, "No").error().code(), Errc::kInvalidArgument);
}

TEST_F(Registry, TellsHowFarItIs) {
  for (int i = 0; i < 30; ++i) registry_.PushImage("r" + std::to_string(i), "1", std::to_string(i));
  auto connector = RegistryConnector::Create(registry_, options_);
  ASSERT_TRUE(connector);
  SyncProgress last;
  std::size_t calls = 0;
  const SyncContext context{.sink = estate_,
                            .known = estate_,
                            .clock = clock_,
                            .on_progress = [&](const SyncProgress& progress) {
                              EXPECT_GE(progress.extents_done, last.extents_done);
                              last = progress;
                              ++calls;
                            }};
  ASSERT_TRUE((*connector)->Sync(context));
  EXPECT_EQ(last.extents_done, 31U);
  EXPECT_EQ(last.extents_total, 31U);
  EXPECT_EQ(last.manifests_read, 30U);
  EXPECT_EQ(calls, 31U);
}

struct CreateCase {
  std::string_view name, url, source;
};
constexpr CreateCase kCreateCases[] = {
    {"host", "registry.example:5000", "registry:registry.example:5000"},
    {"url", "https://Registry.Example", "registry:registry.example"},
    {"hub", "https://registry-1.docker.io", "registry:docker.io"},
    {"loopback", "127.0.0.1:5000", "registry:127.0.0.1:5000"},
    {"plain_http", "http://registry.example", ""},
    {"with_a_path", "registry.example/acme", ""},
};
class CreateRegistry : public testing::TestWithParam<CreateCase> {};
TEST_P(CreateRegistry, NamesTheSource) {
  FakeRegistry registry;
  RegistryConnectorOptions options;
  options.url = GetParam().url;
  const auto connector = RegistryConnector::Create(registry, options);
  EXPECT_EQ(connector ? (*connector)->name() : "", GetParam().source);
}
INSTANTIATE_TEST_SUITE_P(Cases, CreateRegistry, testing::ValuesIn(kCreateCases),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace hullmark::connect
