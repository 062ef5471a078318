// SPDX-License-Identifier: Apache-2.0
//
// The parsed form of one YAML document, and the reader that makes it from libfyaml's events.
// Private to this room.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/yaml.h"
#include "base/result.h"

namespace hullmark::codec {

struct YamlNode {
  enum class Kind : std::uint8_t { kScalar, kSequence, kMapping };

  Kind kind = Kind::kScalar;
  bool plain = false;  ///< a scalar without quotes or `!!str`: its text decides its type
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string text;
  std::vector<std::uint32_t> children;  ///< items; in a mapping, keys and values in turn
  std::size_t visits = 1;               ///< what a full walk from here visits, aliases followed
  std::size_t height = 0;               ///< levels below
};

/// Invariant: a child stands before its parent, so following children ends.
struct YamlTree {
  std::vector<YamlNode> nodes;
  std::uint32_t root = 0;
};

/// The documents of a stream, in order.
Result<std::vector<std::shared_ptr<const YamlTree>>> ReadYamlStream(std::string_view text,
                                                                    const YamlLimits& limits);

}  // namespace hullmark::codec
