// SPDX-License-Identifier: Apache-2.0
//
// Connector: something that can be looked at again and again and says what it saw as observations.
// The service schedules them; a connector knows neither the estate nor who asks.
#pragma once
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "core/model/observation.h"

namespace hullmark::connect {

/// A part that could not be read well.  Nothing of it was closed.
struct SyncProblem {
  std::string extent;  ///< "repository:shop"
  Error error;
  std::string mend;  ///< what a person can do about it
};

struct SyncSummary {
  bool complete = false;  ///< every extent was read well and sent as complete
  std::size_t extents = 0;
  std::size_t frames = 0;          ///< sent and taken
  std::size_t manifests_read = 0;  ///< manifests and indexes
  std::size_t configs_read = 0;
  std::size_t unchanged = 0;  ///< entities that still stand and were not read again
  std::size_t records = 0;
  std::size_t changes = 0;  ///< that the frames made to the estate
  std::vector<SyncProblem> problems;
};

struct SyncProgress {
  std::size_t extents_done = 0;
  std::size_t extents_total = 0;
  std::size_t manifests_read = 0;
};

/// What a sync works with; everything is borrowed for its time.
struct SyncContext {
  model::ObservationSink& sink;
  const model::Known& known;
  const Clock& clock;
  std::stop_token stop{};
  /// Called now and then, from any thread, one call at a time.
  std::function<void(const SyncProgress&)> on_progress{};
};

/// Thread-compatible: one sync at a time.
class Connector {
 public:
  virtual ~Connector() = default;
  /// The source's name in observations.
  virtual const std::string& name() const = 0;
  virtual model::SourceKind kind() const = 0;
  /// Looks at everything.  An error means that nothing could be seen at all; what could not be seen
  /// of the rest is in the summary's problems.
  virtual Result<SyncSummary> Sync(const SyncContext& context) = 0;
};

}  // namespace hullmark::connect
