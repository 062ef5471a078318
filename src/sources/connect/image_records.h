// SPDX-License-Identifier: Apache-2.0
//
// What a manifest, index or config says, as properties of the entity it names.  Pure.
#pragma once
#include <optional>
#include <string_view>

#include "core/model/observation.h"
#include "sources/oci/manifest.h"

namespace hullmark::connect {

/// `config` is the manifest's, checked against its digest.
model::EntityRecord ImageRecord(const Digest& digest, const oci::Manifest& manifest,
                                const oci::ImageConfig& config);
model::EntityRecord IndexRecord(const Digest& digest, const oci::Index& index);
/// A signature, chart, SBOM or other artifact: a digest that is known to be no image.
model::EntityRecord ArtifactRecord(const Digest& digest, std::string_view media_type);

/// An index's entry that may be an image or an index of images.
bool MayBeImage(const oci::Descriptor& entry);

}  // namespace hullmark::connect
