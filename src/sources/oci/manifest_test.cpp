// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/manifest.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace hullmark::oci {
namespace {

const std::string kA = "sha256:" + std::string(64, 'a');
const std::string kB = "sha256:" + std::string(64, 'b');

std::string Descriptor(std::string_view type, std::string_view digest, std::string_view more = "") {
  return Cat({R"({"mediaType":")", type, R"(","digest":")", digest, R"(","size":7)", more, "}"});
}

constexpr std::string_view kConfigType = "application/vnd.oci.image.config.v1+json";
constexpr std::string_view kLayerType = "application/vnd.oci.image.layer.v1.tar+gzip";
constexpr std::string_view kOciType = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view kDockerType = "application/vnd.docker.distribution.manifest.v2+json";

std::string ManifestText(std::string_view head, std::string_view config_type = kConfigType,
                         std::string_view layer_type = kLayerType, std::string_view more = "") {
  return Cat({R"({"schemaVersion":2,)", head, R"("config":)", Descriptor(config_type, kA),
              R"(,"layers":[)", Descriptor(layer_type, kB), "]", more, "}"});
}

TEST(ParseDocument, ReadsAManifest) {
  const auto document = ParseDocument(ManifestText(R"("annotations":{"b":"2","a":"1"},)"),
                                      "application/vnd.oci.image.manifest.v1+json; charset=utf-8");
  ASSERT_TRUE(document) << document.error().message();
  const auto& manifest = std::get<Manifest>(*document);
  EXPECT_EQ(manifest.media_type, kOciType);
  EXPECT_EQ(manifest.config.digest.ToString(), kA);
  ASSERT_EQ(manifest.layers.size(), 1U);
  EXPECT_EQ(manifest.layers[0].size, 7U);
  EXPECT_EQ(manifest.annotations, (Pairs{{"a", "1"}, {"b", "2"}}));
  EXPECT_TRUE(manifest.IsImage());
}

TEST(ParseDocument, ReadsAnIndex) {
  const std::string text =
      Cat({R"({"schemaVersion":2,"mediaType":")", kIndexType, R"(","manifests":[)",
           Descriptor(kOciType, kA,
                      R"(,"platform":{"os":"linux","architecture":"arm","variant":"v7"})"),
           ",",
           Descriptor(kOciType, kB,
                      R"(,"platform":{"os":"unknown","architecture":"unknown"},"annotations":)"
                      R"({"vnd.docker.reference.type":"attestation-manifest"})"),
           "]}"});
  const auto document = ParseDocument(text, kIndexType);
  ASSERT_TRUE(document) << document.error().message();
  const auto& index = std::get<Index>(*document);
  ASSERT_EQ(index.manifests.size(), 2U);
  EXPECT_EQ(index.manifests[0].platform, "linux/arm/v7");
  EXPECT_FALSE(index.manifests[0].IsAttestation());
  EXPECT_TRUE(index.manifests[1].IsAttestation());
  EXPECT_TRUE(index.IsImageIndex());
}

struct RefusedCase {
  std::string_view name;
  std::string text;
  std::string_view content_type;
  Errc code;
  std::string_view says;
};

const RefusedCase kRefused[] = {
    {"not_json", "<html>", kOciType, Errc::kInputRefused, "json"},
    {"not_an_object", "[]", kOciType, Errc::kInputRefused, "want a JSON object"},
    {"duplicate_key", R"({"schemaVersion":2,"schemaVersion":2})", kOciType, Errc::kInputRefused,
     ""},
    {"lying_content_type",
     ManifestText(R"("mediaType":"application/vnd.oci.image.manifest.v1+json",)"), kDockerType,
     Errc::kInputRefused, "the document says"},
    {"html_content_type", ManifestText(""), "text/html", Errc::kUnsupported, "text/html"},
    {"both_at_once", ManifestText(R"("manifests":[],)"), kOciType, Errc::kInputRefused,
     "both a manifest and an index"},
    {"both_with_null", ManifestText(R"("manifests":null,)"), kOciType, Errc::kInputRefused,
     "both a manifest and an index"},
    {"manifest_called_index", ManifestText(""), kIndexType, Errc::kInputRefused,
     "says it is an index"},
    {"index_called_manifest", R"({"schemaVersion":2,"manifests":[]})", kOciType,
     Errc::kInputRefused, "says it is a manifest"},
    {"neither", R"({"schemaVersion":2})", "", Errc::kInputRefused, "neither"},
    {"schema1", R"({"schemaVersion":1,"name":"a","tag":"b","fsLayers":[],"history":[]})",
     "application/vnd.docker.distribution.manifest.v1+prettyjws", Errc::kUnsupported, "schema 1"},
    {"schema1_by_body", R"({"schemaVersion":1})", "", Errc::kUnsupported, "schema 1"},
    {"schema3", R"({"schemaVersion":3,"manifests":[]})", kIndexType, Errc::kInputRefused,
     "schemaVersion"},
    {"no_config", R"({"schemaVersion":2,"layers":[]})", kOciType, Errc::kInputRefused, "config"},
    {"upper_case_digest",
     Cat({R"({"schemaVersion":2,"config":)",
          Descriptor(kConfigType, "sha256:" + std::string(64, 'A')), "}"}),
     kOciType, Errc::kInputRefused, "digest"},
    {"sha512",
     Cat({R"({"schemaVersion":2,"config":)",
          Descriptor(kConfigType, "sha512:" + std::string(128, 'a')), "}"}),
     kOciType, Errc::kUnsupported, "sha256"},
    {"negative_size",
     Cat({R"({"schemaVersion":2,"config":{"mediaType":"x","digest":")", kA, R"(","size":-1}})"}),
     kOciType, Errc::kInputRefused, "size"},
    {"annotation_not_text", ManifestText(R"("annotations":{"a":1},)"), kOciType,
     Errc::kInputRefused, "annotations"},
    {"layers_not_a_list",
     Cat({R"({"schemaVersion":2,"config":)", Descriptor(kConfigType, kA), R"(,"layers":{}})"}),
     kOciType, Errc::kInputRefused, "layers"},
    {"platform_not_an_object",
     Cat({R"({"schemaVersion":2,"manifests":[)", Descriptor(kOciType, kA, R"(,"platform":7)"),
          "]}"}),
     kIndexType, Errc::kInputRefused, "manifests[0]"},
};

class ParseDocumentRefuses : public testing::TestWithParam<RefusedCase> {};
TEST_P(ParseDocumentRefuses, WithItsReason) {
  const auto document = ParseDocument(GetParam().text, GetParam().content_type);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code(), GetParam().code) << document.error().message();
  EXPECT_TRUE(document.error().message().contains(GetParam().says)) << document.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, ParseDocumentRefuses, testing::ValuesIn(kRefused),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ParseDocument, HoldsItsLimits) {
  const std::string two_layers =
      Cat({R"({"schemaVersion":2,"config":)", Descriptor(kConfigType, kA), R"(,"layers":[)",
           Descriptor(kLayerType, kA), ",", Descriptor(kLayerType, kB), "]}"});
  const std::string two_manifests =
      Cat({R"({"schemaVersion":2,"manifests":[)", Descriptor(kOciType, kA), ",",
           Descriptor(kOciType, kB), "]}"});
  struct {
    std::string_view name;
    std::string text;
    ManifestLimits limits;
  } const cases[] = {
      {"bytes", two_layers, {.max_bytes = two_layers.size() - 1}},
      {"layers", two_layers, {.max_layers = 1}},
      {"manifests", two_manifests, {.max_manifests = 1}},
  };
  for (const auto& c : cases) {
    EXPECT_TRUE(ParseDocument(c.text, "")) << c.name;
    const auto refused = ParseDocument(c.text, "", c.limits);
    ASSERT_FALSE(refused) << c.name;
    EXPECT_EQ(refused.error().code(), Errc::kResourceExhausted) << c.name;
  }
  EXPECT_FALSE(ParseDocument(two_layers, "", {.max_depth = 2}));
}

struct ImageCase {
  std::string_view name;
  std::string text;
  bool is_image;
};
const ImageCase kImages[] = {
    {"oci", ManifestText(""), true},
    {"docker",
     ManifestText("", "application/vnd.docker.container.image.v1+json",
                  "application/vnd.docker.image.rootfs.diff.tar.gzip"),
     true},
    {"docker_foreign_layer",
     ManifestText("", "application/vnd.docker.container.image.v1+json",
                  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
     true},
    {"zstd", ManifestText("", kConfigType, "application/vnd.oci.image.layer.v1.tar+zstd"), true},
    {"no_layers",
     Cat({R"({"schemaVersion":2,"config":)", Descriptor(kConfigType, kA), R"(,"layers":[]})"}),
     true},
    {"cosign_signature",
     ManifestText("", kConfigType, "application/vnd.dev.cosign.simplesigning.v1+json"), false},
    {"buildkit_attestation", ManifestText("", kConfigType, "application/vnd.in-toto+json"), false},
    {"helm_chart",
     ManifestText("", "application/vnd.cncf.helm.config.v1+json",
                  "application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
     false},
    {"sbom_artifact",
     ManifestText(R"("artifactType":"application/spdx+json",)", "application/vnd.oci.empty.v1+json",
                  "application/spdx+json"),
     false},
    {"has_a_subject",
     ManifestText("", kConfigType, kLayerType, Cat({R"(,"subject":)", Descriptor(kOciType, kB)})),
     false},
};
class IsImage : public testing::TestWithParam<ImageCase> {};
TEST_P(IsImage, TellsImagesFromArtifacts) {
  const auto document = ParseDocument(GetParam().text, "");
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_EQ(std::get<Manifest>(*document).IsImage(), GetParam().is_image);
}
INSTANTIATE_TEST_SUITE_P(Cases, IsImage, testing::ValuesIn(kImages),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace hullmark::oci
