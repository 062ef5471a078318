// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/manifest.h"

#include <algorithm>
#include <optional>

#include "base/codec/json.h"
#include "base/text.h"
#include "sources/oci/json_fields.h"

namespace hullmark::oci {
namespace {

using codec::Json;

constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view kDockerList =
    "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
constexpr std::string_view kSchema1 = "application/vnd.docker.distribution.manifest.v1+json";
constexpr std::string_view kSchema1Signed =
    "application/vnd.docker.distribution.manifest.v1+prettyjws";

enum class Shape { kManifest, kIndex };

bool IsManifestType(std::string_view type) {
  return type == kOciManifest || type == kDockerManifest;
}
bool IsIndexType(std::string_view type) { return type == kOciIndex || type == kDockerList; }

// Layers of a container's file system, whatever their compression or encryption.
bool IsFileSystemLayer(std::string_view type) {
  return type.starts_with("application/vnd.oci.image.layer.") ||
         (type.starts_with("application/vnd.docker.") && type.contains("rootfs"));
}

Result<std::string> PlatformOf(Json platform) {
  if (platform.missing() || platform.IsNull()) return std::string();
  if (!platform.IsObject()) return Fail(Errc::kInputRefused, "platform: want an object");
  const std::string os = HM_TRY(TextMember(platform, "os"));
  const std::string architecture = HM_TRY(TextMember(platform, "architecture"));
  const std::string variant = HM_TRY(TextMember(platform, "variant"));
  if (os.empty() && architecture.empty()) return std::string();
  return Cat({os, "/", architecture, variant.empty() ? "" : "/", variant});
}

Result<Descriptor> ReadDescriptor(Json json) {
  if (!json.IsObject()) return Fail(Errc::kInputRefused, "want a descriptor object");
  const Digest digest = HM_TRY(DigestMember(json, "digest"));
  Descriptor descriptor{{}, digest, 0, {}, {}, {}};
  descriptor.media_type = HM_TRY(TextMember(json, "mediaType"));
  const std::optional<std::int64_t> size = json["size"].Int();
  if (!size || *size < 0) {
    return Fail(Errc::kInputRefused, "size: want the number of bytes, a whole number");
  }
  descriptor.size = static_cast<std::uint64_t>(*size);
  descriptor.platform = HM_TRY(PlatformOf(json["platform"]));
  descriptor.artifact_type = HM_TRY(TextMember(json, "artifactType"));
  descriptor.annotations = HM_TRY(PairsMember(json, "annotations"));
  return descriptor;
}

Result<std::vector<Descriptor>> ReadDescriptors(Json list, std::string_view name,
                                                std::size_t max_count) {
  // null stands for an empty list where a Go program wrote a nil slice.
  if (list.missing() || list.IsNull()) return std::vector<Descriptor>();
  if (!list.IsArray()) return Fail(Errc::kInputRefused, Cat({name, ": want a list"}));
  if (list.size() > max_count) {
    return Fail(Errc::kResourceExhausted,
                Cat({name, ": more than ", std::to_string(max_count), " entries"}));
  }
  std::vector<Descriptor> descriptors;
  descriptors.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    Result<Descriptor> descriptor = ReadDescriptor(list.At(i));
    if (!descriptor) {
      return Fail(std::move(descriptor).error(), Cat({name, "[", std::to_string(i), "]"}));
    }
    descriptors.push_back(*std::move(descriptor));
  }
  return descriptors;
}

Result<std::vector<Descriptor>> ReadSubject(Json json) {
  if (json.missing() || json.IsNull()) return std::vector<Descriptor>();
  Result<Descriptor> subject = ReadDescriptor(json);
  if (!subject) return Fail(std::move(subject).error(), "subject");
  std::vector<Descriptor> one;
  one.push_back(*std::move(subject));
  return one;
}

std::unexpected<Error> Schema1Refused() {
  return Fail(Errc::kUnsupported,
              "a Docker schema 1 manifest, which names no config; push the image again with a "
              "current tool");
}

// What the document is, by the response, by itself, and by what it holds, which must agree.
Result<Shape> ShapeOf(Json root, std::string_view media_type) {
  const bool like_index = root["manifests"].IsArray();
  const bool like_manifest = !root["config"].missing() || !root["layers"].missing();
  if ((like_index || !root["manifests"].missing()) && like_manifest) {
    return Fail(Errc::kInputRefused,
                "both a manifest and an index: it has `manifests` beside `config` or `layers`");
  }
  if (IsIndexType(media_type)) {
    if (like_manifest) return Fail(Errc::kInputRefused, "says it is an index and is a manifest");
    return Shape::kIndex;
  }
  if (IsManifestType(media_type)) {
    if (like_index) return Fail(Errc::kInputRefused, "says it is a manifest and is an index");
    return Shape::kManifest;
  }
  if (!media_type.empty()) {
    return Fail(Errc::kUnsupported, Cat({Quote(media_type), " is not a manifest's media type"}));
  }
  if (like_index) return Shape::kIndex;
  if (like_manifest) return Shape::kManifest;
  return Fail(Errc::kInputRefused, "neither a manifest nor an index");
}

Result<Document> ReadIndex(Json root, std::string media_type, const ManifestLimits& limits) {
  Index index;
  index.media_type = media_type.empty() ? std::string(kOciIndex) : std::move(media_type);
  index.artifact_type = HM_TRY(TextMember(root, "artifactType"));
  index.manifests = HM_TRY(ReadDescriptors(root["manifests"], "manifests", limits.max_manifests));
  index.subject = HM_TRY(ReadSubject(root["subject"]));
  index.annotations = HM_TRY(PairsMember(root, "annotations"));
  return Document(std::move(index));
}

Result<Document> ReadManifest(Json root, std::string media_type, const ManifestLimits& limits) {
  Result<Descriptor> config = ReadDescriptor(root["config"]);
  if (!config) return Fail(std::move(config).error(), "config");
  Manifest manifest{{}, {}, *std::move(config), {}, {}, {}};
  manifest.media_type = media_type.empty() ? std::string(kOciManifest) : std::move(media_type);
  manifest.artifact_type = HM_TRY(TextMember(root, "artifactType"));
  manifest.layers = HM_TRY(ReadDescriptors(root["layers"], "layers", limits.max_layers));
  manifest.subject = HM_TRY(ReadSubject(root["subject"]));
  manifest.annotations = HM_TRY(PairsMember(root, "annotations"));
  return Document(std::move(manifest));
}

Result<Document> ReadDocument(std::string_view bytes, std::string_view content_type,
                              const ManifestLimits& limits) {
  const codec::JsonDocument json = HM_TRY(codec::JsonDocument::Parse(
      bytes, {.max_bytes = limits.max_bytes, .max_depth = limits.max_depth}));
  const Json root = json.root();
  if (!root.IsObject()) return Fail(Errc::kInputRefused, "want a JSON object");

  const std::string said = ToLower(Trim(content_type.substr(0, content_type.find(';'))));
  std::string media_type = HM_TRY(TextMember(root, "mediaType"));
  if (said == kSchema1 || said == kSchema1Signed || root["schemaVersion"].Int() == 1) {
    return Schema1Refused();
  }
  if (!said.empty() && !media_type.empty() && said != media_type) {
    return Fail(Errc::kInputRefused, Cat({"the response says ", Quote(said),
                                          " and the document says ", Quote(media_type)}));
  }
  if (media_type.empty()) media_type = said;
  if (root["schemaVersion"].Int() != 2) return Fail(Errc::kInputRefused, "schemaVersion: want 2");
  const Shape shape = HM_TRY(ShapeOf(root, media_type));
  if (shape == Shape::kIndex) return ReadIndex(root, std::move(media_type), limits);
  return ReadManifest(root, std::move(media_type), limits);
}

}  // namespace

Result<Document> ParseDocument(std::string_view bytes, std::string_view content_type,
                               const ManifestLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return Fail(Errc::kResourceExhausted,
                Cat({"manifest: longer than ", std::to_string(limits.max_bytes), " bytes"}));
  }
  Result<Document> document = ReadDocument(bytes, content_type, limits);
  if (!document) return Fail(std::move(document).error(), "manifest");
  return document;
}

bool Descriptor::IsAttestation() const {
  if (platform == "unknown/unknown") return true;
  return std::ranges::any_of(annotations, [](const auto& annotation) {
    return annotation.first == "vnd.docker.reference.type" &&
           annotation.second == "attestation-manifest";
  });
}

bool Manifest::IsImage() const {
  if (config.media_type != kOciConfig && config.media_type != kDockerConfig) return false;
  if (!subject.empty()) return false;
  // Cosign's signatures and BuildKit's attestations carry an image config, and layers that are no
  // file system.
  return layers.empty() || std::ranges::any_of(layers, [](const Descriptor& layer) {
           return IsFileSystemLayer(layer.media_type);
         });
}

bool Index::IsImageIndex() const {
  if (!artifact_type.empty() || !subject.empty()) return false;
  return manifests.empty() || std::ranges::any_of(manifests, [](const Descriptor& child) {
           return child.artifact_type.empty() && !child.IsAttestation() &&
                  (IsManifestType(child.media_type) || IsIndexType(child.media_type));
         });
}

}  // namespace hullmark::oci
