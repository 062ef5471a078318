// SPDX-License-Identifier: Apache-2.0
#include "core/estate/store.h"

namespace hullmark::estate {

Result<model::Receipt> Store::Submit(model::Observation observation) {
  Applied applied = HM_TRY(Apply({std::move(observation), std::nullopt}));
  return applied.receipt;
}

}  // namespace hullmark::estate
