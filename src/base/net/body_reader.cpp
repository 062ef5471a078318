// SPDX-License-Identifier: Apache-2.0
#include "base/net/body_reader.h"

#include <algorithm>

namespace hullmark::net {
namespace {

// No body is so long that its size needs more, and so many never overflow.
constexpr std::uint64_t kMaxChunk = std::uint64_t{1} << 56;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 9110 §5.5.
bool IsText(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

}  // namespace

BodyReader BodyReader::OfLength(std::uint64_t length, const BodyLimits& limits) {
  BodyReader reader(At::kLength, limits);
  reader.left_ = length;
  if (length > limits.body_bytes) {
    reader.state_ = State::kOverLimit;
  } else if (length == 0) {
    reader.state_ = State::kDone;
  }
  return reader;
}
BodyReader BodyReader::Chunked(const BodyLimits& limits) {
  return BodyReader(At::kSizeFirst, limits);
}
BodyReader BodyReader::ToTheEnd(const BodyLimits& limits) {
  return BodyReader(At::kToTheEnd, limits);
}

std::size_t BodyReader::Feed(std::string_view bytes, const Take& take) {
  std::size_t used = 0;
  while (state_ == State::kMore && used < bytes.size()) {
    if (at_ == At::kLength || at_ == At::kData || at_ == At::kToTheEnd) {
      used += TakeData(bytes.substr(used), take);
    } else {
      TakeByte(bytes[used++]);
    }
  }
  return used;
}

bool BodyReader::Finish() {
  if (state_ == State::kMore && at_ == At::kToTheEnd) state_ = State::kDone;
  return state_ == State::kDone;
}

std::size_t BodyReader::TakeData(std::string_view bytes, const Take& take) {
  if (at_ == At::kToTheEnd) {
    // No more than the limit is ever handed over, however it arrives.
    const std::uint64_t room = limits_.body_bytes - taken_;
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()));
    if (n > 0) take(bytes.substr(0, n));
    taken_ += n;
    if (n < bytes.size()) state_ = State::kOverLimit;
    return n;
  }
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  take(bytes.substr(0, n));
  left_ -= n;
  if (left_ == 0) {
    if (at_ == At::kLength) {
      state_ = State::kDone;
    } else {
      at_ = At::kDataEnd;
    }
  }
  return n;
}

void BodyReader::TakeByte(char c) {
  switch (at_) {
    case At::kSizeFirst:
      if (HexValue(c) < 0) return Bad("a chunk without a size");
      line_ = 0;
      at_ = At::kSize;
      return TakeSizeDigit(c);
    case At::kSize:
      if (HexValue(c) >= 0) return TakeSizeDigit(c);
      if (c == '\r') return void(at_ = At::kSizeEnd);
      if (c != ';') return Bad("a chunk's size is no hexadecimal number");
      at_ = At::kExtension;
      return CountLineByte();
    case At::kExtension:
      if (c == '\r') return void(at_ = At::kSizeEnd);
      if (!IsText(c)) return Bad("a control character in a chunk's extension");
      return CountLineByte();
    case At::kSizeEnd:
      if (c != '\n') return Bad("a chunk's size does not end with CR LF");
      return EndSizeLine();
    case At::kDataEnd:
      if (c != '\r') return Bad("a chunk is longer than its size");
      return void(at_ = At::kDataEndLf);
    case At::kDataEndLf:
      if (c != '\n') return Bad("a chunk does not end with CR LF");
      return void(at_ = At::kSizeFirst);
    case At::kTrailerFirst:
      if (c == '\r') return void(at_ = At::kLastEnd);
      at_ = At::kTrailer;
      [[fallthrough]];
    case At::kTrailer:
      if (c == '\r') return void(at_ = At::kTrailerEnd);
      if (!IsText(c)) return Bad("a control character in a trailer");
      return CountLineByte();
    case At::kTrailerEnd:
      if (c != '\n') return Bad("a trailer does not end with CR LF");
      return void(at_ = At::kTrailerFirst);
    case At::kLastEnd:
      if (c != '\n') return Bad("the last chunk does not end with CR LF");
      return void(state_ = State::kDone);
    case At::kLength:
    case At::kToTheEnd:
    case At::kData:
      break;
  }
}

void BodyReader::TakeSizeDigit(char c) {
  left_ = left_ * 16 + static_cast<std::uint64_t>(HexValue(c));
  if (left_ > kMaxChunk) return Bad("a chunk's size is too large");
  CountLineByte();
}

void BodyReader::EndSizeLine() {
  line_ = 0;
  if (left_ == 0) {
    at_ = At::kTrailerFirst;
  } else if (left_ > limits_.body_bytes - taken_) {
    state_ = State::kOverLimit;
  } else {
    taken_ += left_;
    at_ = At::kData;
  }
}

void BodyReader::CountLineByte() {
  if (++line_ > limits_.line_bytes) Bad("a chunk's size line or the trailers are too long");
}

void BodyReader::Bad(std::string_view what) {
  state_ = State::kBad;
  what_ = what;
}

}  // namespace hullmark::net
