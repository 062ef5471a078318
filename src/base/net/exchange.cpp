// SPDX-License-Identifier: Apache-2.0
#include "base/net/exchange.h"

namespace hullmark::net {

const std::string* ServerRequest::Query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace hullmark::net
