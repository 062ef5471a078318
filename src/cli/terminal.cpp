// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace hullmark::cli {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// The first `count` code points of `text`.
std::string_view Head(std::string_view text, std::size_t count) {
  std::size_t i = 0;
  while (i < text.size() && count > 0) {
    ++i;
    while (i < text.size() && IsContinuation(text[i])) ++i;
    --count;
  }
  return text.substr(0, i);
}

std::string_view Tail(std::string_view text, std::size_t count) {
  std::size_t i = text.size();
  while (i > 0 && count > 0) {
    --i;
    while (i > 0 && IsContinuation(text[i])) --i;
    --count;
  }
  return text.substr(i);
}

}  // namespace

Terminal Terminal::Detect() {
  Terminal terminal;
  terminal.interactive = isatty(STDOUT_FILENO) == 1;
  if (!terminal.interactive) return terminal;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
    terminal.columns = size.ws_col;
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  const char* no_color = std::getenv("NO_COLOR");
  terminal.color = !dumb && (no_color == nullptr || *no_color == '\0');
  return terminal;
}

std::string Paint(const Terminal& terminal, Tone tone, std::string_view text) {
  if (!terminal.color || tone == Tone::kPlain) return std::string(text);
  std::string_view code = "0";
  switch (tone) {
    case Tone::kPlain:
      break;
    case Tone::kStrong:
      code = "1";
      break;
    case Tone::kQuiet:
      code = "2";
      break;
    case Tone::kGood:
      code = "32";
      break;
    case Tone::kWarn:
      code = "33";
      break;
    case Tone::kBad:
      code = "31";
      break;
  }
  return Cat({"\x1b[", code, "m", text, "\x1b[0m"});
}

std::size_t WidthOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !IsContinuation(c); }));
}

std::string Fit(std::string_view text, std::size_t width) {
  if (WidthOf(text) <= width) return std::string(text);
  if (width <= 1) return width == 1 ? "…" : "";
  const std::size_t tail = (width - 1) / 2;
  return Cat({Head(text, width - 1 - tail), "…", Tail(text, tail)});
}

std::string FitEnd(std::string_view text, std::size_t width) {
  if (WidthOf(text) <= width) return std::string(text);
  return width == 0 ? "" : Cat({"…", Tail(text, width - 1)});
}

std::string Pad(std::string_view text, std::size_t width) {
  std::string out(text);
  const std::size_t have = WidthOf(text);
  if (have < width) out.append(width - have, ' ');
  return out;
}

std::string Wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::string line(indent, ' ');
  bool empty = true;
  for (std::string_view word : Split(text, ' ')) {
    if (word.empty()) continue;
    if (!empty && WidthOf(line) + 1 + WidthOf(word) > width) {
      out += line + "\n";
      line.assign(indent, ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return out + line + "\n";
}

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const bool valid = IsValidUtf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = valid && byte == 0xC2 && i + 1 < text.size() &&
                    static_cast<unsigned char>(text[i + 1]) < 0xA0;  // U+0080..U+009F
    if (byte < 0x20 || byte == 0x7F || (!valid && byte >= 0x80)) {
      out += '?';
    } else if (c1) {
      out += '?';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string ShortDigest(std::string_view digest) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!digest.starts_with(kPrefix)) return std::string(digest);
  return std::string(digest.substr(0, kPrefix.size() + 12));
}

std::string TextTable::Render(const Terminal& terminal) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::size_t used = 0;
    std::string line;
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      const bool last = i + 1 == rows_[r].size();
      if (last) {
        const std::size_t room = terminal.columns > used ? terminal.columns - used : 1;
        line += terminal.interactive ? Fit(rows_[r][i], room) : rows_[r][i];
      } else {
        line += Pad(rows_[r][i], widths[i]) + "  ";
        used += widths[i] + 2;
      }
    }
    while (line.ends_with(' ')) line.pop_back();
    out += (r == 0 ? Paint(terminal, Tone::kQuiet, line) : line) + "\n";
  }
  return out;
}

}  // namespace hullmark::cli
