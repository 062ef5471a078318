// SPDX-License-Identifier: Apache-2.0
//
// Property values and the small sorted map that carries them.  Thread-compatible.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"
#include "core/model/kinds.h"

namespace hullmark::model {

/// The alternatives are in the order of ValueType.
using Value = std::variant<std::string, std::int64_t, bool, Timestamp, std::vector<std::string>>;

inline ValueType TypeOf(const Value& value) { return static_cast<ValueType>(value.index()); }

/// Invariant: sorted by id, each id once.
class PropertyMap {
 public:
  using Item = std::pair<PropertyId, Value>;

  /// Adds or replaces.
  void Set(PropertyId id, Value value);
  /// Adds unless the text is empty: an unknown fact is absent, not "".
  void SetText(PropertyId id, std::string_view text);
  /// Borrowed; null when absent.
  const Value* Find(PropertyId id) const;
  /// The text of a string property; empty when absent or of another type.
  std::string_view Text(PropertyId id) const;

  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  /// Its items, sorted by id; the map is empty afterwards.
  std::vector<Item> Release() { return std::exchange(items_, {}); }

  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

  friend bool operator==(const PropertyMap&, const PropertyMap&) = default;

 private:
  std::vector<Item> items_;
};

}  // namespace hullmark::model
