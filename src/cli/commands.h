// SPDX-License-Identifier: Apache-2.0
//
// The commands that talk to a server.  Each writes its answer to `out`, its progress and complaints
// to `err`, and returns the exit code (DESIGN.md §5).  Thread-compatible.
#pragma once
#include <iosfwd>

#include "cli/api_client.h"
#include "cli/command_line.h"
#include "cli/terminal.h"

namespace hullmark::cli {

struct Console {
  std::ostream& out;
  std::ostream& err;
  Terminal terminal;
};

int RunTrace(const TraceCommand& command, ApiClient& api, Console& console);
int RunImport(const ImportCommand& command, ApiClient& api, Console& console);
int RunConnectRegistry(const ConnectRegistryCommand& command, ApiClient& api, Console& console);
int RunSources(const SourcesCommand& command, ApiClient& api, Console& console);
int RunToken(const TokenCommand& command, ApiClient& api, Console& console);
int RunCompletion(const CompletionCommand& command, Console& console);

/// Prints "hullmark: message" and gives the code's exit code.
int Complain(const Error& error, Console& console);

}  // namespace hullmark::cli
