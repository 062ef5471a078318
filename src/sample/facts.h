// SPDX-License-Identifier: Apache-2.0
//
// Made-up facts: everything is drawn from the seed and a name, so that a fact does not depend on
// which others were asked for before.  Private to this room.  Thread-safe functions.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hullmark::sample {

/// Draws facts about named things.
class Facts {
 public:
  explicit Facts(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t Number(std::string_view of) const;
  /// Below `end`.  Requires: end > 0.
  std::size_t Below(std::size_t end, std::string_view of) const;
  /// Lower-case hex digits.
  std::string Hex(std::size_t digits, std::string_view of) const;
  /// `sha256:` and 64 hex digits.
  std::string Digest(std::string_view of) const;
  std::string Uuid(std::string_view of) const;
  /// A numeric id as code hosts give them, of `digits` digits.
  std::string Id(int digits, std::string_view of) const;

 private:
  std::uint64_t seed_;
};

}  // namespace hullmark::sample
