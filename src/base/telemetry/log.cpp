// SPDX-License-Identifier: Apache-2.0
#include "base/telemetry/log.h"

#include <atomic>

namespace hullmark::telemetry {
namespace {
// Atomic although set once: a test may install a sink while a server's threads still wind down.
std::atomic<LogSink*> g_sink = nullptr;
}  // namespace

void SetLogSink(LogSink* sink) { g_sink.store(sink, std::memory_order_release); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (LogSink* sink = g_sink.load(std::memory_order_acquire)) sink->Write(level, message, fields);
}

}  // namespace hullmark::telemetry
