// SPDX-License-Identifier: Apache-2.0
//
// Fields that servers answer with and clients must read: WWW-Authenticate and Link.  Both are
// comma-separated lists whose quoted strings may hold commas; what does not parse is skipped, never
// guessed at.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

constexpr std::size_t kMaxChallenges = 16;
constexpr std::size_t kMaxParameters = 32;

bool IsTokenChar(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").contains(c);
}
// RFC 9110 §11.2, beyond the token characters.
bool IsToken68Char(char c) { return IsTokenChar(c) || c == '/' || c == '='; }

/// Reads a field from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  std::size_t position() const { return at_; }
  void Rewind(std::size_t to) { at_ = to; }

  bool Take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool SkipBlanks() {
    const std::size_t from = at_;
    while (peek() == ' ' || peek() == '\t') ++at_;
    return at_ != from;
  }
  void SkipBlanksAndCommas() {
    while (SkipBlanks() || Take(',')) {
    }
  }
  template <class Is>
  std::string_view While(Is is) {
    const std::size_t from = at_;
    while (!done() && is(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  std::string_view Token() { return While(IsTokenChar); }
  /// After its opening quote was seen; nothing when it never ends.
  std::optional<std::string> QuotedString() {
    if (!Take('"')) return std::nullopt;
    std::string out;
    while (!done()) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\' && !done()) {
        out += text_[at_++];
      } else {
        out += c;
      }
    }
    return std::nullopt;
  }
  /// Past the next comma that is in no quoted string.
  void SkipElement() {
    while (!done() && peek() != ',') {
      if (peek() == '"') {
        if (!QuotedString()) return;
      } else {
        ++at_;
      }
    }
  }
  std::optional<std::string> TokenOrQuoted() {
    if (peek() == '"') return QuotedString();
    const std::string_view token = Token();
    if (token.empty()) return std::nullopt;
    return std::string(token);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// `name = value`, or nothing and the scanner where it was.
std::optional<std::pair<std::string, std::string>> TakeParameter(Scanner& in) {
  const std::size_t start = in.position();
  const std::string_view name = in.Token();
  in.SkipBlanks();
  if (!name.empty() && in.Take('=')) {
    in.SkipBlanks();
    if (std::optional<std::string> value = in.TokenOrQuoted()) {
      return std::pair(ToLower(name), *std::move(value));
    }
  }
  in.Rewind(start);
  return std::nullopt;
}

// A token68 ("abc==") stands alone after its scheme; it is not kept, only stepped over.
void SkipToken68(Scanner& in) {
  const std::size_t start = in.position();
  in.While(IsToken68Char);
  in.SkipBlanks();
  if (!in.done() && in.peek() != ',') in.Rewind(start);
}

void TakeParameters(Scanner& in, Challenge& challenge) {
  while (true) {
    in.SkipBlanksAndCommas();
    std::optional<std::pair<std::string, std::string>> parameter = TakeParameter(in);
    if (!parameter) return;
    if (challenge.parameters.size() < kMaxParameters) {
      challenge.parameters.push_back(*std::move(parameter));
    }
    in.SkipBlanks();
    if (!in.done() && in.peek() != ',') in.SkipElement();
  }
}

// One link's parameters; whether `rel` is among its relations.
bool TakeLinkParameters(Scanner& in, std::string_view rel) {
  bool matches = false;
  bool rel_seen = false;
  while (true) {
    in.SkipBlanks();
    if (!in.Take(';')) break;
    in.SkipBlanks();
    const std::string_view name = in.Token();
    in.SkipBlanks();
    if (!in.Take('=')) continue;
    in.SkipBlanks();
    const std::optional<std::string> value = in.TokenOrQuoted();
    if (!value) break;
    if (!EqualsIgnoreCase(name, "rel") || rel_seen) continue;  // RFC 8288 §3.3: the first counts
    rel_seen = true;
    for (const std::string_view word : Split(*value, ' ')) {
      if (EqualsIgnoreCase(word, rel)) matches = true;
    }
  }
  return matches;
}

}  // namespace

std::vector<Challenge> ParseChallenges(std::string_view field) {
  std::vector<Challenge> challenges;
  Scanner in(field);
  while (challenges.size() < kMaxChallenges) {
    in.SkipBlanksAndCommas();
    if (in.done()) break;
    Challenge challenge;
    challenge.scheme = ToLower(in.Token());
    const bool blank = in.SkipBlanks();
    if (challenge.scheme.empty() || !(blank || in.done() || in.peek() == ',')) {
      in.SkipElement();
      continue;
    }
    if (in.peek() != ',') {
      const std::size_t start = in.position();
      const bool parameters_follow = TakeParameter(in).has_value();
      in.Rewind(start);
      if (parameters_follow) {
        TakeParameters(in, challenge);
      } else {
        SkipToken68(in);
      }
    }
    if (!in.done() && in.peek() != ',' && challenge.parameters.empty()) in.SkipElement();
    challenges.push_back(std::move(challenge));
  }
  return challenges;
}

std::optional<std::string> FindLink(std::string_view field, std::string_view rel) {
  Scanner in(field);
  while (true) {
    in.SkipBlanksAndCommas();
    if (in.done()) return std::nullopt;
    if (in.Take('<')) {
      const std::string_view target = in.While([](char c) { return c != '>'; });
      if (!in.Take('>')) return std::nullopt;
      if (TakeLinkParameters(in, rel)) return std::string(target);
    }
    in.SkipElement();
  }
}

}  // namespace hullmark::net
