// SPDX-License-Identifier: Apache-2.0
#include "service/ingest/live_estate.h"

#include <utility>

namespace hullmark::ingest {

Result<std::unique_ptr<LiveEstate>> LiveEstate::Open(estate::Store& store) {
  std::unique_ptr<LiveEstate> live(new LiveEstate(store));
  // Nobody writes yet: what is read now is followed by the first batch without a gap.
  const std::uint64_t seq = HM_TRY(store.ReadCurrent([&](model::Change&& change) -> Status {
    live->graph_.Load(std::move(change));
    return {};
  }));
  live->graph_.FinishLoad(seq);
  store.Follow([graph = &live->graph_](const model::ChangeBatch& batch) { graph->Apply(batch); });
  return live;
}

}  // namespace hullmark::ingest
