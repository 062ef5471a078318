// SPDX-License-Identifier: Apache-2.0
//
// Files of the tree that the program carries inside.  Thread-safety: constants.
#pragma once
#include <string_view>

namespace hullmark::api {

/// openapi.json, as it stands in the tree.
std::string_view OpenApiDocument();

}  // namespace hullmark::api
