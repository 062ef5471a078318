// SPDX-License-Identifier: Apache-2.0
//
// The collector's command line.  Written by hand: a library for it would be a tenth of the binary.
// Thread-compatible values.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "collector/environment.h"

namespace hullmark::collector {

enum class Command { kHelp, kVersion, kStart, kReport };

struct Options {
  Command command = Command::kHelp;
  std::string server;       ///< --server, HULLMARK_SERVER
  std::string audience;     ///< --audience, HULLMARK_AUDIENCE
  std::string docker_host;  ///< --docker-host
  std::string state;        ///< --state
  std::string ca_file;      ///< --ca-file, HULLMARK_CA_FILE
  std::chrono::milliseconds deadline{10'000};
  bool strict = false;
  bool dry_run = false;
};

/// `arguments` without the program's name.  kInvalidArgument names the word and the nearest flag.
Result<Options> ParseOptions(std::span<const std::string_view> arguments, const Environment& env);
/// `10s`, `1500ms`, `2m`, or seconds alone; at least 100 ms, at most an hour.
Result<std::chrono::milliseconds> ParseSpan(std::string_view text);
std::string_view HelpText();

}  // namespace hullmark::collector
