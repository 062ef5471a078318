// SPDX-License-Identifier: Apache-2.0
#include "sample/facts.h"

#include "base/text.h"

namespace hullmark::sample {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): each step is a good hash of the state before it.
std::uint64_t Mix(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
  return state ^ (state >> 31);
}

}  // namespace

std::uint64_t Facts::Number(std::string_view of) const {
  std::uint64_t state = Mix(seed_);
  for (const char c : of) state = Mix(state ^ static_cast<unsigned char>(c));
  return state;
}

std::size_t Facts::Below(std::size_t end, std::string_view of) const {
  return static_cast<std::size_t>(Number(of) % end);
}

std::string Facts::Hex(std::size_t digits, std::string_view of) const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(digits);
  std::uint64_t word = Number(of);
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0 && i > 0) word = Mix(word);
    out += kDigits[(word >> (4 * (i % 16))) & 15];
  }
  return out;
}

std::string Facts::Digest(std::string_view of) const { return "sha256:" + Hex(64, of); }

std::string Facts::Uuid(std::string_view of) const {
  const std::string hex = Hex(32, of);
  const std::string_view text = hex;
  return Cat({text.substr(0, 8), "-", text.substr(8, 4), "-4", text.substr(13, 3), "-a",
              text.substr(17, 3), "-", text.substr(20, 12)});
}

std::string Facts::Id(int digits, std::string_view of) const {
  std::uint64_t low = 1;
  for (int i = 1; i < digits; ++i) low *= 10;
  return std::to_string(low + Number(of) % (9 * low));
}

}  // namespace hullmark::sample
