// SPDX-License-Identifier: Apache-2.0
//
// From digests to images and back: what an index includes, which digests of a runtime mean an
// image, where an image is kept and which containers run it.  Pure functions over one snapshot.
#pragma once
#include <string>
#include <vector>

#include "core/graph/snapshot.h"
#include "core/origin/trace.h"

namespace hullmark::origin {

struct DigestMeaning {
  std::vector<model::NodeId> images;  ///< ascending, each once
  std::string by;  ///< "manifest digest", "index digest", "config digest" or "digest"; empty when
                   ///< it means nothing
};

/// What the digest of a node means: the image itself, an index's images (the index where none is
/// known), the images with that config, or a digest of which only a push or a place is known.
DigestMeaning MeaningOf(const graph::Snapshot& snapshot, model::NodeId digest);

/// The images whose config has this digest; never for the empty config.
DigestMeaning ImagesWithConfig(const graph::Snapshot& snapshot, std::string_view digest);

/// The images that the container runs, those of its node's platform where that is known.
DigestMeaning ImagesOfContainer(const graph::Snapshot& snapshot, model::NodeId container);

/// The indexes that include the image, at any depth.
std::vector<model::NodeId> IndexesOf(const graph::Snapshot& snapshot, model::NodeId image);

TracedImage DescribeImage(const graph::Snapshot& snapshot, model::NodeId image);

/// A container that runs an image.
struct RunningContainer {
  model::NodeId container;
  model::NodeId reported;  ///< the digest it runs, as the node reports it
  bool certain =
      true;  ///< false: one of several images of an index, the node's platform is not known
};
/// At most `most`.
std::vector<RunningContainer> ContainersOf(const graph::Snapshot& snapshot, model::NodeId image,
                                           std::size_t most);
Running DescribeRunning(const graph::Snapshot& snapshot, model::NodeId image,
                        const RunningContainer& running);

}  // namespace hullmark::origin
