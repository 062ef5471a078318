// SPDX-License-Identifier: Apache-2.0
#include "core/estate/records/check.h"

#include <algorithm>

#include "base/text.h"

namespace hullmark::records {

Status CheckToken(const ApiToken& token) {
  if (token.id.empty()) return Fail(Errc::kInvalidArgument, "token: the id is empty");
  if (token.role.empty()) return Fail(Errc::kInvalidArgument, "token: the role is empty");
  const bool hash =
      token.secret_sha256.size() == 64 &&
      std::ranges::all_of(token.secret_sha256, [](char c) { return LowerHexValue(c) >= 0; });
  // The value itself is not shown: it may be a secret put in the wrong place.
  if (!hash) return Fail(Errc::kInvalidArgument, "token: the secret's hash is not SHA-256 in hex");
  return {};
}

Status CheckSource(const ConfiguredSource& source) {
  if (source.name.empty()) return Fail(Errc::kInvalidArgument, "source: the name is empty");
  if (source.kind.empty()) return Fail(Errc::kInvalidArgument, "source: the kind is empty");
  const std::string_view settings = Trim(source.settings);
  if (!settings.starts_with('{') || !settings.ends_with('}')) {
    return Fail(Errc::kInvalidArgument,
                Cat({"source ", Quote(source.name), ": the settings are not a JSON object"}));
  }
  return {};
}

}  // namespace hullmark::records
