// SPDX-License-Identifier: Apache-2.0
#include "core/graph/shared_identifiers.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/model/schema.h"

namespace hullmark::graph {

bool IsShared(PropertyId property) {
  static const auto by_number = [] {
    std::array<bool, model::kPropertyCount> shared{};
    for (const model::PropertyInfo& info : model::Properties()) {
      shared[static_cast<std::size_t>(info.id)] = info.shared_identifier;
    }
    shared[static_cast<std::size_t>(PropertyId::kVcsRevision)] = true;
    return shared;
  }();
  const auto number = static_cast<std::size_t>(property);
  return number < by_number.size() && by_number[number];
}

bool States(const Values& values, std::uint32_t properties, PropertyId property,
            std::uint32_t value) {
  for (const Values::Item& item : values.Set(properties)) {
    if (item.id != property) continue;
    if (item.value == value) return true;
    const auto* list = std::get_if<std::vector<std::string>>(&values[item.value]);
    return list != nullptr && std::ranges::find(*list, values.Text(value)) != list->end();
  }
  return false;
}

}  // namespace hullmark::graph
