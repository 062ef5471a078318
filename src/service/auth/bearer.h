// SPDX-License-Identifier: Apache-2.0
//
// The credential of an Authorization field.  Thread-safe function.
#pragma once
#include <string_view>

#include "base/result.h"

namespace hullmark::auth {

/// The token of `Bearer <token>` (RFC 6750 §2.1), borrowed from the field; kUnauthenticated when
/// there is none.
Result<std::string_view> BearerOf(std::string_view authorization);

}  // namespace hullmark::auth
