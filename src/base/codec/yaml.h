// SPDX-License-Identifier: Apache-2.0
//
// YAML 1.2 (core schema) for configuration and manifests: a small tree in which every value knows
// its line and column. Duplicate keys, keys that are no scalars, tags of one's own and alias bombs
// are refused when parsing; whatever parsed can be walked without a budget.  Thread-compatible.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hullmark::codec {

struct YamlLimits {
  std::size_t max_bytes = 4 << 20;
  std::size_t max_depth = 48;  ///< aliases followed; libfyaml itself ends at 64
  std::size_t max_values =
      1 << 20;  ///< values that a full walk visits: each alias counts as all it stands for
  std::size_t max_documents = 10'000;
};

struct YamlTree;

/// A borrowed view of one value; the YamlDocument it came from must outlive it.  A missing member
/// is a Yaml that is `missing()`, so that paths can be followed without asking at each step.
class Yaml {
 public:
  Yaml() = default;

  bool missing() const { return tree_ == nullptr; }
  bool IsNull() const;  ///< written as nothing, `~` or `null`
  bool IsMapping() const;
  bool IsSequence() const;
  bool IsString() const;  ///< a scalar that is no null, boolean or number; a number with leading
                          ///< zeros is a string
  bool IsInt() const { return Int().has_value(); }
  bool IsBool() const { return Bool().has_value(); }

  Yaml operator[](std::string_view key) const;  ///< missing when not a mapping or absent
  Yaml At(std::size_t index) const;             ///< missing when not a sequence or beyond its end
  std::size_t size() const;  ///< members of a mapping, items of a sequence; else 0

  /// The value when it has that type; otherwise nothing.
  std::optional<std::string_view> String() const;
  std::optional<std::int64_t> Int() const;
  std::optional<double> Number() const;
  std::optional<bool> Bool() const;
  /// Any scalar as it was written, `8080` too; empty when it is none, or null.
  std::string_view Text() const;

  void ForEachMember(const std::function<void(std::string_view key, Yaml value)>& f) const;
  void ForEachItem(const std::function<void(Yaml value)>& f) const;

  /// From 1; where an alias stands for the value, the place of the value.  0 when missing.
  std::size_t Line() const;
  std::size_t Column() const;
  /// `line 3, column 5`, for messages.
  std::string Place() const;
  /// Of the key `key` in this mapping: for errors about the key itself.
  std::string PlaceOfKey(std::string_view key) const;

 private:
  friend class YamlDocument;
  Yaml(const YamlTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}

  const YamlTree* tree_ = nullptr;
  std::uint32_t index_ = 0;
};

class YamlDocument {
 public:
  /// One document; an empty text is one that is null.  The error names line and column.
  static Result<YamlDocument> Parse(std::string_view text, const YamlLimits& limits = {});
  /// All documents of a stream (`---` between them); the limits hold for the stream.
  static Result<std::vector<YamlDocument>> ParseStream(std::string_view text,
                                                       const YamlLimits& limits = {});
  Yaml root() const;

 private:
  explicit YamlDocument(std::shared_ptr<const YamlTree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<const YamlTree> tree_;
};

}  // namespace hullmark::codec
