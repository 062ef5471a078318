// SPDX-License-Identifier: Apache-2.0
//
// The sample estate: organizations, repositories, pipelines, registries and clusters that do not
// exist, said in the observations that real sources would make.  The same options give the same
// estate.  Thread-safe functions.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/model/observation.h"

namespace hullmark::sample {

struct SampleOptions {
  std::uint64_t seed = 1;
  Timestamp now;             ///< the estate's present: nothing is observed after it
  std::size_t images = 300;  ///< that repositories push; all else grows with it
};

using Submit = std::function<Status(model::Observation)>;

/// Hands over one frame after another, in an order in which they could have come; ends at the first
/// error.  Needs memory for the repositories and the largest frame, not for the estate.
Status GenerateSampleEstate(const SampleOptions& options, const Submit& submit);

/// The same, at once: for small estates.
std::vector<model::Observation> MakeSampleEstate(const SampleOptions& options);

}  // namespace hullmark::sample
