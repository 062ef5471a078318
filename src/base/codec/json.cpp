// SPDX-License-Identifier: Apache-2.0
#include "base/codec/json.h"

#include <jansson.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace hullmark::codec {
namespace {

const json_t* NodeOf(const void* node) { return static_cast<const json_t*>(node); }

struct Place {
  std::size_t line = 1;
  std::size_t column = 1;  // in bytes
};

Place PlaceOf(std::string_view text, std::size_t offset) {
  Place place;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++place.line;
      place.column = 0;
    }
    ++place.column;
  }
  return place;
}

std::unexpected<Error> FailAt(Errc code, std::string_view text, std::size_t offset,
                              std::string_view what) {
  const Place place = PlaceOf(text, offset);
  return Fail(code, Cat({"json, line ", std::to_string(place.line), ", column ",
                         std::to_string(place.column), ": ", what}));
}

/// Where the text first nests deeper than allowed.  Brackets in strings do not count; a text that
/// is no JSON may give a wrong place, but then it is refused anyway.
std::optional<std::size_t> FindTooDeep(std::string_view text, std::size_t max_depth) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return i;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

std::size_t FindBrokenUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = Utf8SequenceLength(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return text.size();
}

/// In our words: jansson's begin with a place of their own and name its flags.
std::string WhatOf(const json_error_t& error) {
  switch (json_error_code(&error)) {
    case json_error_premature_end_of_input:
      return "the text ends before the value does";
    case json_error_end_of_input_expected:
      return "something follows the value; want one value only";
    case json_error_duplicate_key:
      return "an object has the same key twice; keep one";
    case json_error_null_character:
    case json_error_null_byte_in_key:
      return "a string holds NUL (\\u0000); remove it";
    case json_error_numeric_overflow:
      return "a number is out of range";
    case json_error_stack_overflow:
      return "nested too deeply";
    case json_error_invalid_utf8:
      return "not UTF-8";
    case json_error_invalid_syntax:
    case json_error_wrong_type:
    case json_error_unknown:
    default:
      break;
  }
  return "not JSON: " + Quote(error.text);
}

}  // namespace

bool Json::IsNull() const { return json_is_null(NodeOf(node_)); }
bool Json::IsObject() const { return json_is_object(NodeOf(node_)); }
bool Json::IsArray() const { return json_is_array(NodeOf(node_)); }
bool Json::IsString() const { return json_is_string(NodeOf(node_)); }
bool Json::IsInt() const { return json_is_integer(NodeOf(node_)); }
bool Json::IsBool() const { return json_is_boolean(NodeOf(node_)); }

Json Json::operator[](std::string_view key) const {
  if (!IsObject()) return {};
  // jansson wants a key that ends with NUL; one that holds NUL could match a shorter key.
  if (key.find('\0') != std::string_view::npos) return {};
  return Json(json_object_get(NodeOf(node_), std::string(key).c_str()));
}

Json Json::At(std::size_t index) const {
  return IsArray() ? Json(json_array_get(NodeOf(node_), index)) : Json();
}

std::size_t Json::size() const {
  if (IsObject()) return json_object_size(NodeOf(node_));
  return IsArray() ? json_array_size(NodeOf(node_)) : 0;
}

std::optional<std::string_view> Json::String() const {
  if (!IsString()) return std::nullopt;
  return std::string_view(json_string_value(NodeOf(node_)), json_string_length(NodeOf(node_)));
}

std::string_view Json::Text() const { return String().value_or(std::string_view()); }

std::optional<std::int64_t> Json::Int() const {
  if (!IsInt()) return std::nullopt;
  return json_integer_value(NodeOf(node_));
}

std::optional<bool> Json::Bool() const {
  if (!IsBool()) return std::nullopt;
  return json_is_true(NodeOf(node_));
}

void Json::ForEachMember(const std::function<void(std::string_view, Json)>& f) const {
  if (!IsObject()) return;
  json_t* object =
      const_cast<json_t*>(NodeOf(node_));  // iterators ask for a mutable object and change nothing
  for (void* at = json_object_iter(object); at != nullptr; at = json_object_iter_next(object, at)) {
    f(json_object_iter_key(at), Json(json_object_iter_value(at)));
  }
}

void Json::ForEachItem(const std::function<void(Json)>& f) const {
  const std::size_t count = IsArray() ? size() : 0;
  for (std::size_t i = 0; i < count; ++i) f(At(i));
}

std::string Json::Dump() const {
  if (missing()) return "";
  const auto free_text = [](char* text) { std::free(text); };
  const std::unique_ptr<char, decltype(free_text)> text(
      json_dumps(NodeOf(node_), JSON_COMPACT | JSON_ENCODE_ANY));
  return text ? text.get() : "";
}

Result<JsonDocument> JsonDocument::Parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Fail(Errc::kResourceExhausted,
                Cat({"json: ", std::to_string(text.size()), " bytes, want at most ",
                     std::to_string(limits.max_bytes)}));
  }
  // jansson overlooks a NUL that follows a number.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return FailAt(Errc::kInputRefused, text, nul, "a NUL byte; remove it");
  }
  if (const std::size_t bad = FindBrokenUtf8(text); bad < text.size()) {
    return FailAt(Errc::kInputRefused, text, bad, "not UTF-8");
  }
  if (const auto deep = FindTooDeep(text, limits.max_depth)) {
    return FailAt(Errc::kResourceExhausted, text, *deep,
                  Cat({"nested deeper than ", std::to_string(limits.max_depth), " levels"}));
  }
  json_error_t error{};
  json_t* root =
      json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
  if (root == nullptr) {
    return Fail(Errc::kInputRefused,
                Cat({"json, line ", std::to_string(std::max(error.line, 1)), ", column ",
                     std::to_string(std::max(error.column, 1)), ": ", WhatOf(error)}));
  }
  return JsonDocument(std::shared_ptr<const void>(
      root, [](const void* node) { json_decref(const_cast<json_t*>(NodeOf(node))); }));
}

Json JsonDocument::root() const { return Json(owner_.get()); }

}  // namespace hullmark::codec
