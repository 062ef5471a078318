// SPDX-License-Identifier: Apache-2.0
//
// Folding: a new base that says what an old one and the layers over it say.  Pure; runs beside
// readers and the writer.
#pragma once
#include <memory>
#include <span>

#include "core/graph/base.h"
#include "core/graph/delta.h"

namespace hullmark::graph {

/// `values` is the dictionary that both were coded with.
Base Fold(const Base& base, const Delta& delta, const Values& values);

/// All layers as one; oldest first.
Delta MergeAll(std::span<const std::shared_ptr<const Delta>> layers);

}  // namespace hullmark::graph
