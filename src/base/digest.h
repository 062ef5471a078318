// SPDX-License-Identifier: Apache-2.0
//
// A sha256 digest as OCI writes it: `sha256:` and 64 lower-case hex characters (image-spec
// descriptor.md, "Digests"). Thread-safety: values; thread-compatible.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hullmark {

class Digest {
 public:
  using Bytes = std::array<std::uint8_t, 32>;

  /// Accepts the canonical form only: upper case is refused, since two spellings of one digest
  /// would be two entities.
  static Result<Digest> Parse(std::string_view text);
  /// The 64 hex characters without their algorithm, as old runtimes print an image id.
  static Result<Digest> ParseHex(std::string_view hex);
  explicit Digest(const Bytes& bytes) : bytes_(bytes) {}

  const Bytes& bytes() const { return bytes_; }
  /// `sha256:…`
  std::string ToString() const;
  /// The 64 hex characters.
  std::string Hex() const;

  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  Bytes bytes_;
};

}  // namespace hullmark
