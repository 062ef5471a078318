// SPDX-License-Identifier: Apache-2.0
//
// Where a text stops being JSON: simdjson says only that it is none.  Used after a refusal, so it
// may be slow; it holds nothing but one byte for each open level.  Thread-safe.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hullmark::bulk {

struct Flaw {
  std::size_t offset = 0;  ///< of the first byte that does not fit
  std::size_t line = 1;
  std::size_t column = 1;  ///< in bytes
  std::string what;
  bool too_deep = false;
};

/// The first place where `text` breaks RFC 8259, is not UTF-8 or nests deeper than `max_depth`;
/// nothing when it is sound.
std::optional<Flaw> FindFlaw(std::string_view text, std::size_t max_depth);

}  // namespace hullmark::bulk
