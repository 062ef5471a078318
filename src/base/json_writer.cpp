// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/check.h"
#include "base/text.h"

namespace hullmark {
namespace {

template <class Number, class... Format>
void AppendNumber(std::string& out, Number value, Format... format) {
  std::array<char, 32> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
  HM_DCHECK(error == std::errc(), "32 characters hold every number");
  out.append(buffer.data(), end);
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // where the run of bytes that need no change began
  std::size_t i = 0;
  const auto replace = [&](std::size_t size, std::string_view with) {
    out += text.substr(plain, i - plain);
    out += with;
    i += size;
    plain = i;
  };
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"') {
      replace(1, "\\\"");
    } else if (byte == '\\') {
      replace(1, "\\\\");
    } else if (byte == '\n') {
      replace(1, "\\n");
    } else if (byte == '\r') {
      replace(1, "\\r");
    } else if (byte == '\t') {
      replace(1, "\\t");
    } else if (byte < 0x20) {
      const std::array<char, 6> escape = {
          '\\', 'u', '0', '0', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
      replace(1, {escape.data(), escape.size()});
    } else if (byte < 0x80) {
      ++i;
    } else if (const std::size_t length = Utf8SequenceLength(text.substr(i)); length > 0) {
      i += length;
    } else {
      replace(1, "\xef\xbf\xbd");
    }
  }
  out += text.substr(plain);
  out += '"';
}

void JsonWriter::BeforeValue() {
  if (!open_.empty() && open_.back() == '{') {
    HM_CHECK(after_key_, "a value inside an object has a key");
  } else {
    HM_CHECK(!open_.empty() || out_.empty(), "a document is one value");
    if (need_comma_) out_ += ',';
  }
  after_key_ = false;
  need_comma_ = true;
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  HM_CHECK(!open_.empty() && open_.back() == '{' && !after_key_, "a key stands in an object");
  if (need_comma_) out_ += ',';
  AppendJsonString(out_, key);
  out_ += ':';
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::BeginObject() {
  BeforeValue();
  out_ += '{';
  open_.push_back('{');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndObject() {
  HM_CHECK(!open_.empty() && open_.back() == '{' && !after_key_, "an open object ends");
  out_ += '}';
  open_.pop_back();
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::BeginArray() {
  BeforeValue();
  out_ += '[';
  open_.push_back('[');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndArray() {
  HM_CHECK(!open_.empty() && open_.back() == '[', "an open array ends");
  out_ += ']';
  open_.pop_back();
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view value) {
  BeforeValue();
  AppendJsonString(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Int(std::int64_t value) {
  BeforeValue();
  AppendNumber(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Uint(std::uint64_t value) {
  BeforeValue();
  AppendNumber(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  BeforeValue();
  // A long run of digits would be read back as an integer, and as one that is out of range.
  constexpr double kLastDigitsOnly = 1e15;
  if (std::abs(value) > kLastDigitsOnly) {
    AppendNumber(out_, value, std::chars_format::scientific);
  } else {
    AppendNumber(out_, value);
  }
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) { return Raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::Null() { return Raw("null"); }

JsonWriter& JsonWriter::Raw(std::string_view json) {
  BeforeValue();
  out_ += json;
  return *this;
}

std::string JsonWriter::Take() {
  HM_CHECK(open_.empty() && !out_.empty(), "a taken document is finished");
  std::string done;
  done.swap(out_);
  need_comma_ = false;
  return done;
}

}  // namespace hullmark
