// SPDX-License-Identifier: Apache-2.0
//
// From a push that the engine saw to what the registry holds of it: manifest, index and config
// digests, from the engine and from the registry's own bytes.  Thread-safe.
#pragma once
#include <optional>
#include <vector>

#include "base/result.h"
#include "collector/engine.h"
#include "collector/history.h"
#include "collector/registries.h"
#include "sources/ci/report.h"

namespace hullmark::collector {

struct ResolveContext {
  const Engine& engine;
  const EngineInfo& info;
  const History& history;
  Registries& registries;
  bool certain = true;  ///< false: the events may be another job's
};

/// Fails when neither the engine nor the registry can tell the digest that was pushed.
Result<ci::ReportedPush> Resolve(const ResolveContext& context, const SeenPush& push);

}  // namespace hullmark::collector
