// SPDX-License-Identifier: Apache-2.0
//
// Logging in to a real docker-registry: Basic with an htpasswd file, tokens of a token service, and
// a certificate of one's own authority.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "base/net/client/curl_transport.h"
#include "base/scratch_dir.h"
#include "base/text.h"
#include "counting_transport.h"
#include "docker_registry.h"
#include "sources/oci/registry_client.h"
#include "token_service.h"

namespace hullmark {
namespace {

using oci::RegistryClient;
using testing_support::CountingTransport;
using testing_support::DockerRegistry;
using testing_support::MakeCertificate;
using testing_support::TokenService;

// me:s3cret, as `htpasswd -nbB -C 4` writes it.
constexpr std::string_view kHtpasswd =
    "me:$2y$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG\n";

class RegistryAuth : public testing::Test {
 protected:
  void SetUp() override {
    if (!testing_support::IsInstalled(DockerRegistry::kProgram)) {
      GTEST_SKIP() << "docker-registry is not installed: run tools/install live";
    }
  }
  void Start(const DockerRegistry::Options& options) {
    auto registry = DockerRegistry::Start(options);
    ASSERT_TRUE(registry) << registry.error().message();
    registry_ = *std::move(registry);
  }
  RegistryClient Client(std::string user, std::string password) {
    oci::RegistryOptions options;
    options.base_url = registry_->url();
    options.retries = 0;
    options.credentials.username = std::move(user);
    options.credentials.password = std::move(password);
    return RegistryClient(transport_, options);
  }

  const ScratchDir dir_;
  std::unique_ptr<net::HttpTransport> curl_ = net::MakeCurlTransport({});
  CountingTransport transport_{*curl_};
  std::unique_ptr<DockerRegistry> registry_;
};

TEST_F(RegistryAuth, ByPassword) {
  std::ofstream(dir_.Of("htpasswd")) << kHtpasswd;
  Start({.auth = Cat({"  htpasswd: {realm: r, path: ", dir_.Of("htpasswd"), "}"}),
         .certificate_file = {},
         .key_file = {},
         .catalog = {}});
  EXPECT_TRUE(Client("me", "s3cret").Ping());
  EXPECT_TRUE(Client("me", "s3cret").Catalog());
  transport_.Clear();
  EXPECT_EQ(Client("me", "wrong").Ping().error().code(), Errc::kUnauthenticated);
  EXPECT_EQ(transport_.Count("GET", "/v2/"), 2U);
  EXPECT_EQ(Client("", "").Ping().error().code(), Errc::kUnauthenticated);
  EXPECT_EQ(Client("", "").Catalog().error().code(), Errc::kUnsupported);
}

TEST_F(RegistryAuth, ByWhatDockerLoginKeeps) {
  std::ofstream(dir_.Of("htpasswd")) << kHtpasswd;
  Start({.auth = Cat({"  htpasswd: {realm: r, path: ", dir_.Of("htpasswd"), "}"}),
         .certificate_file = {},
         .key_file = {},
         .catalog = {}});
  std::ofstream(dir_.Of("config.json"))
      << Cat({R"({"auths":{")", registry_->host(), R"(":{"auth":"bWU6czNjcmV0"}}})"});
  const auto found = oci::FindCredentials(registry_->host(), dir_.path());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_TRUE(Client(found->username, found->password).Ping());
}

TEST_F(RegistryAuth, ByToken) {
  auto service = TokenService::Start();
  ASSERT_TRUE(service) << service.error().message();
  Start({.auth = (*service)->AuthSection(), .certificate_file = {}, .key_file = {}, .catalog = {}});
  RegistryClient client = Client("me", "s3cret");
  const Status ping = client.Ping();
  EXPECT_TRUE(ping) << ping.error().message();
  EXPECT_EQ((*service)->given(), 1);
  const auto catalog = client.Catalog();
  EXPECT_TRUE(catalog) << catalog.error().message();
  EXPECT_EQ((*service)->given(), 2);
  EXPECT_TRUE(client.Catalog());
  EXPECT_EQ((*service)->given(), 2);  // kept
  const auto tags = client.Tags("shop");
  ASSERT_FALSE(tags);
  EXPECT_EQ(tags.error().code(), Errc::kNotFound) << tags.error().message();  // let in; not there
  EXPECT_EQ((*service)->given(), 3);

  const auto wrong = Client("me", "wrong").Tags("shop");
  EXPECT_EQ(wrong.error().code(), Errc::kUnauthenticated) << wrong.error().message();
  EXPECT_EQ((*service)->given(), 3);
}

TEST_F(RegistryAuth, ByTokenThatRunsOutMidway) {
  auto service = TokenService::Start();
  ASSERT_TRUE(service) << service.error().message();
  (*service)->set_lifetime(0);  // each is over when it arrives, but for the registry's leeway
  Start({.auth = (*service)->AuthSection(), .certificate_file = {}, .key_file = {}, .catalog = {}});
  RegistryClient client = Client("me", "s3cret");
  EXPECT_TRUE(client.Catalog());
  EXPECT_TRUE(client.Catalog());
  EXPECT_EQ((*service)->given(), 2);
}

TEST_F(RegistryAuth, OverTlsOfAnOwnAuthority) {
  ASSERT_TRUE(MakeCertificate(dir_, "registry"));
  ASSERT_TRUE(MakeCertificate(dir_, "other"));
  Start({.auth = {},
         .certificate_file = dir_.Of("registry.crt"),
         .key_file = dir_.Of("registry.key"),
         .catalog = {}});
  const auto ping = [&](const std::string& ca_file) {
    const auto transport = net::MakeCurlTransport({.ca_file = ca_file});
    oci::RegistryOptions options;
    options.base_url = registry_->url();
    options.retries = 0;
    return RegistryClient(*transport, options).Ping();
  };
  const Status trusted = ping(dir_.Of("registry.crt"));
  EXPECT_TRUE(trusted) << trusted.error().message();
  EXPECT_FALSE(ping(dir_.Of("other.crt")));
  EXPECT_FALSE(ping(""));
}

}  // namespace
}  // namespace hullmark
