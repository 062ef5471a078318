// SPDX-License-Identifier: Apache-2.0
#include "collector/endpoint.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/crypto/hash.h"
#include "base/file.h"
#include "base/scratch_dir.h"

namespace hullmark::collector {
namespace {

struct EndpointCase {
  std::string_view name, host, socket, url;
  bool ok;
};
constexpr EndpointCase kEndpoints[] = {
    {"unix", "unix:///run/x.sock", "/run/x.sock", "http://localhost", true},
    {"unix_default", "unix://", "/var/run/docker.sock", "http://localhost", true},
    {"unix_relative", "unix://x.sock", "", "", false},
    {"tcp", "tcp://10.0.0.1:2376", "", "http://10.0.0.1:2376", true},
    {"tcp_default_port", "tcp://10.0.0.1", "", "http://10.0.0.1:2375", true},
    {"http", "http://127.0.0.1:80", "", "http://127.0.0.1", true},
    {"ssh", "ssh://me@host", "", "", false},
    {"pipe", "npipe:////./pipe/docker_engine", "", "", false},
    {"path", "/var/run/docker.sock", "", "", false},
};
class Endpoints : public testing::TestWithParam<EndpointCase> {};
TEST_P(Endpoints, AreReadAsDockerReadsThem) {
  const auto endpoint = ParseEndpoint(std::string(GetParam().host), Environment());
  ASSERT_EQ(endpoint.has_value(), GetParam().ok);
  if (!endpoint) return;
  EXPECT_EQ(endpoint->unix_socket, GetParam().socket);
  EXPECT_EQ(endpoint->base_url, GetParam().url);
}
INSTANTIATE_TEST_SUITE_P(Cases, Endpoints, testing::ValuesIn(kEndpoints),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(FindEndpoint, PrefersTheFlagThenTheVariable) {
  const Environment env(Environment::Values{{"DOCKER_HOST", "tcp://127.0.0.1:1"}});
  EXPECT_EQ(FindEndpoint("tcp://127.0.0.1:2", env)->base_url, "http://127.0.0.1:2");
  EXPECT_EQ(FindEndpoint("", env)->base_url, "http://127.0.0.1:1");
  EXPECT_EQ(FindEndpoint("", Environment())->unix_socket, "/var/run/docker.sock");
}

TEST(FindEndpoint, RefusesClientCertificates) {
  const Environment env(
      Environment::Values{{"DOCKER_HOST", "tcp://127.0.0.1:1"}, {"DOCKER_TLS_VERIFY", "1"}});
  const auto endpoint = FindEndpoint("", env);
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().code(), Errc::kUnsupported);
}

TEST(FindEndpoint, FollowsTheCurrentContext) {
  const ScratchDir dir;
  const std::string folder = dir.Of("contexts/meta/" + crypto::Sha256Of("far").Hex());
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(WriteFileAtomically(
      folder + "/meta.json",
      R"({"Name":"far","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///run/far.sock"}}})",
      0600));
  ASSERT_TRUE(WriteFileAtomically(dir.Of("config.json"), R"({"currentContext":"far"})", 0600));
  EXPECT_EQ(FindEndpoint("", Environment(Environment::Values{{"DOCKER_CONFIG", dir.path()}}))
                ->unix_socket,
            "/run/far.sock");
  EXPECT_EQ(FindEndpoint("", Environment(Environment::Values{{"DOCKER_CONFIG", dir.path()},
                                                             {"DOCKER_CONTEXT", "default"}}))
                ->unix_socket,
            "/var/run/docker.sock");
}

}  // namespace
}  // namespace hullmark::collector
