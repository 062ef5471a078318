// SPDX-License-Identifier: Apache-2.0
#include "collector/resolve.h"

#include <gtest/gtest.h>

#include "base/crypto/hash.h"
#include "collector/test_transport.h"

namespace hullmark::collector {
namespace {

constexpr char kManifestType[] = "application/vnd.docker.distribution.manifest.v2+json";
constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";
constexpr char kOciManifestType[] = "application/vnd.oci.image.manifest.v1+json";

std::string IdOf(char c) { return "sha256:" + std::string(64, c); }

std::string ManifestWith(const std::string& config, const char* type = kManifestType) {
  return std::string(R"({"schemaVersion":2,"mediaType":")") + type +
         R"(","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":2,"digest":")" +
         config +
         R"("},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":3,"digest":")" +
         IdOf('7') + R"("}]})";
}
std::string DigestOf(const std::string& bytes) { return crypto::Sha256Of(bytes).ToString(); }

/// One engine and one registry by rules; the job pushed r.example/x:1, image `a`.
class Resolving : public testing::Test {
 protected:
  Resolving() {
    transport_.On("GET http://localhost/_ping", 200, "OK", HeadersOf("Api-Version", "1.41"));
    info_.store = ImageStore::kClassic;
    pushed_ = ManifestWith(IdOf('a'));
  }
  void EngineHolds(const std::string& name, const std::string& id,
                   const std::vector<std::string>& digests) {
    std::string list;
    for (const std::string& digest : digests) list += (list.empty() ? "\"" : ",\"") + digest + "\"";
    transport_.On("GET http://localhost/v1.41/images/" + name + "/json", 200,
                  R"({"Id":")" + id + R"(","RepoDigests":[)" + list +
                      R"(],"Created":"2026-11-21T22:44:07Z","Architecture":"amd64","Os":"linux"})");
  }
  void RegistryHolds(const std::string& reference, const std::string& bytes,
                     const char* type = kManifestType) {
    transport_.On("GET https://r.example/v2/x/manifests/" + reference, 200, bytes,
                  HeadersOf("Content-Type", type));
  }
  Result<ci::ReportedPush> Run(std::string image_id = IdOf('a')) {
    const auto engine =
        Engine::Connect(transport_, {"unix:///d.sock", "/d.sock", "http://localhost"},
                        DeadlineIn(std::chrono::seconds(5)));
    State start;
    start.images = held_;
    const std::vector<ImageEvent> events = {
        {"tag", IdOf('a'), "r.example/x:1", 1'000'000'000},
        {"push", "r.example/x:1", "r.example/x", 2'000'000'000}};
    const History history(&start, events, {});
    // A folder without credentials.
    Registries registries(transport_,
                          {.config_dir = "/nonexistent",
                           .plain = {},
                           .deadline = DeadlineIn(std::chrono::seconds(1))},
                          {});
    return Resolve(
        {*engine, info_, history, registries, true},
        {*codec::ImageReference::Parse("r.example/x:1"), std::move(image_id), 2'000'000'000});
  }

  TestTransport transport_;
  EngineInfo info_;
  std::vector<EngineImage> held_;
  std::string pushed_;
};

TEST_F(Resolving, EngineAndRegistryAgree) {
  EngineHolds(IdOf('a'), IdOf('a'),
              {"other.example/x@" + IdOf('9'), "r.example/x@" + DigestOf(pushed_)});
  RegistryHolds("1", pushed_);
  const auto push = Run();
  ASSERT_TRUE(push) << push.error().message();
  EXPECT_EQ(push->reference, "r.example/x:1");
  EXPECT_EQ(push->digest, DigestOf(pushed_));
  EXPECT_EQ(push->media_type, kManifestType);
  EXPECT_EQ(push->config_digest, IdOf('a'));
  EXPECT_EQ(push->platform, "linux/amd64");
  EXPECT_EQ(push->how, "built");
  EXPECT_TRUE(push->certain);
  EXPECT_EQ(push->pushed_at, "1970-01-01T00:00:02Z");
  EXPECT_EQ(push->confirmed_by,
            (std::vector<std::string>{"engine-event", "engine-digest", "registry"}));
  // One question to the registry is enough.
  EXPECT_EQ(transport_.Requests("* https://r.example/*").size(), 1u);
}

TEST_F(Resolving, TheTagMovedAndTheEnginesDigestStands) {
  EngineHolds(IdOf('a'), IdOf('a'), {"r.example/x@" + DigestOf(pushed_)});
  RegistryHolds("1", ManifestWith(IdOf('b')));
  RegistryHolds(DigestOf(pushed_), pushed_);
  const auto push = Run();
  ASSERT_TRUE(push);
  EXPECT_EQ(push->digest, DigestOf(pushed_));
  EXPECT_NE(push->how_detail.find("the tag has moved since"), std::string::npos);
  EXPECT_TRUE(push->certain);
}

TEST_F(Resolving, TheRegistryIsDown) {
  transport_.On("GET https://r.example/*",
                [](const net::HttpRequest&, Deadline) -> Result<net::HttpResponse> {
                  return Fail(Errc::kUnavailable, "connection refused");
                });
  EngineHolds(IdOf('a'), IdOf('a'), {"r.example/x@" + DigestOf(pushed_)});
  const auto push = Run();
  ASSERT_TRUE(push);
  EXPECT_EQ(push->digest, DigestOf(pushed_));
  EXPECT_EQ(push->config_digest, IdOf('a'));
  EXPECT_TRUE(push->media_type.empty());
  EXPECT_EQ(push->confirmed_by, (std::vector<std::string>{"engine-event", "engine-digest"}));
  EXPECT_NE(push->how_detail.find("did not answer"), std::string::npos);
}

TEST_F(Resolving, TheRegistryLostIt) {
  EngineHolds(IdOf('a'), IdOf('a'), {"r.example/x@" + DigestOf(pushed_)});
  const auto push = Run();
  ASSERT_TRUE(push);
  EXPECT_NE(push->how_detail.find("the registry no longer has it"), std::string::npos);
}

TEST_F(Resolving, TheEngineNoLongerHoldsIt) {
  RegistryHolds("1", pushed_);
  transport_.On("GET https://r.example/v2/x/blobs/*", 404, "{}");
  const auto push = Run();
  ASSERT_TRUE(push);
  EXPECT_EQ(push->digest, DigestOf(pushed_));
  EXPECT_TRUE(push->certain);  // the config digest is the image id that was pushed
  EXPECT_EQ(push->how, "built");
  EXPECT_EQ(push->confirmed_by, (std::vector<std::string>{"engine-event", "registry"}));
}

TEST_F(Resolving, NeitherKnowsWhatWasPushed) {
  RegistryHolds("1", ManifestWith(IdOf('b')));
  const auto push = Run();
  ASSERT_FALSE(push);
  EXPECT_NE(push.error().message().find("r.example/x:1: the tag has moved"), std::string::npos);
}

TEST_F(Resolving, OnlyTheTagTells) {
  RegistryHolds("1", pushed_);
  const auto push = Run("");
  ASSERT_TRUE(push);
  EXPECT_FALSE(push->certain);
  EXPECT_EQ(push->how, "unknown");
}

TEST_F(Resolving, SeveralDigestsOfOneImage) {
  EngineHolds(IdOf('a'), IdOf('a'),
              {"r.example/x@" + IdOf('8'), "r.example/x@" + DigestOf(pushed_)});
  RegistryHolds("1", ManifestWith(IdOf('b')));
  RegistryHolds(DigestOf(pushed_), pushed_);
  const auto push = Run();
  ASSERT_TRUE(push);
  EXPECT_EQ(push->digest, DigestOf(pushed_));
  EXPECT_FALSE(push->certain);
}

TEST_F(Resolving, TheEngineReachesARegistryThatWeDoNot) {
  transport_.On("GET http://localhost/v1.41/distribution/r.example/x:1/json", 200,
                R"({"Descriptor":{"mediaType":"m","digest":")" + DigestOf(pushed_) +
                    R"(","size":3},"Platforms":[{"architecture":"amd64","os":"linux"}]})");
  transport_.On("GET https://r.example/*",
                [](const net::HttpRequest&, Deadline) -> Result<net::HttpResponse> {
                  return Fail(Errc::kUnavailable, "certificate verify failed");
                });
  const auto push = Run();
  ASSERT_TRUE(push) << push.error().message();
  EXPECT_EQ(push->digest, DigestOf(pushed_));
  EXPECT_EQ(push->platform, "linux/amd64");
  EXPECT_FALSE(push->certain);
}

// The containerd store: an image's id is the digest of what was pushed, here an index.
class ResolvingAnIndex : public Resolving {
 protected:
  ResolvingAnIndex() {
    info_.store = ImageStore::kContainerd;
    amd_ = ManifestWith(IdOf('1'), kOciManifestType);
    arm_ = ManifestWith(IdOf('2'), kOciManifestType);
    const auto entry = [](const std::string& digest, const std::string& platform) {
      return std::string(
                 R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","size":9,"digest":")") +
             digest + R"(","platform":)" + platform + "}";
    };
    index_ = std::string(R"({"schemaVersion":2,"mediaType":")") + kIndexType +
             R"(","manifests":[)" +
             entry(DigestOf(amd_), R"({"os":"linux","architecture":"amd64"})") + "," +
             entry(DigestOf(arm_), R"({"os":"linux","architecture":"arm64"})") + "," +
             entry(IdOf('3'), R"({"os":"unknown","architecture":"unknown"})") + "]}";
    EngineHolds(DigestOf(index_), DigestOf(index_), {"r.example/x@" + DigestOf(index_)});
    RegistryHolds("1", index_, kIndexType);
    RegistryHolds(DigestOf(amd_), amd_, kOciManifestType);
    RegistryHolds(DigestOf(arm_), arm_, kOciManifestType);
  }
  std::string amd_, arm_, index_;
};

TEST_F(ResolvingAnIndex, NamesItsPlatformImages) {
  const auto push = Run(DigestOf(index_));
  ASSERT_TRUE(push) << push.error().message();
  EXPECT_EQ(push->digest, DigestOf(index_));
  EXPECT_TRUE(push->config_digest.empty());
  EXPECT_EQ(push->how, "built");
  ASSERT_EQ(push->manifests.size(), 2u);  // an attestation is not an image
  EXPECT_EQ(push->manifests[0].digest, DigestOf(amd_));
  EXPECT_EQ(push->manifests[0].platform, "linux/amd64");
  EXPECT_EQ(push->manifests[1].config_digest, IdOf('2'));
}

TEST_F(ResolvingAnIndex, AroundOthersImagesIsAssembled) {
  EngineImage held;
  held.id = DigestOf(amd_);
  held_.push_back(held);
  EXPECT_EQ(Run(DigestOf(index_))->how, "built");  // one of them is new
  EngineImage other;
  other.id = IdOf('5');
  other.manifests = {DigestOf(arm_)};
  held_.push_back(other);
  EXPECT_EQ(Run(DigestOf(index_))->how, "assembled");
}

}  // namespace
}  // namespace hullmark::collector
