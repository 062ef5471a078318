// SPDX-License-Identifier: Apache-2.0
#include "base/codec/yaml.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/codec/yaml_tree.h"
#include "base/text.h"

namespace hullmark::codec {
namespace {

// The core schema's words (YAML 1.2.2 §10.3.2).
constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kTrues = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalses = {"false", "False", "FALSE"};

template <std::size_t kCount>
bool IsOneOf(std::string_view text, const std::array<std::string_view, kCount>& words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

template <class Number>
std::optional<Number> ParseWhole(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Without its sign; 010 is eight to some readers and ten to others, so it is no number to us.
bool HasLeadingZero(std::string_view digits) {
  return digits.size() > 1 && digits[0] == '0' && IsDigit(digits[1]);
}

std::optional<std::int64_t> IntOf(std::string_view text) {
  if (text.starts_with("0x")) return ParseWhole<std::int64_t>(text.substr(2), 16);
  if (text.starts_with("0o")) return ParseWhole<std::int64_t>(text.substr(2), 8);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  if (HasLeadingZero(text.substr(text.starts_with('-') ? 1 : 0))) return std::nullopt;
  return ParseWhole<std::int64_t>(text, 10);
}

std::optional<double> DoubleOf(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+') || digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || HasLeadingZero(digits)) return std::nullopt;
  // from_chars reads `inf` and `nan` too, which YAML writes `.inf` and `.nan` and configuration has
  // no use for.
  if (!IsDigit(digits[0]) && !(digits[0] == '.' && digits.size() > 1 && IsDigit(digits[1])))
    return std::nullopt;
  const std::string_view readable = text.starts_with('+') ? digits : text;
  double value = 0;
  const auto [end, error] =
      std::from_chars(readable.data(), readable.data() + readable.size(), value);
  if (error != std::errc() || end != readable.data() + readable.size()) return std::nullopt;
  return value;
}

const YamlNode* NodeOf(const YamlTree* tree, std::uint32_t index) {
  return tree == nullptr ? nullptr : &tree->nodes[index];
}

bool Is(const YamlNode* node, YamlNode::Kind kind) { return node != nullptr && node->kind == kind; }

bool IsPlain(const YamlNode* node) { return Is(node, YamlNode::Kind::kScalar) && node->plain; }

std::string PlaceText(const YamlNode& node) {
  return Cat({"line ", std::to_string(node.line), ", column ", std::to_string(node.column)});
}

}  // namespace

bool Yaml::IsNull() const {
  const YamlNode* node = NodeOf(tree_, index_);
  return IsPlain(node) && IsOneOf(node->text, kNulls);
}
bool Yaml::IsMapping() const { return Is(NodeOf(tree_, index_), YamlNode::Kind::kMapping); }
bool Yaml::IsSequence() const { return Is(NodeOf(tree_, index_), YamlNode::Kind::kSequence); }
bool Yaml::IsString() const { return String().has_value(); }

Yaml Yaml::operator[](std::string_view key) const {
  if (!IsMapping()) return {};
  const std::vector<std::uint32_t>& children = tree_->nodes[index_].children;
  for (std::size_t i = 0; i < children.size(); i += 2) {
    if (tree_->nodes[children[i]].text == key) return {tree_, children[i + 1]};
  }
  return {};
}

Yaml Yaml::At(std::size_t index) const {
  if (!IsSequence() || index >= size()) return {};
  return {tree_, tree_->nodes[index_].children[index]};
}

std::size_t Yaml::size() const {
  if (missing()) return 0;
  return tree_->nodes[index_].children.size() / (IsMapping() ? 2 : 1);
}

std::optional<std::string_view> Yaml::String() const {
  const YamlNode* node = NodeOf(tree_, index_);
  if (!Is(node, YamlNode::Kind::kScalar) || IsNull() || Bool() || Number()) return std::nullopt;
  return node->text;
}

std::optional<std::int64_t> Yaml::Int() const {
  const YamlNode* node = NodeOf(tree_, index_);
  return IsPlain(node) ? IntOf(node->text) : std::nullopt;
}

std::optional<double> Yaml::Number() const {
  if (const auto integer = Int()) return static_cast<double>(*integer);
  const YamlNode* node = NodeOf(tree_, index_);
  return IsPlain(node) ? DoubleOf(node->text) : std::nullopt;
}

std::optional<bool> Yaml::Bool() const {
  const YamlNode* node = NodeOf(tree_, index_);
  if (!IsPlain(node)) return std::nullopt;
  if (IsOneOf(node->text, kTrues)) return true;
  if (IsOneOf(node->text, kFalses)) return false;
  return std::nullopt;
}

std::string_view Yaml::Text() const {
  const YamlNode* node = NodeOf(tree_, index_);
  return Is(node, YamlNode::Kind::kScalar) && !IsNull() ? std::string_view(node->text)
                                                        : std::string_view();
}

void Yaml::ForEachMember(const std::function<void(std::string_view, Yaml)>& f) const {
  if (!IsMapping()) return;
  const std::vector<std::uint32_t>& children = tree_->nodes[index_].children;
  for (std::size_t i = 0; i < children.size(); i += 2)
    f(tree_->nodes[children[i]].text, Yaml(tree_, children[i + 1]));
}

void Yaml::ForEachItem(const std::function<void(Yaml)>& f) const {
  if (!IsSequence()) return;
  for (const std::uint32_t child : tree_->nodes[index_].children) f(Yaml(tree_, child));
}

std::size_t Yaml::Line() const { return missing() ? 0 : tree_->nodes[index_].line; }
std::size_t Yaml::Column() const { return missing() ? 0 : tree_->nodes[index_].column; }

std::string Yaml::Place() const { return missing() ? "" : PlaceText(tree_->nodes[index_]); }

std::string Yaml::PlaceOfKey(std::string_view key) const {
  if (!IsMapping()) return Place();
  const std::vector<std::uint32_t>& children = tree_->nodes[index_].children;
  for (std::size_t i = 0; i < children.size(); i += 2) {
    if (tree_->nodes[children[i]].text == key) return PlaceText(tree_->nodes[children[i]]);
  }
  return Place();
}

Result<std::vector<YamlDocument>> YamlDocument::ParseStream(std::string_view text,
                                                            const YamlLimits& limits) {
  std::vector<YamlDocument> documents;
  std::vector<std::shared_ptr<const YamlTree>> trees = HM_TRY(ReadYamlStream(text, limits));
  for (std::shared_ptr<const YamlTree>& tree : trees)
    documents.push_back(YamlDocument(std::move(tree)));
  return documents;
}

Result<YamlDocument> YamlDocument::Parse(std::string_view text, const YamlLimits& limits) {
  std::vector<YamlDocument> documents = HM_TRY(ParseStream(text, limits));
  if (documents.empty()) {
    auto tree = std::make_shared<YamlTree>();
    tree->nodes.emplace_back().plain = true;
    return YamlDocument(std::move(tree));
  }
  if (documents.size() > 1) {
    return Fail(Errc::kInputRefused,
                Cat({"yaml, ", documents[1].root().Place(), ": a second document; want one only"}));
  }
  return std::move(documents.front());
}

Yaml YamlDocument::root() const { return {tree_.get(), tree_->root}; }

}  // namespace hullmark::codec
