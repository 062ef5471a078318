// SPDX-License-Identifier: Apache-2.0
//
// Paging of a trace's lists.  A cursor carries the keys of the last items given, not their
// positions: what is added or goes between two pages makes none appear twice.  Thread-compatible.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hullmark::origin {

enum class TraceList { kOrigins, kImages, kRunning };

class Pager {
 public:
  /// kInvalidArgument when the cursor is none of ours.
  static Result<Pager> Open(std::string_view cursor, std::size_t limit);

  bool is_first_page() const { return is_first_; }

  /// Takes from `keys` (ascending) the page that starts after the cursor: from the first number to
  /// before the second.
  std::pair<std::size_t, std::size_t> Take(TraceList list, const std::vector<std::string>& keys);

  /// The next page's cursor; nothing when every list is at its end.
  std::optional<std::string> Next() const;

 private:
  static constexpr std::size_t kLists = 3;

  std::array<std::string, kLists> after_;  // the last key given of each list
  std::size_t limit_ = 0;
  bool is_first_ = true;
  bool has_more_ = false;
};

}  // namespace hullmark::origin
