// SPDX-License-Identifier: Apache-2.0
//
// Readings of a reference: everything that a text may name (a digest, a tag, a pod, a commit, a
// run), each looked up in one snapshot.  An ambiguous reference gives all of its readings.  Pure
// functions.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/graph/snapshot.h"
#include "core/origin/trace.h"

namespace hullmark::origin {

struct Readings {
  std::vector<Matched> matched;
  std::vector<model::NodeId> images;  ///< whose origins are asked for
  std::vector<model::NodeId>
      only_shown;  ///< images that have a diff id, but not as their last layer
  std::vector<model::NodeId> containers;  ///< of pods that were named
  std::vector<UnknownSubject> notes;      ///< what was named and leads nowhere, and why
};

struct ReadingLimits {
  std::size_t max_bytes = 2'048;
  std::size_t max_images = 1'000;
};

/// kInvalidArgument when `ref` reads as nothing that could be looked up.
Result<Readings> Read(const graph::Snapshot& snapshot, std::string_view ref,
                      const ReadingLimits& limits = {});

}  // namespace hullmark::origin
