// SPDX-License-Identifier: Apache-2.0
//
// The body of a message by its framing (RFC 9112 §6–7): of a length, in chunks, or to the end of
// the connection.  Ours and not the library's, whose chunk reader asserts on some input and has no
// limit for what stands between chunks.  How bytes arrive makes no difference.  Thread-compatible.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace hullmark::net {

struct BodyLimits {
  std::uint64_t body_bytes = 0;
  std::size_t line_bytes = 4 << 10;  ///< a chunk's size with its extensions; all trailers together
};

class BodyReader {
 public:
  enum class State : std::uint8_t { kMore, kDone, kOverLimit, kBad };
  using Take = std::function<void(std::string_view piece)>;

  static BodyReader OfLength(std::uint64_t length, const BodyLimits& limits);
  static BodyReader Chunked(const BodyLimits& limits);
  static BodyReader ToTheEnd(const BodyLimits& limits);

  /// Gives the body's bytes in `bytes` to `take`; how many of `bytes` belong to the message.
  std::size_t Feed(std::string_view bytes, const Take& take);
  State state() const { return state_; }
  /// What is bad, for a person.  Requires: kBad.
  std::string_view what() const { return what_; }
  /// The connection has ended: whether the body is whole.
  bool Finish();

 private:
  enum class At : std::uint8_t {
    kLength,  // inside a body of known length
    kToTheEnd,
    kSizeFirst,  // the first digit of a chunk's size
    kSize,
    kExtension,
    kSizeEnd,  // the line feed after it
    kData,
    kDataEnd,  // the carriage return after a chunk's bytes
    kDataEndLf,
    kTrailerFirst,
    kTrailer,
    kTrailerEnd,
    kLastEnd,  // the very last line feed
  };

  explicit BodyReader(At at, const BodyLimits& limits) : limits_(limits), at_(at) {}
  std::size_t TakeData(std::string_view bytes, const Take& take);
  void TakeByte(char c);
  void TakeSizeDigit(char c);
  void EndSizeLine();
  void CountLineByte();
  void Bad(std::string_view what);

  BodyLimits limits_;
  At at_;
  State state_ = State::kMore;
  std::string_view what_;
  std::uint64_t left_ = 0;   // of the length, or of the chunk
  std::uint64_t taken_ = 0;  // of the limit
  std::size_t line_ = 0;
};

}  // namespace hullmark::net
