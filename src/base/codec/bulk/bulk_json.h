// SPDX-License-Identifier: Apache-2.0
//
// Big JSON documents (a `kubectl get -o json` of a whole cluster), read by simdjson behind this
// door and judged by us: duplicate keys, NUL in strings and anything over the limits is refused
// when parsing, before a value is handed out. Values know their JSON path, for errors.
// Thread-safety: a parsed document is immutable; reading is thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hullmark::bulk {

struct BulkLimits {
  std::size_t max_bytes = std::size_t{512} << 20;
  std::size_t max_depth = 64;
  std::size_t max_values = 50'000'000;                  ///< objects, arrays and scalars together
  std::size_t max_string_bytes = std::size_t{4} << 20;  ///< of one key or string, unescaped
  std::size_t max_members = 100'000;                    ///< of one object
};

struct BulkTape;

/// A borrowed view of one value, two words wide; the BulkDocument it came from must outlive it.  A
/// missing member is a BulkValue that is `missing()`, so that paths can be followed without asking
/// at each step.
class BulkValue {
 public:
  BulkValue() = default;

  bool missing() const { return tape_ == nullptr; }
  bool IsNull() const;
  bool IsObject() const;
  bool IsArray() const;
  bool IsString() const;
  bool IsInt() const;  ///< written without fraction or exponent, and within std::int64_t
  bool IsBool() const;

  BulkValue operator[](std::string_view key) const;  ///< missing when not an object or absent
  BulkValue At(std::size_t index) const;  ///< missing when not an array or beyond its end; linear
  std::size_t size() const;               ///< members of an object, items of an array; else 0

  /// The value when it has that type; otherwise nothing (Text: empty).  Strings live as long as the
  /// document.
  std::optional<std::string_view> String() const;
  std::string_view Text() const;
  std::optional<std::int64_t> Int() const;
  std::optional<std::uint64_t> Uint() const;  ///< whole and not negative
  std::optional<double> Number() const;
  std::optional<bool> Bool() const;

  /// In document order; nothing happens when it is not an object (array).
  void ForEachMember(const std::function<void(std::string_view key, BulkValue value)>& f) const;
  void ForEachItem(const std::function<void(BulkValue value)>& f) const;
  /// The same, ended by the first error.
  Status TryEachMember(const std::function<Status(std::string_view key, BulkValue value)>& f) const;
  Status TryEachItem(const std::function<Status(BulkValue value)>& f) const;

  /// `$.items[17].metadata.name`.  Found by searching: for errors, not for every value.
  std::string Path() const;
  /// This value as compact JSON.
  std::string Dump() const;

 private:
  friend class BulkDocument;
  friend struct BulkTape;
  BulkValue(const BulkTape* tape, std::size_t index) : tape_(tape), index_(index) {}

  const BulkTape* tape_ = nullptr;
  std::size_t index_ = 0;
};

class BulkDocument {
 public:
  /// The error names line, column and byte offset where the text is not JSON, and the JSON path
  /// where it is JSON that we refuse.  `bytes` is freed before Parse returns; the document holds
  /// about 1.5 times its size.
  static Result<BulkDocument> Parse(std::string bytes, const BulkLimits& limits = {});
  BulkValue root() const;

 private:
  explicit BulkDocument(std::shared_ptr<const BulkTape> tape) : tape_(std::move(tape)) {}
  std::shared_ptr<const BulkTape> tape_;
};

}  // namespace hullmark::bulk
