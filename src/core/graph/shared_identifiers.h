// SPDX-License-Identifier: Apache-2.0
//
// Shared identifiers: properties whose value, or each of whose values, many entities may have
// (config digests, diff ids).  The schema says which they are.
#pragma once
#include <cstdint>

#include "core/graph/values.h"

namespace hullmark::graph {

/// Whether the set of properties states `value` as `property`, itself or among a list.
bool States(const Values& values, std::uint32_t properties, PropertyId property,
            std::uint32_t value);

/// Calls `visit(property, value)` for each shared identifier of the set.  Requires: the texts of
/// lists were interned.
template <class Visit>
void VisitShared(const Values& values, std::uint32_t properties, Visit&& visit);

/// Shared identifiers of the schema, and a commit's sha: forks have it, too, and people name
/// commits by it.
bool IsShared(PropertyId property);

/// Under this property the index also holds the ends of PUSHED edges, by the edges' qualifiers.
inline constexpr PropertyId kPushedTo = PropertyId::kPushDestination;

template <class Visit>
void VisitShared(const Values& values, std::uint32_t properties, Visit&& visit) {
  for (const Values::Item& item : values.Set(properties)) {
    if (!IsShared(item.id)) continue;
    const auto* list = std::get_if<std::vector<std::string>>(&values[item.value]);
    if (list == nullptr) {
      visit(item.id, item.value);
      continue;
    }
    for (const std::string& text : *list) {
      if (const auto value = values.FindText(text)) visit(item.id, *value);
    }
  }
}

}  // namespace hullmark::graph
