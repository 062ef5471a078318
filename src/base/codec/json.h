// SPDX-License-Identifier: Apache-2.0
//
// Small JSON documents that must be judged: tokens, reports, manifests, configuration (RFC 8259).
// Duplicate keys and broken UTF-8 are refused, with line and column.  Big imports go through
// codec/bulk.  Thread-compatible.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hullmark::codec {

struct JsonLimits {
  std::size_t max_bytes = 4 << 20;
  std::size_t max_depth = 64;
};

/// A borrowed view of one value; the JsonDocument it came from must outlive it.  A missing member
/// is a Json that is `missing()`, so that paths can be followed without asking at each step.
class Json {
 public:
  Json() = default;
  explicit Json(const void* node) : node_(node) {}

  bool missing() const { return node_ == nullptr; }
  bool IsNull() const;
  bool IsObject() const;
  bool IsArray() const;
  bool IsString() const;
  bool IsInt() const;
  bool IsBool() const;

  Json operator[](std::string_view key) const;  ///< missing when not an object or absent
  Json At(std::size_t index) const;             ///< missing when not an array or beyond its end
  std::size_t size() const;                     ///< members of an object, items of an array; else 0

  /// The value when it has that type; otherwise nothing (Text: empty).
  std::optional<std::string_view> String() const;
  std::string_view Text() const;
  std::optional<std::int64_t> Int() const;
  std::optional<bool> Bool() const;

  void ForEachMember(const std::function<void(std::string_view key, Json value)>& f) const;
  void ForEachItem(const std::function<void(Json value)>& f) const;
  /// This value as compact JSON.
  std::string Dump() const;

 private:
  const void* node_ = nullptr;
};

class JsonDocument {
 public:
  /// The error names line and column, and what was found.
  static Result<JsonDocument> Parse(std::string_view text, const JsonLimits& limits = {});
  Json root() const;

 private:
  explicit JsonDocument(std::shared_ptr<const void> owner) : owner_(std::move(owner)) {}
  std::shared_ptr<const void> owner_;
};

}  // namespace hullmark::codec
