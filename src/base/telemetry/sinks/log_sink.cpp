// SPDX-License-Identifier: Apache-2.0
#include "base/telemetry/sinks/log_sink.h"

#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <chrono>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"

namespace hullmark::telemetry {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string TimeOf(const spdlog::details::log_msg& message) {
  const auto since = message.time.time_since_epoch();
  return Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(since).count()}.ToString();
}

std::string_view LevelOf(const spdlog::details::log_msg& message) {
  switch (message.level) {
    case spdlog::level::debug:
      return kLevels[0];
    case spdlog::level::info:
      return kLevels[1];
    case spdlog::level::warn:
      return kLevels[2];
    default:
      return kLevels[3];
  }
}

void Append(spdlog::memory_buf_t& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

// The payload is the inside of a JSON object already: message and fields.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    Append(out, R"({"time":")");
    Append(out, TimeOf(message));
    Append(out, R"(","level":")");
    Append(out, LevelOf(message));
    Append(out, "\",");
    Append(out, {message.payload.data(), message.payload.size()});
    Append(out, "}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

class HumanFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    constexpr std::string_view kPad = "        ";
    const std::string_view level = LevelOf(message);
    Append(out, TimeOf(message));
    Append(out, " ");
    Append(out, level);
    Append(out, kPad.substr(level.size()));
    Append(out, {message.payload.data(), message.payload.size()});
    Append(out, "\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<HumanFormatter>();
  }
};

void AppendScalar(std::string& out, const LogField& field) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*number);
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

std::string JsonPayload(std::string_view message, std::span<const LogField> fields) {
  std::string out = "\"message\":";
  AppendJsonString(out, message);
  for (const LogField& field : fields) {
    out += ',';
    AppendJsonString(out, field.key);
    out += ':';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      AppendJsonString(out, *text);
    } else {
      AppendScalar(out, field);
    }
  }
  return out;
}

// Words stand as they are; all else is a JSON string, so that no value can forge a line or a field.
bool IsWord(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

std::string HumanPayload(std::string_view message, std::span<const LogField> fields) {
  std::string out(message);
  for (const LogField& field : fields) {
    out += ' ';
    out += field.key;
    out += '=';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      if (IsWord(*text)) {
        out += *text;
      } else {
        AppendJsonString(out, *text);
      }
    } else {
      AppendScalar(out, field);
    }
  }
  return out;
}

class SpdlogSink final : public LogSink {
 public:
  SpdlogSink(const LogSinkOptions& options, spdlog::sink_ptr to)
      : format_(options.format), logger_("hullmark", std::move(to)) {
    if (format_ == LogFormat::kJson) {
      logger_.set_formatter(std::make_unique<JsonFormatter>());
    } else {
      logger_.set_formatter(std::make_unique<HumanFormatter>());
    }
    logger_.set_level(SpdlogLevel(options.level));
    logger_.flush_on(spdlog::level::debug);
  }

  void Write(LogLevel level, std::string_view message, std::span<const LogField> fields) override {
    const spdlog::level::level_enum at = SpdlogLevel(level);
    if (!logger_.should_log(at)) return;
    const std::string payload =
        format_ == LogFormat::kJson ? JsonPayload(message, fields) : HumanPayload(message, fields);
    logger_.log(at, spdlog::string_view_t(payload.data(), payload.size()));
  }

 private:
  const LogFormat format_;
  spdlog::logger logger_;
};

}  // namespace

Result<std::unique_ptr<LogSink>> MakeLogSink(const LogSinkOptions& options) {
  try {
    spdlog::sink_ptr to;
    if (options.file.empty()) {
      to = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      to = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    }
    return std::make_unique<SpdlogSink>(options, std::move(to));
  } catch (const std::exception& failure) {
    return Fail(Errc::kUnavailable, Cat({"log file ", Quote(options.file), ": ", failure.what()}));
  }
}

Result<LogLevel> ParseLogLevel(std::string_view text) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (text == kLevels[i]) return static_cast<LogLevel>(i);
  }
  return Fail(Errc::kInvalidArgument,
              Cat({"log level ", Quote(text), ": want debug, info, warning or error"}));
}

}  // namespace hullmark::telemetry
