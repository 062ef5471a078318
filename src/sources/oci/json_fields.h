// SPDX-License-Identifier: Apache-2.0
//
// Members of manifests and configs, read strictly: absent and null are empty, another type is
// refused by name.  For this room's parsers.
#pragma once
#include <string>
#include <string_view>

#include "base/codec/json.h"
#include "base/digest.h"
#include "base/result.h"
#include "sources/oci/manifest.h"

namespace hullmark::oci {

Result<std::string> TextMember(codec::Json object, std::string_view name);
Result<Digest> DigestMember(codec::Json object, std::string_view name);
/// An object of strings, sorted by key.
Result<Pairs> PairsMember(codec::Json object, std::string_view name);

}  // namespace hullmark::oci
