// SPDX-License-Identifier: Apache-2.0
//
// Where log lines go: JSON lines for machines, or one readable line each for people, to stderr or a
// file (spdlog).  Thread-safe.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/telemetry/log.h"

namespace hullmark::telemetry {

enum class LogFormat : std::uint8_t { kHuman, kJson };

struct LogSinkOptions {
  LogFormat format = LogFormat::kHuman;
  LogLevel level = LogLevel::kInfo;  ///< lines below it are dropped
  std::string file;                  ///< appended to; stderr when empty
};

/// kUnavailable when the file cannot be opened.
Result<std::unique_ptr<LogSink>> MakeLogSink(const LogSinkOptions& options);
/// `debug`, `info`, `warning` or `error`.
Result<LogLevel> ParseLogLevel(std::string_view text);

}  // namespace hullmark::telemetry
