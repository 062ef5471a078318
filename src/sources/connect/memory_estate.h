// SPDX-License-Identifier: Apache-2.0
//
// For tests and benchmarks: the rules of frames in memory (what a source states in each extent
// now), without history, identity or a disk.  Thread-safe.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/model/observation.h"

namespace hullmark::connect {

class MemoryEstate final : public model::ObservationSink, public model::Known {
 public:
  Result<model::Receipt> Submit(model::Observation observation) override;
  bool Stands(std::string_view source, std::string_view extent,
              const model::EntityRef& entity) const override;
  std::uint64_t LastSequence(std::string_view source, std::string_view extent) const override;
  std::optional<std::vector<model::EntityRef>> Targets(std::string_view source,
                                                       std::string_view extent,
                                                       const model::EntityRef& from,
                                                       model::EdgeKind kind) const override;

  using EdgeKey = std::tuple<model::EntityRef, model::EdgeKind, model::EntityRef>;
  struct Extent {
    model::FrameHeader header;
    std::map<model::EntityRef, model::PropertyMap> entities;
    std::map<EdgeKey, model::PropertyMap> edges;
  };
  /// A copy of what stands; empty when nothing was ever said.
  Extent At(std::string_view source, std::string_view extent) const;
  std::size_t frames() const;
  /// The next frames are refused with this error.
  void Refuse(std::optional<Error> error);

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Extent> extents_;
  std::size_t frames_ = 0;
  std::optional<Error> refusal_;
};

}  // namespace hullmark::connect
