// SPDX-License-Identifier: Apache-2.0
#include "service/auth/bearer.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace hullmark::auth {
namespace {

// RFC 6750 §2.1, b64token.
bool IsTokenCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~+/=").find(c) != std::string_view::npos;
}

}  // namespace

Result<std::string_view> BearerOf(std::string_view authorization) {
  const std::string_view field = Trim(authorization);
  if (field.empty()) {
    return Fail(Errc::kUnauthenticated, "no token: send `Authorization: Bearer <token>`");
  }
  const std::size_t blank = field.find(' ');
  if (blank == std::string_view::npos || !EqualsIgnoreCase(field.substr(0, blank), "Bearer")) {
    return Fail(Errc::kUnauthenticated,
                "Authorization is not of the form `Bearer <token>`: send it so");
  }
  const std::string_view token = Trim(field.substr(blank));
  if (token.empty() || !std::ranges::all_of(token, IsTokenCharacter)) {
    return Fail(Errc::kUnauthenticated, "what follows Bearer is not a token: send the token alone");
  }
  return token;
}

}  // namespace hullmark::auth
