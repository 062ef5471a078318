// SPDX-License-Identifier: Apache-2.0
//
// The base64 functions of text.h.
#include <algorithm>
#include <array>

#include "base/text.h"

namespace hullmark {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Reverse = std::array<std::int8_t, 256>;

constexpr Reverse ReverseOf(std::string_view alphabet) {
  Reverse table{};
  for (std::int8_t& entry : table) entry = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}
constexpr Reverse kStandardReverse = ReverseOf(kStandard);
constexpr Reverse kUrlSafeReverse = ReverseOf(kUrlSafe);

std::string Encode(std::span<const std::uint8_t> bytes, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8) | (k < count ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k <= count; ++k) out += alphabet[(group >> (18 - 6 * k)) & 63];
    if (pad) out.append(3 - count, '=');
  }
  return out;
}

// `text` has no padding any more.
std::optional<std::vector<std::uint8_t>> Decode(std::string_view text, const Reverse& reverse) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::vector<std::uint8_t> out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::int8_t value = reverse[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    group = (group << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(group >> bits));
      group &= (1U << bits) - 1;
    }
  }
  if (group != 0)
    return std::nullopt;  // bits that no byte takes: another spelling of the same bytes
  return out;
}

}  // namespace

std::string Base64Of(std::span<const std::uint8_t> bytes) { return Encode(bytes, kStandard, true); }

std::string Base64UrlOf(std::span<const std::uint8_t> bytes) {
  return Encode(bytes, kUrlSafe, false);
}

std::optional<std::vector<std::uint8_t>> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with('=')) text.remove_suffix(1);
  if (text.ends_with('=')) text.remove_suffix(1);
  return Decode(text, kStandardReverse);
}

std::optional<std::vector<std::uint8_t>> DecodeBase64Url(std::string_view text) {
  return Decode(text, kUrlSafeReverse);
}

}  // namespace hullmark
