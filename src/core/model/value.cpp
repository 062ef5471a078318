// SPDX-License-Identifier: Apache-2.0
#include "core/model/value.h"

#include <algorithm>

namespace hullmark::model {

void PropertyMap::Set(PropertyId id, Value value) {
  const auto at = std::ranges::lower_bound(items_, id, {}, &Item::first);
  if (at != items_.end() && at->first == id) {
    at->second = std::move(value);
  } else {
    items_.emplace(at, id, std::move(value));
  }
}

void PropertyMap::SetText(PropertyId id, std::string_view text) {
  if (!text.empty()) Set(id, std::string(text));
}

const Value* PropertyMap::Find(PropertyId id) const {
  const auto at = std::ranges::lower_bound(items_, id, {}, &Item::first);
  return at != items_.end() && at->first == id ? &at->second : nullptr;
}

std::string_view PropertyMap::Text(PropertyId id) const {
  const Value* value = Find(id);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

}  // namespace hullmark::model
