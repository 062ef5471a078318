// SPDX-License-Identifier: Apache-2.0
//
// What `hullmark-ci start` leaves for `report`: when the job began by the engine's clock, and what
// the engine held then.  One small file of the job's user alone.  Thread-compatible.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "collector/engine.h"
#include "collector/environment.h"

namespace hullmark::collector {

struct State {
  std::string job;        ///< JobKey; empty outside of known CI systems
  std::string engine_id;  ///< EngineInfo::id
  std::string host;       ///< Endpoint::host
  Timestamp started_at;   ///< the engine's clock
  std::vector<EngineImage> images;
};

struct StateLimits {
  std::size_t max_bytes = 64 << 20;
  std::size_t max_images = 100'000;
};

std::string WriteState(const State& state);
Result<State> ParseState(std::string_view text, const StateLimits& limits = {});

/// --state, else HULLMARK_STATE, else a name of this job's in RUNNER_TEMP or the system's folder
/// for temporary files.
std::string StatePath(const std::string& flag, const Environment& env);

}  // namespace hullmark::collector
