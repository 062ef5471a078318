// SPDX-License-Identifier: Apache-2.0
//
// The parsed form: simdjson's tape (its doc/tape.md), taken over from its document and read by us.
// One word for each bracket, string and literal, two for a number; the upper 8 bits say which, and
// an opening bracket knows where it is closed.  Private to this room.  Immutable once judged.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace hullmark::bulk {

struct BulkTape {
  static constexpr std::size_t kRoot = 1;  ///< word 0 marks the tape's begin
  static constexpr std::size_t kCountMax = 0xffffff;

  std::unique_ptr<std::uint64_t[]> words;
  std::unique_ptr<std::uint8_t[]> strings;  ///< each: its length in 4 bytes, then the bytes

  bool Is(std::size_t index, char type) const {
    return static_cast<char>(words[index] >> 56) == type;
  }
  bool IsNumber(std::size_t index) const {
    return Is(index, 'l') || Is(index, 'u') || Is(index, 'd');
  }
  bool Opens(std::size_t index) const { return Is(index, '{') || Is(index, '['); }

  /// Of the container at `index`: the word that closes it, and its items, counted up to kCountMax.
  std::size_t EndOf(std::size_t index) const { return (words[index] & 0xffffffff) - 1; }
  std::size_t CountOf(std::size_t index) const { return (words[index] >> 32) & kCountMax; }
  /// The word after the whole value at `index`.
  std::size_t Next(std::size_t index) const {
    if (Opens(index)) return words[index] & 0xffffffff;
    return index + (IsNumber(index) ? 2 : 1);
  }

  std::string_view StringAt(std::size_t index) const {
    const std::uint8_t* at = &strings[words[index] & 0x00ffffffffffffff];
    std::uint32_t length = 0;
    std::memcpy(&length, at, sizeof length);
    return {reinterpret_cast<const char*>(at + sizeof length), length};
  }
  template <class Number>
  Number NumberAt(std::size_t index) const {
    static_assert(sizeof(Number) == sizeof(std::uint64_t));
    Number number;
    std::memcpy(&number, &words[index + 1], sizeof number);
    return number;
  }
};

/// The JSON path of the value at the word `target`.
std::string PathTo(const BulkTape& tape, std::size_t target);

}  // namespace hullmark::bulk
