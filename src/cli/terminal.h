// SPDX-License-Identifier: Apache-2.0
//
// What the other end of standard output can show, and text that fits it.  Plain when piped.
// Thread-compatible.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hullmark::cli {

struct Terminal {
  bool interactive = false;  ///< standard output is a terminal
  bool color = false;        ///< interactive, and neither NO_COLOR nor TERM=dumb says otherwise
  std::size_t columns = 80;

  /// Asks the system about standard output.
  static Terminal Detect();
};

enum class Tone { kPlain, kStrong, kQuiet, kGood, kWarn, kBad };
/// `text` in that tone where the terminal has colours; never the only carrier of a meaning.
std::string Paint(const Terminal& terminal, Tone tone, std::string_view text);

/// Columns that `text` takes: its code points.
std::size_t WidthOf(std::string_view text);
/// Cut to `width` columns with "…" in the middle, where both ends tell most (digests, paths).
std::string Fit(std::string_view text, std::size_t width);
/// The same for names made of parts, whose end tells most: "…" takes the place of their beginning.
std::string FitEnd(std::string_view text, std::size_t width);
/// Filled with blanks to `width` columns.
std::string Pad(std::string_view text, std::size_t width);
/// Words broken into lines of at most `width` columns, each with `indent` blanks before it.
std::string Wrap(std::string_view text, std::size_t width, std::size_t indent);
/// Control characters and escape sequences of untrusted text made harmless.
std::string Printable(std::string_view text);
/// `sha256:` and the first 12 hex characters; other text as it stands.
std::string ShortDigest(std::string_view digest);

/// Rows with aligned columns; the last column is cut where the line would be wider than the
/// terminal.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string Render(const Terminal& terminal) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace hullmark::cli
