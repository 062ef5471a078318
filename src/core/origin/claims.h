// SPDX-License-Identifier: Apache-2.0
//
// Claims: every statement of a push that bears on one image, its own or another's by a join of
// origin (DESIGN.md §3), with the level the server gives it.  A join never raises a level.  Pure
// functions over one snapshot.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/graph/snapshot.h"
#include "core/origin/evidence.h"

namespace hullmark::origin {

/// Config of artifacts that have none; it says nothing about any of them.
inline constexpr std::string_view kEmptyConfigDigest =
    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// How the digest came to be, as the job told it.  In the order of preference.
enum class How : std::uint8_t { kBuilt, kAssembled, kUnknown, kRepublished };
std::string_view NameOf(How how);

/// One push by one run at one commit, as it bears on an image.
struct Claim {
  graph::EdgeView push;
  model::NodeId subject;  ///< the digest that was pushed
  model::NodeId job;      ///< 0 where the run itself spoke
  model::NodeId run;
  model::NodeId commit;      ///< 0 where not known
  model::NodeId repository;  ///< 0 where not known
  std::string ref;
  How how = How::kUnknown;         ///< with respect to the image
  Level own = Level::kInferred;    ///< of the statement itself
  Level level = Level::kInferred;  ///< after the joins in `via`
  std::vector<Via> via;            ///< from the image to `subject`

  bool IsDirect() const { return via.empty(); }
  /// Whether it only says who put the image into an index, not who made it.
  bool IsAboutIndexOnly() const;
  /// Smaller is better.  What tells only who copied or collected comes after what may tell who
  /// built, whatever its level; then the level decides, so that no join comes before an image's own
  /// evidence.
  std::tuple<int, Level, How, std::size_t, Timestamp> Rank() const;
};

struct ClaimLimits {
  std::size_t max_pushes = 2'000;  ///< of one digest
  std::size_t max_joined = 64;     ///< indexes, or images with the same config
  int max_index_depth = 3;
};

/// Unordered.  `image` is an image, an index, or a digest of which no more is known.
std::vector<Claim> ClaimsFor(const graph::Snapshot& snapshot, model::NodeId image,
                             const ClaimLimits& limits = {});

}  // namespace hullmark::origin
