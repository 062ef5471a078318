// SPDX-License-Identifier: Apache-2.0
//
// `hullmark serve`: configuration, the house, its doors to the network, and a graceful end.
#pragma once
#include "base/result.h"
#include "cli/command_line.h"
#include "service/config/config.h"

namespace hullmark::app {

/// The configuration that the command's file, variables and flags give.
Result<config::ServerConfig> ConfigOf(const cli::ServeCommand& command);

/// Serves until SIGINT or SIGTERM; returns the exit code.
int Serve(const cli::ServeCommand& command);

}  // namespace hullmark::app
