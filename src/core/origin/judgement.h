// SPDX-License-Identifier: Apache-2.0
//
// Judgement of one image: its claims put together into origins, best first, and whether the best of
// them contradict one another.  Pure functions over one snapshot.
#pragma once
#include <optional>
#include <vector>

#include "core/graph/snapshot.h"
#include "core/origin/evidence.h"
#include "core/origin/names.h"
#include "core/origin/trace.h"

namespace hullmark::origin {

struct Judgement {
  std::vector<Origin> origins;
  std::optional<Conflict> conflict;
};

Judgement Judge(const graph::Snapshot& snapshot, model::NodeId image,
                const PersonName& person_name);

}  // namespace hullmark::origin
