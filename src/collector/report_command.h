// SPDX-License-Identifier: Apache-2.0
//
// The two commands: `start` looks at the engine and leaves its state, `report` tells the server
// what was pushed since.  Thread-compatible.
#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "base/result.h"
#include "base/time.h"
#include "collector/environment.h"
#include "collector/options.h"

namespace hullmark::collector {

struct CommandContext {
  const Options& options;
  const Environment& env;
  net::HttpTransport& transport;
  const Clock& clock;
  Deadline deadline;
  std::stop_token stop;
  std::function<void(std::string_view)> say;    ///< one line of the job's log
  std::function<void(std::string_view)> print;  ///< the program's output (--dry-run)
};

/// Errors are for --strict and for the log; what was said before them stays said.
Status RunStart(const CommandContext& context);
Status RunReport(const CommandContext& context);

}  // namespace hullmark::collector
