// SPDX-License-Identifier: Apache-2.0
//
// Small questions about text that the standard library leaves open.  Text is bytes in UTF-8 unless
// said otherwise.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hullmark {

/// For error messages: in double quotes, cut to 80 bytes, control characters and broken UTF-8 made
/// visible.
std::string Quote(std::string_view text);

/// The value of a lower-case hex digit, or -1.
int LowerHexValue(char c);
/// Lower-case hex of `bytes`.
std::string HexOf(std::span<const std::uint8_t> bytes);

/// RFC 4648 §4 with padding, and §5 without: decoding refuses any other spelling of the same bytes.
std::string Base64Of(std::span<const std::uint8_t> bytes);
std::string Base64UrlOf(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> DecodeBase64(std::string_view text);
std::optional<std::vector<std::uint8_t>> DecodeBase64Url(std::string_view text);

/// RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view text);
/// Bytes of the well-formed UTF-8 sequence that `text` starts with; 0 when it starts with none.
std::size_t Utf8SequenceLength(std::string_view text);

/// ASCII only.
std::string ToLower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

/// Without blanks (space, tab, CR, LF) at either end.
std::string_view Trim(std::string_view text);
/// The parts between separators; an empty text is one empty part.
std::vector<std::string_view> Split(std::string_view text, char separator);
/// The unsigned decimal number that `text` is, whole, or nothing.
std::optional<std::uint64_t> ParseUint(std::string_view text);
/// The parts as one string.
std::string Cat(std::initializer_list<std::string_view> parts);
/// RFC 3986 §2.1: everything but unreserved characters as %XX.
std::string PercentEncode(std::string_view text);
/// Of `candidates`, the one that `word` was probably meant to be (small edit distance), or nothing.
std::optional<std::string_view> Nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);
/// Whether `text` matches `pattern`, in which `*` stands for any run of characters.
bool MatchesGlob(std::string_view pattern, std::string_view text);

inline std::string_view AsText(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const std::uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace hullmark
