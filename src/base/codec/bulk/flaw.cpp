// SPDX-License-Identifier: Apache-2.0
#include "base/codec/bulk/flaw.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace hullmark::bulk {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads the text once.  `what_` is set by the first thing that does not fit, and `at_` stays
/// there.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  bool Scan() {
    SkipBlanks();
    while (true) {
      if (!BeginValue()) return false;
      // Here a value is complete, or a container was opened and its first item comes.
      if (opened_) continue;
      if (!AfterValue()) return false;
      if (open_.empty()) break;
    }
    if (at_ < text_.size()) return Stop("something follows the value; want one value only");
    return true;
  }

  std::size_t at() const { return at_; }
  const std::string& what() const { return what_; }
  bool too_deep() const { return too_deep_; }

 private:
  bool Stop(std::string what) {
    what_ = std::move(what);
    return false;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool StopHere(std::string_view wanted) {
    if (at_ >= text_.size()) return Stop("the text ends before the value does");
    return Stop(Cat({"found ", Quote(text_.substr(at_, 1)), ", want ", wanted}));
  }

  void SkipBlanks() {
    while (Peek() == ' ' || Peek() == '\t' || Peek() == '\r' || Peek() == '\n') ++at_;
  }

  /// A scalar, an empty container, or the opening of one that is not empty (then `opened_`).
  bool BeginValue() {
    opened_ = false;
    const char c = Peek();
    if (c == '{' || c == '[') {
      if (open_.size() >= max_depth_) {
        too_deep_ = true;
        return Stop(Cat({"nested deeper than ", std::to_string(max_depth_), " levels"}));
      }
      ++at_;
      SkipBlanks();
      if (Peek() == (c == '{' ? '}' : ']')) {
        ++at_;
        return true;
      }
      open_ += c;
      opened_ = true;
      return c == '[' || ScanKey();
    }
    if (c == '"') return ScanString();
    if (c == '-' || IsDigit(c)) return ScanNumber();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return true;
      }
    }
    return StopHere("a value");
  }

  /// Commas and closing brackets, up to where the next value begins.
  bool AfterValue() {
    SkipBlanks();
    while (!open_.empty()) {
      const bool object = open_.back() == '{';
      if (Peek() == ',') {
        ++at_;
        SkipBlanks();
        return !object || ScanKey();
      }
      if (Peek() != (object ? '}' : ']')) return StopHere(object ? "`,` or `}`" : "`,` or `]`");
      ++at_;
      open_.pop_back();
      SkipBlanks();
    }
    return true;
  }

  bool ScanKey() {
    if (Peek() != '"') return StopHere("a key in double quotes");
    if (!ScanString()) return false;
    SkipBlanks();
    if (Peek() != ':') return StopHere("`:`");
    ++at_;
    SkipBlanks();
    return true;
  }

  bool ScanString() {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < 0x20) return Stop("a control character in a string; escape it");
      if (byte == '\\') {
        if (!ScanEscape()) return false;
        continue;
      }
      const std::size_t length = Utf8SequenceLength(text_.substr(at_, 4));
      if (length == 0) return Stop("not UTF-8");
      at_ += length;
    }
    if (at_ >= text_.size()) return StopHere("`\"`");
    ++at_;
    return true;
  }

  bool ScanEscape() {
    const std::size_t begin = at_++;
    if (Peek() == 'u') {
      const int first = ScanHex4();
      const bool low = first >= 0xdc00 && first <= 0xdfff;
      bool good = first >= 0 && !low;
      if (good && first >= 0xd800 && first <= 0xdbff) {
        good = Peek() == '\\';
        ++at_;
        const int second = good && Peek() == 'u' ? ScanHex4() : -1;
        good = second >= 0xdc00 && second <= 0xdfff;
      }
      if (good) return true;
    } else if (at_ < text_.size() &&
               std::string_view("\"\\/bfnrt").find(text_[at_]) != std::string_view::npos) {
      ++at_;
      return true;
    }
    at_ = begin;
    return Stop(Cat({"a bad escape in a string: ", Quote(text_.substr(at_, 12))}));
  }

  /// Stands at `u`; the value of the four digits behind it, or -1.
  int ScanHex4() {
    ++at_;
    int value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = Peek();
      const int digit = LowerHexValue(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }

  bool ScanNumber() {
    const std::size_t begin = at_;
    if (Peek() == '-') ++at_;
    bool good = IsDigit(Peek());
    if (Peek() == '0') {
      ++at_;
    } else {
      SkipDigits();
    }
    if (Peek() == '.') {
      ++at_;
      good = good && IsDigit(Peek());
      SkipDigits();
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      good = good && IsDigit(Peek());
      SkipDigits();
    }
    if (good && !IsDigit(Peek())) return true;
    at_ = begin;
    return Stop(Cat({"a bad number: ", Quote(text_.substr(begin, 20))}));
  }

  void SkipDigits() {
    while (IsDigit(Peek())) ++at_;
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  bool opened_ = false;
  bool too_deep_ = false;
  std::string open_;  // '{' or '[' for each open level
  std::string what_;
};

}  // namespace

std::optional<Flaw> FindFlaw(std::string_view text, std::size_t max_depth) {
  Scanner scanner(text, max_depth);
  if (scanner.Scan()) return std::nullopt;
  Flaw flaw;
  flaw.offset = std::min(scanner.at(), text.size());
  flaw.what = scanner.what();
  flaw.too_deep = scanner.too_deep();
  for (const char c : text.substr(0, flaw.offset)) {
    if (c == '\n') {
      ++flaw.line;
      flaw.column = 0;
    }
    ++flaw.column;
  }
  return flaw;
}

}  // namespace hullmark::bulk
