// SPDX-License-Identifier: Apache-2.0
#include "base/codec/bulk/bulk_parse.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/codec/bulk/flaw.h"
#include "base/codec/bulk/tape.h"
#include "base/text.h"

namespace hullmark::bulk {
namespace {

/// An upper bound of the number of values, without a tape: each follows an opening bracket or a
/// comma.
std::size_t CountValuesAtMost(std::string_view text) {
  return 1 +
         static_cast<std::size_t>(std::ranges::count(text, ',') + std::ranges::count(text, '[') +
                                  std::ranges::count(text, '{'));
}

/// The same, but what stands in strings is not counted.
std::size_t CountValues(std::string_view text) {
  std::size_t count = 1;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == ',' || c == '[' || c == '{') {
      ++count;
    }
  }
  return count;
}

/// What simdjson lets pass and we do not, found in one walk over the tape.
class Judge {
 public:
  Judge(const BulkTape& tape, const BulkLimits& limits) : tape_(tape), limits_(limits) {}

  /// Recurses once for each level: simdjson has bounded them.
  Status Visit(std::size_t at, std::size_t depth) {
    if (tape_.Is(at, '"')) return CheckString(at, at);
    if (tape_.Opens(at) &&
        depth == limits_.max_depth) {  // an empty one: simdjson counts full ones only
      return Refuse(Errc::kResourceExhausted, at,
                    Cat({"nested deeper than ", std::to_string(limits_.max_depth), " levels"}));
    }
    if (tape_.Is(at, '[')) {
      for (std::size_t item = at + 1; item < tape_.EndOf(at); item = tape_.Next(item)) {
        HM_TRY(Visit(item, depth + 1));
      }
    } else if (tape_.Is(at, '{')) {
      HM_TRY(CheckKeys(at));
      for (std::size_t key = at + 1; key < tape_.EndOf(at); key = tape_.Next(key + 1)) {
        HM_TRY(Visit(key + 1, depth + 1));
      }
    }
    return {};
  }

 private:
  std::unexpected<Error> Refuse(Errc code, std::size_t at, std::string_view why) const {
    return Fail(code, Cat({"json, ", PathTo(tape_, at), ": ", why}));
  }

  /// `owner` is the value whose path an error names.
  Status CheckString(std::size_t at, std::size_t owner) const {
    const std::string_view text = tape_.StringAt(at);
    if (text.size() > limits_.max_string_bytes) {
      return Refuse(Errc::kResourceExhausted, owner,
                    Cat({"a string of ", std::to_string(text.size()), " bytes, want at most ",
                         std::to_string(limits_.max_string_bytes)}));
    }
    if (text.find('\0') != std::string_view::npos) {
      return Refuse(Errc::kInputRefused, owner, "a string holds NUL (\\u0000); remove it");
    }
    return {};
  }

  Status CheckKeys(std::size_t at) {
    keys_.clear();
    for (std::size_t key = at + 1; key < tape_.EndOf(at); key = tape_.Next(key + 1)) {
      HM_TRY(CheckString(key, at));
      keys_.push_back(tape_.StringAt(key));
      if (keys_.size() > limits_.max_members) {
        return Refuse(Errc::kResourceExhausted, at,
                      Cat({"more than ", std::to_string(limits_.max_members), " members"}));
      }
    }
    std::ranges::sort(keys_);
    const auto twice = std::ranges::adjacent_find(keys_);
    if (twice == keys_.end()) return {};
    return Refuse(Errc::kInputRefused, at,
                  Cat({"the key ", Quote(*twice), " stands twice; keep one"}));
  }

  const BulkTape& tape_;
  const BulkLimits& limits_;
  std::vector<std::string_view> keys_;
};

std::unexpected<Error> Explain(simdjson::error_code error, std::string_view text,
                               const BulkLimits& limits) {
  if (error == simdjson::MEMALLOC || error == simdjson::CAPACITY) {
    return Fail(Errc::kResourceExhausted,
                Cat({"json: not enough memory for ", std::to_string(text.size()), " bytes"}));
  }
  const std::optional<Flaw> flaw = FindFlaw(text, limits.max_depth);
  if (!flaw) {
    // The grammar holds, so a number is beyond what 64 bits or a double can say.
    return Fail(Errc::kInputRefused, Cat({"json: ", simdjson::error_message(error)}));
  }
  const Errc code = flaw->too_deep ? Errc::kResourceExhausted : Errc::kInputRefused;
  return Fail(code, Cat({"json, line ", std::to_string(flaw->line), ", column ",
                         std::to_string(flaw->column), " (byte ", std::to_string(flaw->offset),
                         "): ", flaw->what}));
}

}  // namespace

Result<std::shared_ptr<const BulkTape>> ParseTape(std::string bytes, const BulkLimits& limits) {
  // simdjson counts bytes in 32 bits.
  const std::size_t max_bytes =
      std::min<std::size_t>(limits.max_bytes, simdjson::SIMDJSON_MAXSIZE_BYTES);
  if (bytes.size() > max_bytes) {
    return Fail(Errc::kResourceExhausted,
                Cat({"json: ", std::to_string(bytes.size()), " bytes, want at most ",
                     std::to_string(max_bytes)}));
  }
  // Before parsing: a tape of nothing but commas would be eight times its text.
  if (CountValuesAtMost(bytes) > limits.max_values && CountValues(bytes) > limits.max_values) {
    return Fail(Errc::kResourceExhausted,
                Cat({"json: more than ", std::to_string(limits.max_values), " values"}));
  }
  auto tape = std::make_shared<BulkTape>();
  {
    simdjson::dom::parser parser;
    simdjson::dom::document document;
    const std::size_t size = bytes.size();
    bytes.reserve(size + simdjson::SIMDJSON_PADDING);
    // One level more than allowed, since its count and ours differ by the root: too deep is found
    // by FindFlaw or Judge.
    simdjson::error_code error =
        parser.allocate(std::max<std::size_t>(size, 1), limits.max_depth + 1);
    if (!error) {
      error = parser.parse_into_document(document, bytes.data(), size, false).error();
    }
    if (error) return Explain(error, bytes, limits);
    tape->words = std::move(document.tape);
    tape->strings = std::move(document.string_buf);
    bytes = std::string();
  }
  HM_TRY(Judge(*tape, limits).Visit(BulkTape::kRoot, 0));
  return std::shared_ptr<const BulkTape>(std::move(tape));
}

}  // namespace hullmark::bulk
