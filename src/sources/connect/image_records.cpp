// SPDX-License-Identifier: Apache-2.0
#include "sources/connect/image_records.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/time.h"

namespace hullmark::connect {
namespace {

using enum model::PropertyId;

// Build tools keep whole documents in labels (buildpacks: hundreds of KiB); no one asks for those,
// and an entity has room for 256 KiB in one property.
constexpr std::size_t kMaxPairBytes = 32 << 10;
constexpr std::size_t kMaxPairsBytes = 200 << 10;

void SetPairs(model::PropertyMap& properties, model::PropertyId id, const oci::Pairs& pairs) {
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (const auto& [key, value] : pairs) {
    const std::size_t size = key.size() + value.size() + 2;
    if (size > kMaxPairBytes || bytes + size > kMaxPairsBytes) continue;
    bytes += size;
    texts.push_back(Cat({key, "=", value}));
  }
  if (!texts.empty()) properties.Set(id, std::move(texts));
}

template <class List, class ToDigest>
void SetDigests(model::PropertyMap& properties, model::PropertyId id, const List& list,
                ToDigest to_digest) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const auto& item : list) texts.push_back(to_digest(item).ToString());
  if (!texts.empty()) properties.Set(id, std::move(texts));
}

// Of config and layers as stored; a sum that no disk could hold is no size.
std::optional<std::int64_t> SizeOf(const oci::Manifest& manifest) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t size = std::min(manifest.config.size, kMax);
  for (const oci::Descriptor& layer : manifest.layers) {
    if (layer.size > kMax - size) return std::nullopt;
    size += layer.size;
  }
  return static_cast<std::int64_t>(size);
}

}  // namespace

model::EntityRecord ImageRecord(const Digest& digest, const oci::Manifest& manifest,
                                const oci::ImageConfig& config) {
  model::EntityRecord record{model::EntityKind::kImage, digest.ToString(), {}, {}};
  model::PropertyMap& properties = record.properties;
  properties.SetText(kImageMediaType, manifest.media_type);
  if (const std::string text = manifest.config.digest.ToString(); text != oci::kEmptyConfigDigest) {
    properties.SetText(kImageConfigDigest, text);
    properties.SetText(kImageConfigFingerprint, config.fingerprint.ToString());
  }
  SetDigests(properties, kImageDiffIds, config.diff_ids, [](const Digest& id) { return id; });
  SetDigests(properties, kImageLayerDigests, manifest.layers,
             [](const oci::Descriptor& layer) { return layer.digest; });
  properties.SetText(kImagePlatform, config.platform);
  SetPairs(properties, kImageLabels, config.labels);
  SetPairs(properties, kImageAnnotations, manifest.annotations);
  if (const auto size = SizeOf(manifest)) properties.Set(kImageSize, *size);
  // Go writes its zero time for "unknown".
  if (const auto created = Timestamp::Parse(config.created);
      created && !config.created.starts_with("0001-")) {
    properties.Set(kImageCreated, *created);
  }
  return record;
}

model::EntityRecord IndexRecord(const Digest& digest, const oci::Index& index) {
  model::EntityRecord record{model::EntityKind::kImageIndex, digest.ToString(), {}, {}};
  record.properties.SetText(kImageMediaType, index.media_type);
  SetPairs(record.properties, kImageAnnotations, index.annotations);
  return record;
}

model::EntityRecord ArtifactRecord(const Digest& digest, std::string_view media_type) {
  model::EntityRecord record{model::EntityKind::kDigest, digest.ToString(), {}, {}};
  record.properties.SetText(kImageMediaType, media_type);
  return record;
}

bool MayBeImage(const oci::Descriptor& entry) {
  if (entry.IsAttestation() || !entry.artifact_type.empty()) return false;
  return entry.media_type.contains("manifest") || entry.media_type.contains("index");
}

}  // namespace hullmark::connect
