// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include "base/text.h"

namespace hullmark {

Result<Digest> Digest::Parse(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) {
    return Fail(Errc::kInvalidArgument,
                "digest " + Quote(text) + ": want sha256: and 64 hex characters");
  }
  return ParseHex(text.substr(kPrefix.size()));
}

Result<Digest> Digest::ParseHex(std::string_view hex) {
  Bytes bytes{};
  if (hex.size() != 2 * bytes.size()) {
    return Fail(Errc::kInvalidArgument, "digest " + Quote(hex) + ": want 64 hex characters");
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = LowerHexValue(hex[2 * i]);
    const int low = LowerHexValue(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return Fail(Errc::kInvalidArgument,
                  "digest " + Quote(hex) + ": want lower-case hex characters");
    }
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Digest(bytes);
}

std::string Digest::ToString() const { return "sha256:" + Hex(); }

std::string Digest::Hex() const { return HexOf(bytes_); }

}  // namespace hullmark
