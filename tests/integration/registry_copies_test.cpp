// SPDX-License-Identifier: Apache-2.0
//
// What copying tools do to images, for real: an image made with umoci or as Docker writes it,
// copied and recompressed with skopeo.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/net/client/curl_transport.h"
#include "base/scratch_dir.h"
#include "base/text.h"
#include "docker_registry.h"
#include "sources/oci/registry_client.h"

namespace hullmark {
namespace {

using oci::RegistryClient;
using testing_support::DockerRegistry;
using testing_support::Pusher;
using testing_support::RunProgram;

struct Image {
  Digest digest;
  oci::Manifest manifest;
  oci::ImageConfig config;
};

class RegistryCopies : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string_view program : {DockerRegistry::kProgram, std::string_view("skopeo")}) {
      if (!testing_support::IsInstalled(program)) {
        GTEST_SKIP() << program << " is not installed: run tools/install live";
      }
    }
    auto registry = DockerRegistry::Start({});
    ASSERT_TRUE(registry) << registry.error().message();
    registry_ = *std::move(registry);
    oci::RegistryOptions options;
    options.base_url = registry_->url();
    client_ = std::make_unique<RegistryClient>(*curl_, options);
  }

  // skopeo with a home of its own: it remembers blobs it has seen, and then recompresses nothing.
  void Skopeo(std::vector<std::string> arguments) {
    const ScratchDir home;
    std::vector<std::string> all = {"env", Cat({"HOME=", home.path()}),
                                    Cat({"XDG_DATA_HOME=", home.path()}),
                                    Cat({"XDG_RUNTIME_DIR=", home.path()})};
    if (geteuid() == 0) {  // whose memory is not in its home
      for (const char* word : {"unshare", "-m", "sh", "-c",
                               "mkdir -p /var/lib/containers && mount -t tmpfs none "
                               "/var/lib/containers && exec \"$@\"",
                               "sh"}) {
        all.emplace_back(word);
      }
    }
    all.insert(all.end(), {"skopeo", "--insecure-policy"});
    std::ranges::move(arguments, std::back_inserter(all));
    std::string output;
    ASSERT_EQ(RunProgram(all, &output), 0) << output;
  }
  std::string Ref(std::string_view name) const {
    return Cat({"docker://", registry_->host(), "/", name});
  }
  // Decompresses it to a folder and pushes it from there as zstd (a gzip source would be kept).
  void Recompress(std::string_view from, std::string_view to) {
    Skopeo({"copy", "--src-tls-verify=false", "--dest-decompress", Ref(from),
            Cat({"dir:", dir_.Of("plain")})});
    Skopeo({"copy", "--dest-tls-verify=false", "--dest-compress-format", "zstd",
            Cat({"dir:", dir_.Of("plain")}), Ref(to)});
  }
  Image Read(const std::string& repository, const std::string& tag) {
    auto document = client_->GetDocument(repository, tag);
    EXPECT_TRUE(document) << document.error().message();
    auto& manifest = std::get<oci::Manifest>(document->document);
    const auto bytes = client_->GetBlob(repository, manifest.config.digest, 1 << 20);
    EXPECT_TRUE(bytes) << bytes.error().message();
    return {document->digest, std::move(manifest), *oci::ParseConfig(*bytes)};
  }
  static void ExpectRecompressed(const Image& original, const Image& copy) {
    EXPECT_NE(original.digest, copy.digest);
    EXPECT_NE(original.manifest.layers[0].digest, copy.manifest.layers[0].digest);
    EXPECT_TRUE(copy.manifest.layers[0].media_type.ends_with("+zstd"))
        << copy.manifest.layers[0].media_type;
    EXPECT_EQ(original.config.diff_ids, copy.config.diff_ids);
    EXPECT_EQ(original.config.fingerprint, copy.config.fingerprint);
    EXPECT_TRUE(copy.manifest.IsImage());
  }

  const ScratchDir dir_;
  std::unique_ptr<net::HttpTransport> curl_ = net::MakeCurlTransport({});
  std::unique_ptr<DockerRegistry> registry_;
  std::unique_ptr<RegistryClient> client_;
};

TEST_F(RegistryCopies, OfAnImageAsDockerWritesItKeepItsFingerprint) {
  // A tar of one file, gzipped by the system's gzip, under a config with Docker's own members.
  const std::string tar = dir_.Of("layer.tar");
  std::ofstream(dir_.Of("file")) << std::string(100'000, 'x');
  ASSERT_EQ(RunProgram({"tar", "-C", dir_.path(), "-cf", tar, "file"}), 0);
  std::string diff_id;
  ASSERT_EQ(RunProgram({"sha256sum", tar}, &diff_id), 0);
  diff_id.resize(64);
  ASSERT_EQ(RunProgram({"gzip", tar}), 0);
  std::ostringstream layer;
  layer << std::ifstream(tar + ".gz", std::ios::binary).rdbuf();

  Pusher pusher(*curl_, registry_->url());
  const std::string config = Cat(
      {R"({"architecture":"amd64","config":{"Hostname":"","User":"","AttachStdin":false,)"
       R"("Env":["PATH=/usr/bin"],"Cmd":["sh","-c","a && b <c>"],"Image":"sha256:)",
       std::string(64, 'a'),
       R"(","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{"x":"é"}},)"
       R"("container":"abc","container_config":{"Hostname":"abc"},)"
       R"("created":"2026-11-21T20:23:55.120000000Z","docker_version":"20.10.24+dfsg1",)"
       R"("history":[{"created":"2026-11-21T20:23:55.1Z","created_by":"COPY file","empty_layer":false},)"
       R"({"created":"2026-11-21T20:23:55.12Z","created_by":"CMD","empty_layer":true}],)"
       R"("os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:)",
       diff_id, R"("]}})"});
  const auto layer_digest = pusher.PushBlob("shop", layer.str());
  const auto config_digest = pusher.PushBlob("shop", config);
  ASSERT_TRUE(layer_digest && config_digest);
  const std::string type = "application/vnd.docker.distribution.manifest.v2+json";
  ASSERT_TRUE(pusher.PushManifest(
      "shop", "1.0", type,
      Cat({R"({"schemaVersion":2,"mediaType":")", type,
           R"(","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":)",
           std::to_string(config.size()), R"(,"digest":")", config_digest->ToString(),
           R"("},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":)",
           std::to_string(layer.str().size()), R"(,"digest":")", layer_digest->ToString(),
           R"("}]})"})));

  Recompress("shop:1.0", "mirror/shop:zstd");
  const Image original = Read("shop", "1.0");
  const Image copy = Read("mirror/shop", "zstd");
  ExpectRecompressed(original, copy);
  EXPECT_NE(original.manifest.config.digest, copy.manifest.config.digest);

  Skopeo({"copy", "--src-tls-verify=false", "--dest-tls-verify=false", Ref("shop:1.0"),
          Ref("mirror/shop:same")});
  EXPECT_EQ(Read("mirror/shop", "same").digest, original.digest);
  Skopeo({"copy", "--src-tls-verify=false", "--dest-tls-verify=false", "--format", "oci",
          Ref("shop:1.0"), Ref("mirror/shop:oci")});
  EXPECT_EQ(Read("mirror/shop", "oci").config.fingerprint, original.config.fingerprint);
}

TEST_F(RegistryCopies, OfAnImageOfUmociKeepItsFingerprint) {
  for (const std::string_view program : {"umoci", "busybox"}) {
    if (!testing_support::IsInstalled(program)) {
      GTEST_SKIP() << program << " is not installed: run tools/install live";
    }
  }
  const std::string layout = dir_.Of("layout");
  const std::string image = layout + ":base";
  std::filesystem::create_directories(dir_.Of("root/bin"));
  std::filesystem::copy_file("/bin/busybox", dir_.Of("root/bin/busybox"));
  std::string output;
  for (const std::vector<std::string>& step : std::vector<std::vector<std::string>>{
           {"umoci", "init", "--layout", layout},
           {"umoci", "new", "--image", image},
           {"umoci", "insert", "--rootless", "--image", image, dir_.Of("root"), "/"},
           {"umoci", "config", "--image", image, "--config.label", "a=b", "--config.cmd",
            "/bin/busybox"}}) {
    ASSERT_EQ(RunProgram(step, &output), 0) << output;
  }
  Skopeo({"copy", "--dest-tls-verify=false", Cat({"oci:", image}), Ref("base:1")});
  Recompress("base:1", "base:zstd");
  const Image original = Read("base", "1");
  EXPECT_EQ(original.config.labels, (oci::Pairs{{"a", "b"}}));
  ExpectRecompressed(original, Read("base", "zstd"));
}

}  // namespace
}  // namespace hullmark
