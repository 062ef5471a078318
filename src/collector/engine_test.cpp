// SPDX-License-Identifier: Apache-2.0
#include "collector/engine.h"

#include <gtest/gtest.h>

#include "collector/test_transport.h"

namespace hullmark::collector {
namespace {

class FixedClock final : public Clock {
 public:
  Timestamp Now() const override { return Timestamp::FromSeconds(1'000'000); }
};

const Endpoint kSocket{"unix:///d.sock", "/d.sock", "http://localhost"};

Result<Engine> ConnectTo(TestTransport& transport, const std::string& version) {
  transport.On("GET http://localhost/_ping", 200, "OK", HeadersOf("Api-Version", version));
  return Engine::Connect(transport, kSocket, DeadlineIn(std::chrono::seconds(5)));
}

struct VersionCase {
  std::string_view name, offered, used;
};
constexpr VersionCase kVersions[] = {{"debian", "1.41", "1.41"}, {"same", "1.52", "1.52"},
                                     {"newer", "1.56", "1.52"},  {"oldest", "1.24", "1.24"},
                                     {"too_old", "1.12", ""},    {"not_one", "2.0", ""},
                                     {"words", "latest", ""},    {"huge", "1.99999999", ""}};
class Versions : public testing::TestWithParam<VersionCase> {};
TEST_P(Versions, AreNegotiated) {
  TestTransport transport;
  const auto engine = ConnectTo(transport, std::string(GetParam().offered));
  EXPECT_EQ(engine ? engine->api_version() : "", GetParam().used);
  if (!engine) {
    EXPECT_EQ(engine.error().code(), Errc::kUnsupported);
  }
  for (const auto& request : transport.Requests("*")) EXPECT_EQ(request.unix_socket, "/d.sock");
}
INSTANTIATE_TEST_SUITE_P(Cases, Versions, testing::ValuesIn(kVersions),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(Engine, AsksForTheVersionWhereAProxyDropsTheHeader) {
  TestTransport transport;
  transport.On("GET http://localhost/_ping", 403, "");
  transport.On("GET http://localhost/version", 200, R"({"ApiVersion":"1.44"})");
  const auto engine = Engine::Connect(transport, kSocket, DeadlineIn(std::chrono::seconds(5)));
  ASSERT_TRUE(engine);
  EXPECT_EQ(engine->api_version(), "1.44");
}

TEST(Engine, TellsTheStores) {
  TestTransport classic;
  classic.On("GET http://localhost/v1.41/info", 200, kClassicInfo);
  auto info = ConnectTo(classic, "1.41")->Info(FixedClock());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->store, ImageStore::kClassic);
  EXPECT_EQ(info->id, "HR7Y:IW3R");
  EXPECT_EQ(info->now.ToString(), "2026-11-21T22:37:58.092674Z");
  EXPECT_EQ(info->plain, std::vector<std::string>{"plain.example:5000"});

  TestTransport containerd;
  containerd.On("GET http://localhost/v1.52/info", 200, kContainerdInfo);
  info = ConnectTo(containerd, "1.54")->Info(FixedClock());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->store, ImageStore::kContainerd);
}

TEST(Engine, DoesWithoutInfoBehindAProxy) {
  TestTransport transport;
  transport.On("GET http://localhost/v1.41/info", 403, "Forbidden");
  const auto info = ConnectTo(transport, "1.41")->Info(FixedClock());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->store, ImageStore::kUnknown);
  EXPECT_FALSE(info->engine_clock);
  EXPECT_EQ(info->now, Timestamp::FromSeconds(1'000'000));
}

TEST(Engine, ReadsClassicImages) {
  TestTransport transport;
  transport.On(
      "GET http://localhost/v1.41/images/json?all=1", 200,
      R"([{"Containers":-1,"Created":1795300676,"Id":"sha256:24","Labels":null,"ParentId":"",)"
      R"("RepoDigests":["<none>@<none>"],"RepoTags":["<none>:<none>"],"Size":1},)"
      R"({"Id":"sha256:a4","RepoDigests":["127.0.0.1:1/x/y@sha256:ca"],"RepoTags":null},)"
      R"({"Id":"sha256:5d","RepoDigests":null,"RepoTags":["127.0.0.1:1/x/z:2","base:1"]}])");
  const auto images = ConnectTo(transport, "1.41")->Images();
  ASSERT_TRUE(images);
  ASSERT_EQ(images->size(), 3u);
  EXPECT_TRUE((*images)[0].tags.empty());
  EXPECT_TRUE((*images)[0].digests.empty());
  EXPECT_EQ((*images)[1].digests, std::vector<std::string>{"127.0.0.1:1/x/y@sha256:ca"});
  EXPECT_EQ((*images)[2].tags, (std::vector<std::string>{"127.0.0.1:1/x/z:2", "base:1"}));
}

TEST(Engine, ReadsTheManifestsOfTheContainerdStore) {
  TestTransport transport;
  transport.On(
      "GET http://localhost/v1.48/images/json?all=1&manifests=1", 200,
      R"([{"Id":"sha256:1d","RepoTags":["a:1"],"RepoDigests":["a@sha256:1d"],"Descriptor":{},)"
      R"("Manifests":[{"ID":"sha256:11","Available":true,"Kind":"image"},)"
      R"({"ID":"sha256:12","Available":false,"Kind":"image"},)"
      R"({"ID":"sha256:13","Available":true,"Kind":"attestation"}]}])");
  const auto images = ConnectTo(transport, "1.48")->Images();
  ASSERT_TRUE(images);
  EXPECT_EQ(images->front().manifests, std::vector<std::string>{"sha256:11"});
}

TEST(Engine, InspectsByNameWithSlashesAndDigests) {
  TestTransport transport;
  transport.On(
      "GET http://localhost/v1.41/images/127.0.0.1:1/x/y@sha256:ab/json", 200,
      R"({"Id":"sha256:cd","RepoTags":[],"RepoDigests":["127.0.0.1:1/x/y@sha256:ab"],)"
      R"("Created":"2026-11-21T22:44:07.616671255Z","Architecture":"arm64","Variant":"v8","Os":"linux"})");
  const auto engine = ConnectTo(transport, "1.41");
  const auto image = engine->Inspect("127.0.0.1:1/x/y@sha256:ab");
  ASSERT_TRUE(image);
  ASSERT_TRUE(*image);
  EXPECT_EQ((*image)->id, "sha256:cd");
  EXPECT_EQ((*image)->platform, "linux/arm64/v8");
  const auto none = engine->Inspect("no such");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_FALSE(transport.Requests("*/images/no%20such/json").empty());
}

TEST(Engine, PassesOnWhatTheEngineSays) {
  TestTransport transport;
  transport.On(
      "GET http://localhost/v1.41/events*", 400,
      R"({"message":"client version 1.41 is too old. Minimum supported API version is 1.44"})");
  const auto events = ConnectTo(transport, "1.41")->Events({}, {});
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().code(), Errc::kUnsupported);
  EXPECT_NE(events.error().message().find("too old"), std::string::npos);
}

TEST(Engine, AsksForEventsByItsOwnClock) {
  TestTransport transport;
  transport.On(
      "GET http://localhost/v1.41/events*", 200,
      "{\"Type\":\"image\",\"Action\":\"push\",\"Actor\":{\"ID\":\"a/b:1\"},\"timeNano\":7}\n");
  const auto events =
      ConnectTo(transport, "1.41")->Events(Timestamp{1'000'001}, Timestamp{2'500'000});
  ASSERT_TRUE(events);
  EXPECT_EQ(events->events().size(), 1u);
  EXPECT_EQ(transport.Requests("*/events?since=1.000001000&until=2.500000000").size(), 1u);
}

TEST(Engine, RefusesMoreImagesThanTheLimit) {
  TestTransport transport;
  transport.On("GET http://localhost/_ping", 200, "OK", HeadersOf("Api-Version", "1.41"));
  transport.On("GET http://localhost/v1.41/images/json*", 200, R"([{"Id":"a"},{"Id":"b"}])");
  const auto engine = Engine::Connect(transport, kSocket, DeadlineIn(std::chrono::seconds(5)), {},
                                      {.max_images = 1});
  EXPECT_EQ(engine->Images().error().code(), Errc::kResourceExhausted);
}

TEST(Engine, AsksTheRegistryThroughTheEngine) {
  TestTransport transport;
  transport.On(
      "GET http://localhost/v1.41/distribution/r.example/x:1/json", 200,
      R"({"Descriptor":{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:aa",)"
      R"("size":3},"Platforms":[{"architecture":"amd64","os":"linux"},{"architecture":"unknown","os":"unknown"}]})");
  const auto reference = codec::ImageReference::Parse("r.example/x:1");
  const auto answer = ConnectTo(transport, "1.41")->Distribution(*reference, "me", "pass?>");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->digest, "sha256:aa");
  EXPECT_EQ(answer->platforms, std::vector<std::string>{"linux/amd64"});
  const auto request = transport.Requests("*/distribution/*").front();
  const std::string auth = *request.headers.Find("X-Registry-Auth");
  EXPECT_EQ(auth.size() % 4, 0u);
  EXPECT_EQ(auth.find_first_of("+/"), std::string::npos);
}

}  // namespace
}  // namespace hullmark::collector
