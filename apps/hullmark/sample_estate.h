// SPDX-License-Identifier: Apache-2.0
//
// Fills an empty estate with the sample (`hullmark serve --sample`).
#pragma once
#include "base/result.h"
#include "house.h"

namespace hullmark::app {

/// Does nothing where the estate holds anything already.
Status FillWithSample(House& house, const Clock& clock);

}  // namespace hullmark::app
