// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/response_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

namespace hullmark::net {
namespace {

// "STATUS body", and "+" when the connection may be kept; or the error's name.
std::string Read(std::string_view raw, std::size_t step, const ResponseLimits& limits = {},
                 bool head_only = false) {
  std::string body;
  ResponseReader reader(limits, head_only, [&](const HttpResponse&, std::string_view piece) {
    body += piece;
    return true;
  });
  for (std::size_t at = 0; at < raw.size() && !reader.done(); at += step) {
    if (Status fed = reader.Feed(raw.substr(at, step)); !fed) {
      return std::string(InfoOf(fed.error().code()).name);
    }
  }
  if (!reader.done()) {
    if (Status end = reader.Finish(); !end) return std::string(InfoOf(end.error().code()).name);
  }
  return std::to_string(reader.response().status) + " " + body + (reader.keep_alive() ? "+" : "");
}

struct ResponseCase {
  std::string_view name, raw, want;
  bool head_only = false;
};
constexpr ResponseCase kCases[] = {
    {"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 ok+"},
    {"length_close", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
     "200 ok"},
    {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
     "200 ok+"},
    {"to_the_end", "HTTP/1.1 200 OK\r\n\r\nok", "200 ok"},
    {"old", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 ok"},
    {"no_reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 +"},
    {"no_content", "HTTP/1.1 204 No Content\r\n\r\n", "204 +"},
    {"head", "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n", "200 +", true},
    {"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
     "200 x+"},
    {"switching", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "unavailable"},
    {"interim_only", "HTTP/1.1 100 Continue\r\n\r\n", "unavailable"},
    {"nothing", "", "unavailable"},
    {"half_head", "HTTP/1.1 200 OK\r\nContent", "unavailable"},
    {"other_protocol", "SSH-2.0-x\r\n", "unavailable"},
    {"bad_status", "HTTP/1.1 2x0 OK\r\n\r\n", "unavailable"},
    {"half_body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", "data_loss"},
    {"half_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", "data_loss"},
    {"no_last_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
     "data_loss"},
    {"half_last_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
     "data_loss"},
    {"bad_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
     "data_loss"},
    {"gzip_coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok", "unavailable"},
    {"gzip_chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     "unavailable"},
    {"both_lengths",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
     "unavailable"},
    {"lengths_differ", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
     "unavailable"},
};
class ResponseCases : public testing::TestWithParam<ResponseCase> {};
TEST_P(ResponseCases, AreReadOrRefusedHoweverTheyArrive) {
  const ResponseCase& c = GetParam();
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, c.raw.size() + 1}) {
    EXPECT_EQ(Read(c.raw, step, {}, c.head_only), c.want) << step;
  }
}
INSTANTIATE_TEST_SUITE_P(Table, ResponseCases, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(ResponseReaderLimits, EachIsHit) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(Read(ok + "X: " + std::string(100, 'x'), 1, {.head_bytes = 64}), "resource_exhausted");
  const ResponseLimits body{.body_bytes = 4};
  EXPECT_EQ(Read(ok + "Content-Length: 4\r\n\r\n1234", 1, body), "200 1234+");
  EXPECT_EQ(Read(ok + "Content-Length: 5\r\n\r\n", 1, body), "resource_exhausted");
  EXPECT_EQ(Read(ok + "\r\n12345", 1, body), "resource_exhausted");
  EXPECT_EQ(
      Read(ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 1, body),
      "resource_exhausted");
  EXPECT_EQ(Read(ok + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(100, 'x'), 1,
                 {.chunk_head_bytes = 64}),
            "data_loss");
  std::string interim;
  for (int i = 0; i < 4; ++i) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
  EXPECT_EQ(Read(interim + ok + "Content-Length: 0\r\n\r\n", 1000, {.interim_responses = 3}),
            "unavailable");
}

TEST(ResponseReaderTest, BytesAfterTheResponseSpoilTheConnection) {
  EXPECT_EQ(Read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200", 1000), "200 ok");
}

RC_GTEST_PROP(ResponseReaderLaw, AnyBytesEndHoweverTheyArrive,
              (const std::string& noise, std::uint16_t at, std::uint8_t which)) {
  std::string raw(kCases[which % std::size(kCases)].raw);
  raw.insert(at % (raw.size() + 1), noise);
  const auto ok_or_code = [&](std::size_t step) {
    std::string got = Read(raw, step);
    if (got.ends_with('+')) got.pop_back();  // bytes too many are seen only when they came along
    return got;
  };
  const std::string whole = ok_or_code(raw.size() + 1);
  RC_ASSERT(ok_or_code(1) == whole);
}

}  // namespace
}  // namespace hullmark::net
