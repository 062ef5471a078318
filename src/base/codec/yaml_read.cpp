// SPDX-License-Identifier: Apache-2.0
#include <libfyaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/codec/yaml_tree.h"
#include "base/text.h"

namespace hullmark::codec {
namespace {

struct DropParser {
  void operator()(fy_parser* parser) const noexcept { fy_parser_destroy(parser); }
};
struct DropDiag {
  void operator()(fy_diag* diag) const noexcept { fy_diag_destroy(diag); }
};

std::string_view TextOf(fy_token* token) {
  std::size_t size = 0;
  const char* text = token == nullptr ? nullptr : fy_token_get_text(token, &size);
  return text == nullptr ? std::string_view() : std::string_view(text, size);
}

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

/// Builds trees from events.  A container is put into the tree when it ends, after its children.
class Reader {
 public:
  explicit Reader(const YamlLimits& limits) : limits_(limits) {}

  Status Take(fy_event* event) {
    if (const fy_mark* mark = fy_event_start_mark(event)) {
      line_ = static_cast<std::uint32_t>(mark->line) + 1;
      column_ = static_cast<std::uint32_t>(mark->column) + 1;
    }
    switch (event->type) {
      case FYET_DOCUMENT_START:
        tree_ = std::make_shared<YamlTree>();
        anchors_.clear();
        return {};
      case FYET_DOCUMENT_END:
        documents_.push_back(std::move(tree_));
        if (documents_.size() > limits_.max_documents) {
          return TooMuch(Cat({"more than ", std::to_string(limits_.max_documents), " documents"}));
        }
        return {};
      case FYET_SCALAR:
        return TakeScalar(event);
      case FYET_SEQUENCE_START:
        return Open(event, YamlNode::Kind::kSequence);
      case FYET_MAPPING_START:
        return Open(event, YamlNode::Kind::kMapping);
      case FYET_SEQUENCE_END:
      case FYET_MAPPING_END:
        return Close();
      case FYET_ALIAS:
        return TakeAlias(event);
      case FYET_NONE:
      case FYET_STREAM_START:
      case FYET_STREAM_END:
        break;
    }
    return {};
  }

  std::vector<std::shared_ptr<const YamlTree>> TakeDocuments() { return std::move(documents_); }

 private:
  struct Level {
    YamlNode node;
    std::string anchor;
  };

  std::unexpected<Error> FailHere(Errc code, std::string_view why) const {
    return Fail(code, Cat({"yaml, line ", std::to_string(line_), ", column ",
                           std::to_string(column_), ": ", why}));
  }
  std::unexpected<Error> Refuse(std::string_view why) const {
    return FailHere(Errc::kInputRefused, why);
  }
  std::unexpected<Error> TooMuch(std::string_view why) const {
    return FailHere(Errc::kResourceExhausted, why);
  }

  std::unexpected<Error> TooDeep() const {
    return TooMuch(Cat({"nested deeper than ", std::to_string(limits_.max_depth), " levels"}));
  }

  YamlNode NodeHere(YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.line = line_;
    node.column = column_;
    return node;
  }

  /// What the tag makes of the value, or that we do not take it.
  Status CheckTag(fy_event* event, std::string_view expected, bool& is_string) const {
    const std::string_view tag = TextOf(fy_event_get_tag_token(event));
    is_string = tag == "!" || tag == Cat({kCoreTag, "str"});
    if (tag.empty() || is_string || tag == Cat({kCoreTag, expected})) return {};
    return Refuse(Cat({"the tag ", Quote(tag), " is not supported; leave it out"}));
  }

  Status TakeScalar(fy_event* event) {
    YamlNode node = NodeHere(YamlNode::Kind::kScalar);
    bool is_string = false;
    HM_TRY(CheckTag(event, "str", is_string));
    node.text = TextOf(event->scalar.value);
    // libfyaml turns the escape \0 into a byte.
    if (node.text.find('\0') != std::string::npos) return Refuse("a string holds NUL; remove it");
    const fy_scalar_style style =
        event->scalar.value == nullptr ? FYSS_PLAIN : fy_token_scalar_style(event->scalar.value);
    node.plain = style == FYSS_PLAIN && !is_string;
    return Add(std::move(node), std::string(TextOf(fy_event_get_anchor_token(event))));
  }

  Status Open(fy_event* event, YamlNode::Kind kind) {
    if (ExpectsKey()) return Refuse("a key that is no scalar; write it as text");
    if (open_.size() >= limits_.max_depth) return TooDeep();
    bool is_string = false;
    HM_TRY(CheckTag(event, kind == YamlNode::Kind::kMapping ? "map" : "seq", is_string));
    open_.push_back({NodeHere(kind), std::string(TextOf(fy_event_get_anchor_token(event)))});
    return {};
  }

  Status Close() {
    Level level = std::move(open_.back());
    open_.pop_back();
    if (level.node.kind == YamlNode::Kind::kMapping) HM_TRY(CheckKeys(level.node));
    return Add(std::move(level.node), std::move(level.anchor));
  }

  Status CheckKeys(const YamlNode& mapping) {
    std::vector<std::uint32_t> keys;
    for (std::size_t i = 0; i < mapping.children.size(); i += 2)
      keys.push_back(mapping.children[i]);
    const auto text_of = [this](std::uint32_t index) -> const std::string& {
      return tree_->nodes[index].text;
    };
    std::ranges::stable_sort(keys, {}, text_of);
    const auto twice = std::ranges::adjacent_find(keys, {}, text_of);
    if (twice == keys.end()) return {};
    const YamlNode& second = tree_->nodes[*(twice + 1)];
    line_ = second.line;
    column_ = second.column;
    return Refuse(Cat({"the key ", Quote(second.text), " stands twice; keep one"}));
  }

  Status TakeAlias(fy_event* event) {
    const std::string name(TextOf(event->alias.anchor));
    if (ExpectsKey()) return Refuse("a key that is an alias; write it as text");
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) {
      return Refuse(
          Cat({"the alias ", Quote("*" + name), " stands for nothing complete before it"}));
    }
    return Attach(found->second);
  }

  bool ExpectsKey() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMapping &&
           open_.back().node.children.size() % 2 == 0;
  }

  /// Puts a complete value into the tree and into what is open around it.
  Status Add(YamlNode node, std::string anchor) {
    if (tree_ == nullptr) return Refuse("a value outside any document");
    if (ExpectsKey() && node.plain && node.text == "<<") {
      return Refuse("merge keys (<<) are not supported; write the members out");
    }
    const auto index = static_cast<std::uint32_t>(tree_->nodes.size());
    tree_->nodes.push_back(std::move(node));
    if (!anchor.empty()) anchors_.insert_or_assign(std::move(anchor), index);
    return Attach(index);
  }

  Status Attach(std::uint32_t index) {
    const YamlNode& node = tree_->nodes[index];
    if (open_.size() + node.height > limits_.max_depth) return TooDeep();
    if (open_.empty()) {
      tree_->root = index;
      earlier_visits_ += node.visits;
      return {};
    }
    YamlNode& parent = open_.back().node;
    parent.visits += node.visits;
    parent.height = std::max(parent.height, node.height + 1);
    // What is open counts only its own children, so the sum over all levels is what a walk visits
    // so far.
    std::size_t visits = earlier_visits_;
    for (const Level& level : open_) visits += level.node.visits;
    if (visits > limits_.max_values) {
      return TooMuch(
          Cat({"more than ", std::to_string(limits_.max_values), " values, aliases followed"}));
    }
    parent.children.push_back(index);
    return {};
  }

  const YamlLimits& limits_;
  std::vector<std::shared_ptr<const YamlTree>> documents_;
  std::shared_ptr<YamlTree> tree_;
  std::map<std::string, std::uint32_t> anchors_;
  std::vector<Level> open_;
  std::size_t earlier_visits_ = 0;  // of documents before this one
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

std::unexpected<Error> Explain(fy_diag* diag) {
  void* iterator = nullptr;
  const fy_diag_error* error = fy_diag_errors_iterate(diag, &iterator);
  if (error == nullptr || error->msg == nullptr) return Fail(Errc::kInputRefused, "yaml: not YAML");
  return Fail(Errc::kInputRefused,
              Cat({"yaml, line ", std::to_string(std::max(error->line, 0)), ", column ",
                   std::to_string(std::max(error->column, 0)), ": not YAML: ", Trim(error->msg)}));
}

Status CheckBytes(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Fail(Errc::kResourceExhausted,
                Cat({"yaml: ", std::to_string(text.size()), " bytes, want at most ",
                     std::to_string(limits.max_bytes)}));
  }
  std::size_t line = 1;
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = Utf8SequenceLength(text.substr(at, 4));
    if (length == 0 || text[at] == '\0') {
      return Fail(Errc::kInputRefused,
                  Cat({"yaml, line ", std::to_string(line), ", column ",
                       std::to_string(at - begin + 1), length == 0 ? ": not UTF-8" : ": NUL"}));
    }
    if (text[at] == '\n') {
      ++line;
      begin = at + 1;
    }
    at += length;
  }
  return {};
}

}  // namespace

Result<std::vector<std::shared_ptr<const YamlTree>>> ReadYamlStream(std::string_view text,
                                                                    const YamlLimits& limits) {
  HM_TRY(CheckBytes(text, limits));
  fy_diag_cfg diag_config;
  fy_diag_cfg_default(&diag_config);
  diag_config.fp = nullptr;
  diag_config.colorize = false;
  const std::unique_ptr<fy_diag, DropDiag> diag(fy_diag_create(&diag_config));
  if (!diag) return Fail(Errc::kResourceExhausted, "yaml: not enough memory");
  fy_diag_set_collect_errors(diag.get(), true);
  fy_parse_cfg config{};
  config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE);
  config.diag = diag.get();
  const std::unique_ptr<fy_parser, DropParser> parser(fy_parser_create(&config));
  if (!parser || fy_parser_set_string(parser.get(), text.data(), text.size()) != 0) {
    return Fail(Errc::kResourceExhausted, "yaml: not enough memory");
  }
  Reader reader(limits);
  while (fy_event* raw = fy_parser_parse(parser.get())) {
    const auto drop = [&](fy_event* event) { fy_parser_event_free(parser.get(), event); };
    const std::unique_ptr<fy_event, decltype(drop)> event(raw, drop);
    HM_TRY(reader.Take(event.get()));
  }
  if (fy_parser_get_stream_error(parser.get())) return Explain(diag.get());
  return reader.TakeDocuments();
}

}  // namespace hullmark::codec
