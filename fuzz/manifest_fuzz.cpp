// SPDX-License-Identifier: Apache-2.0
//
// The same bytes as a manifest, as an index and as a config: the limits hold, and a config keeps
// its fingerprint when another program writes it again.
#include <cstdint>
#include <variant>

#include "base/check.h"
#include "base/codec/json.h"
#include "base/text.h"
#include "sources/oci/manifest.h"

namespace {

using hullmark::oci::Descriptor;

constexpr hullmark::oci::ManifestLimits kLimits{.max_layers = 20, .max_manifests = 20};

void CheckMessage(const hullmark::Error& error) {
  HM_CHECK(hullmark::IsValidUtf8(error.message()), "a message can be shown");
}

void CheckDocument(std::string_view bytes, std::string_view content_type) {
  const auto document = hullmark::oci::ParseDocument(bytes, content_type, kLimits);
  if (!document) return CheckMessage(document.error());
  if (const auto* index = std::get_if<hullmark::oci::Index>(&*document)) {
    HM_CHECK(index->manifests.size() <= kLimits.max_manifests, "a limit holds");
    HM_CHECK(index->subject.size() <= 1, "one subject at most");
    bool images = index->manifests.empty();
    for (const Descriptor& entry : index->manifests) images |= !entry.IsAttestation();
    HM_CHECK(images || !index->IsImageIndex(), "attestations alone are no images");
  } else {
    const auto& manifest = std::get<hullmark::oci::Manifest>(*document);
    HM_CHECK(manifest.layers.size() <= kLimits.max_layers, "a limit holds");
    HM_CHECK(!manifest.IsImage() || manifest.subject.empty(), "an image has no subject");
  }
}

void CheckConfig(std::string_view bytes) {
  const auto config = hullmark::oci::ParseConfig(bytes, kLimits);
  if (!config) return CheckMessage(config.error());
  HM_CHECK(config->diff_ids.size() <= kLimits.max_layers, "a limit holds");
  const auto json = hullmark::codec::JsonDocument::Parse(bytes, {.max_depth = kLimits.max_depth});
  HM_CHECK(json.has_value(), "what parses as a config is JSON");
  const auto again = hullmark::oci::ParseConfig(json->root().Dump(), kLimits);
  HM_CHECK(again.has_value() && again->fingerprint == config->fingerprint,
           "a fingerprint survives being written again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = hullmark::AsText({data, size});
  for (const std::string_view content_type :
       {"", "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json; a=b", "text/html"}) {
    CheckDocument(bytes, content_type);
  }
  CheckConfig(bytes);
  return 0;
}
