// SPDX-License-Identifier: Apache-2.0
#include "core/origin/page.h"

#include <algorithm>

#include "base/text.h"

namespace hullmark::origin {

Result<Pager> Pager::Open(std::string_view cursor, std::size_t limit) {
  Pager pager;
  pager.limit_ = std::max<std::size_t>(limit, 1);
  if (cursor.empty()) return pager;
  const auto refuse = [&] {
    return Fail(
        Errc::kInvalidArgument,
        Cat({"cursor ", Quote(cursor), " is none that this server gave; ask again without it"}));
  };
  const auto bytes = DecodeBase64Url(cursor);
  if (!bytes) return refuse();
  const std::vector<std::string_view> parts = Split(AsText(*bytes), '\n');
  if (parts.size() != kLists) return refuse();
  for (std::size_t i = 0; i < kLists; ++i) pager.after_[i] = parts[i];
  pager.is_first_ = false;
  return pager;
}

std::pair<std::size_t, std::size_t> Pager::Take(TraceList list,
                                                const std::vector<std::string>& keys) {
  std::string& after = after_[static_cast<std::size_t>(list)];
  const auto first = std::ranges::upper_bound(keys, after);
  const auto begin = static_cast<std::size_t>(first - keys.begin());
  const std::size_t end = std::min(begin + limit_, keys.size());
  if (end > begin) after = keys[end - 1];
  has_more_ |= end < keys.size();
  return {begin, end};
}

std::optional<std::string> Pager::Next() const {
  if (!has_more_) return std::nullopt;
  const std::string text = Cat({after_[0], "\n", after_[1], "\n", after_[2]});
  return Base64UrlOf(AsBytes(text));
}

}  // namespace hullmark::origin
