// SPDX-License-Identifier: Apache-2.0
//
// Writes one observation record by record.  Private to this room.  Thread-compatible.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/model/observation.h"

namespace hullmark::sample {

class Frame {
 public:
  Frame(std::string source, model::SourceKind kind, std::string extent, Timestamp observed_at,
        bool complete) {
    frame_.header = {std::move(source), kind, std::move(extent), 1, observed_at, complete};
    // As connectors do: of the clock, so that the next frame of a real source is a later one.
    if (complete) frame_.header.sequence = static_cast<std::uint64_t>(observed_at.micros);
  }

  model::EntityRef Entity(model::EntityKind kind, std::string key, std::vector<std::string> names,
                          model::PropertyMap properties) {
    model::EntityRef ref{kind, key};
    frame_.records.emplace_back(
        model::EntityRecord{kind, std::move(key), std::move(names), std::move(properties)});
    return ref;
  }
  void Edge(model::EdgeKind kind, model::EntityRef from, model::EntityRef to,
            std::string qualifier = {}, model::PropertyMap properties = {}) {
    frame_.records.emplace_back(model::EdgeRecord{kind, std::move(from), std::move(to),
                                                  std::move(qualifier), std::move(properties)});
  }
  model::Observation Take() { return std::move(frame_); }

 private:
  model::Observation frame_;
};

}  // namespace hullmark::sample
