// SPDX-License-Identifier: Apache-2.0
#include "base/net/body_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace hullmark::net {
namespace {

// The body, then "|" and the bytes beyond it; "…" when unfinished, "!" when over the limit, "?" and
// the reason when bad.
std::string Read(BodyReader reader, std::string_view raw, std::size_t step) {
  std::string body;
  std::size_t used = 0;
  for (std::size_t at = 0; at < raw.size() && reader.state() == BodyReader::State::kMore;
       at += step) {
    used += reader.Feed(raw.substr(at, step), [&](std::string_view piece) { body += piece; });
  }
  switch (reader.state()) {
    case BodyReader::State::kMore:
      return body + "…";
    case BodyReader::State::kOverLimit:
      return body + "!";
    case BodyReader::State::kBad:
      return body + "?" + std::string(reader.what());
    case BodyReader::State::kDone:
      return body + "|" + std::string(raw.substr(used));
  }
  return "";
}

struct ChunkCase {
  std::string_view name, raw, want;
};
constexpr ChunkCase kChunkCases[] = {
    {"empty", "0\r\n\r\n", "|"},
    {"one", "3\r\nabc\r\n0\r\n\r\n", "abc|"},
    {"two", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde|"},
    {"hex", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789|"},
    {"zeros_first", "0003\r\nabc\r\n000\r\n\r\n", "abc|"},
    {"extension", "3;a=b;c=\"d e\"\r\nabc\r\n0;x\r\n\r\n", "abc|"},
    {"trailers", "0\r\nA: b\r\nC: d\r\n\r\n", "|"},
    {"next_message", "0\r\n\r\nGET /", "|GET /"},
    {"line_ends_inside", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n|"},
    {"nothing", "", "…"},
    {"no_end", "3\r\nabc\r\n0\r\n", "abc…"},
    {"half", "3\r\nab", "ab…"},
    {"no_size", "\r\n", "?a chunk without a size"},
    {"blank_first", " 3\r\nabc\r\n", "?a chunk without a size"},
    {"sign", "+3\r\nabc\r\n", "?a chunk without a size"},
    {"minus", "-1\r\n", "?a chunk without a size"},
    {"prefix", "0x3\r\nabc\r\n", "?a chunk's size is no hexadecimal number"},
    {"blank_after", "3 \r\nabc\r\n", "?a chunk's size is no hexadecimal number"},
    {"line_feed_only", "3\nabc\n0\n\n", "?a chunk's size is no hexadecimal number"},
    {"bare_cr", "3\rabc", "?a chunk's size does not end with CR LF"},
    {"extension_line_feed", "3;a\nb\r\nabc\r\n", "?a control character in a chunk's extension"},
    {"too_long", "3\r\nabcd\r\n", "abc?a chunk is longer than its size"},
    {"no_line_feed", "3\r\nabc\r0", "abc?a chunk does not end with CR LF"},
    {"trailer_line_feed", "0\r\nA: b\n\r\n", "?a control character in a trailer"},
    {"trailer_bare_cr", "0\r\nA: b\rC", "?a trailer does not end with CR LF"},
    {"last_bare_cr", "0\r\n\rx", "?the last chunk does not end with CR LF"},
    {"overflow", "10000000000000003\r\nabc\r\n", "?a chunk's size is too large"},
    {"over_limit", "15\r\n", "!"},
    {"over_limit_in_all", "13\r\n0123456789012345678\r\n2\r\nab", "0123456789012345678!"},
    {"at_limit", "14\r\n01234567890123456789\r\n0\r\n\r\n", "01234567890123456789|"},
    {"long_extension", "3;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "?a chunk's size line or the trailers are too long"},
    {"long_trailers", "0\r\nA: bbbbbbbbbbbb\r\nC: dddddddddddddd\r\n\r\n",
     "?a chunk's size line or the trailers are too long"},
    {"long_zeros", "000000000000000000000000000000000000",
     "?a chunk's size line or the trailers are too long"},
};
constexpr BodyLimits kLimits{.body_bytes = 20, .line_bytes = 30};

class Chunks : public testing::TestWithParam<ChunkCase> {};
TEST_P(Chunks, AreReadHoweverTheyArrive) {
  for (const std::size_t step : {1, 2, 3, 1000}) {
    EXPECT_EQ(Read(BodyReader::Chunked(kLimits), GetParam().raw, step), GetParam().want) << step;
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, Chunks, testing::ValuesIn(kChunkCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(BodyReaderTest, Length) {
  for (const std::size_t step : {1, 1000}) {
    EXPECT_EQ(Read(BodyReader::OfLength(3, kLimits), "abcdef", step), "abc|def");
    EXPECT_EQ(Read(BodyReader::OfLength(3, kLimits), "ab", step), "ab…");
    EXPECT_EQ(Read(BodyReader::OfLength(0, kLimits), "ab", step), "|ab");
    EXPECT_EQ(Read(BodyReader::OfLength(21, kLimits), "ab", step), "!");
  }
}

TEST(BodyReaderTest, ToTheEnd) {
  const std::string at_limit(20, 'x');
  for (const std::size_t step : {1, 1000}) {
    EXPECT_EQ(Read(BodyReader::ToTheEnd(kLimits), at_limit, step), at_limit + "…");
    EXPECT_EQ(Read(BodyReader::ToTheEnd(kLimits), at_limit + "y", step), at_limit + "!");
  }
}

TEST(BodyReaderTest, OnlyABodyToTheEndEndsWithTheConnection) {
  const auto ignore = [](std::string_view) {};
  BodyReader to_the_end = BodyReader::ToTheEnd(kLimits);
  to_the_end.Feed("abc", ignore);
  EXPECT_TRUE(to_the_end.Finish());
  BodyReader length = BodyReader::OfLength(4, kLimits);
  length.Feed("abc", ignore);
  EXPECT_FALSE(length.Finish());
  BodyReader chunked = BodyReader::Chunked(kLimits);
  chunked.Feed("3\r\nabc\r\n", ignore);
  EXPECT_FALSE(chunked.Finish());
}

RC_GTEST_PROP(BodyReaderLaw, WhatIsChunkedComesBack, (const std::vector<std::string>& pieces)) {
  std::string raw;
  std::string body;
  for (const std::string& piece : pieces) {
    if (piece.empty()) continue;
    char size[20];
    std::snprintf(size, sizeof(size), "%zx\r\n", piece.size());
    raw += size + piece + "\r\n";
    body += piece;
  }
  raw += "0\r\n\r\n";
  const BodyLimits limits{.body_bytes = 1 << 20};
  RC_ASSERT(Read(BodyReader::Chunked(limits), raw, 3) == body + "|");
}

}  // namespace
}  // namespace hullmark::net
