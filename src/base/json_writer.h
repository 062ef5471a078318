// SPDX-License-Identifier: Apache-2.0
//
// Writes JSON (RFC 8259) by appending to a string it owns.  Keys and values alternate as the caller
// says them; a misuse (a value without a key inside an object) is a broken invariant.  Broken UTF-8
// becomes U+FFFD: output is always valid JSON.  Thread-compatible.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hullmark {

class JsonWriter {
 public:
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view key);

  JsonWriter& String(std::string_view value);
  JsonWriter& Int(std::int64_t value);
  JsonWriter& Uint(std::uint64_t value);
  JsonWriter& Double(double value);  ///< not finite: null
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  /// `json` must be one valid JSON value; it is copied as it stands.
  JsonWriter& Raw(std::string_view json);

  // Key and value in one.
  JsonWriter& Field(std::string_view key, std::string_view value) { return Key(key).String(value); }
  JsonWriter& Field(std::string_view key, const char* value) { return Key(key).String(value); }
  JsonWriter& Field(std::string_view key, bool value) { return Key(key).Bool(value); }
  JsonWriter& Field(std::string_view key, std::int64_t value) { return Key(key).Int(value); }
  JsonWriter& Field(std::string_view key, std::uint64_t value) { return Key(key).Uint(value); }
  JsonWriter& Field(std::string_view key, int value) { return Key(key).Int(value); }
  JsonWriter& Field(std::string_view key, double value) { return Key(key).Double(value); }

  const std::string& text() const { return out_; }
  /// The finished document; the writer is empty afterwards.
  std::string Take();

 private:
  void BeforeValue();

  std::string out_;
  std::vector<char> open_;  // '{' or '[' for each open level
  bool need_comma_ = false;
  bool after_key_ = false;
};

/// `text` as a JSON string with its quotes, appended to `out`.
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace hullmark
