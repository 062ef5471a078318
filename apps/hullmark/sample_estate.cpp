// SPDX-License-Identifier: Apache-2.0
#include "sample_estate.h"

#include <utility>

#include "base/telemetry/log.h"
#include "sample/sample.h"

namespace hullmark::app {

Status FillWithSample(House& house, const Clock& clock) {
  if (house.live().Current()->node_count() > 0) {
    telemetry::LogInfo("the estate holds something already; no sample put in");
    return {};
  }
  return sample::GenerateSampleEstate({.now = clock.Now()},
                                      [&](model::Observation frame) -> Status {
                                        HM_TRY(house.store().Submit(std::move(frame)));
                                        return {};
                                      });
}

}  // namespace hullmark::app
