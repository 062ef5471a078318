// SPDX-License-Identifier: Apache-2.0
//
// Manifests, indexes and configs as values (image-spec manifest.md, image-index.md, config.md, and
// Docker's schema 2).  Bytes are judged here once: what these types hold was well-formed.
// Thread-compatible.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace hullmark::oci {

using Pairs = std::vector<std::pair<std::string, std::string>>;  ///< sorted by key

struct ManifestLimits {
  std::size_t max_bytes = 4 << 20;
  std::size_t max_layers = 1000;
  std::size_t max_manifests = 1000;
  std::size_t max_config_bytes = 8 << 20;
  std::size_t max_depth = 32;
};

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;
  std::string platform;  ///< os/arch[/variant]; empty when absent
  std::string artifact_type;
  Pairs annotations;
  /// BuildKit's provenance and SBOM entries of an index: annotated as attestation-manifest, or for
  /// the platform unknown/unknown.
  bool IsAttestation() const;
};

struct Manifest {
  std::string media_type;
  std::string artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::vector<Descriptor> subject;  ///< none or one
  Pairs annotations;
  /// A runnable image: its config is an image config, its layers are file systems, and it has no
  /// subject.  Signatures, attestations, charts and SBOMs are not.
  bool IsImage() const;
};

struct Index {
  std::string media_type;
  std::string artifact_type;
  std::vector<Descriptor> manifests;
  std::vector<Descriptor> subject;
  Pairs annotations;
  /// An index of images (or an empty one), and not an artifact's or a list of referrers.
  bool IsImageIndex() const;
};

using Document = std::variant<Manifest, Index>;

/// `content_type` is the response's; its parameters are ignored, and empty means unknown.  Where
/// the body has a mediaType too and they differ, refused (distribution-spec).  A body that is a
/// manifest and an index at once is refused, too: two readers would see two images in it.
/// kUnsupported for Docker's schema 1.
Result<Document> ParseDocument(std::string_view bytes, std::string_view content_type,
                               const ManifestLimits& limits = {});

struct ImageConfig {
  std::string platform;          ///< os/arch[/variant]
  std::string created;           ///< as it stands; RFC 3339 or empty
  std::vector<Digest> diff_ids;  ///< bottom first
  Pairs labels;
  /// SHA-256 over the parsed config in one canonical spelling: os, architecture, variant, created,
  /// config, history, rootfs; keys sorted, absent and empty members alike dropped.  Survives
  /// recompression that re-serialises the config (DESIGN.md §3, join rule 3).
  Digest fingerprint;
};
Result<ImageConfig> ParseConfig(std::string_view bytes, const ManifestLimits& limits = {});

/// `application/vnd.oci.empty.v1+json`'s digest: never joins anything.
inline constexpr std::string_view kEmptyConfigDigest =
    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// What to ask for in Accept so that registries do not down-convert.
inline constexpr std::string_view kManifestAccept =
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, */*;q=0.1";

}  // namespace hullmark::oci
