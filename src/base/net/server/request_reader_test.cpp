// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "base/net/server/request_cases.h"

namespace hullmark::net {
namespace {

using State = RequestReader::State;

// Feeds `raw` in pieces of `step` bytes; "200 METHOD path?query body" or "STATUS what" of each
// request, one a line; "…" when the last one is unfinished.
std::string Read(std::string_view raw, std::size_t step, std::size_t max_body = 1000,
                 const ReaderLimits& limits = {}) {
  RequestReader reader(limits);
  std::string out;
  const auto settle = [&] {
    while (true) {
      if (reader.state() == State::kAdmit) {
        reader.Admit(max_body);
      } else if (reader.state() == State::kDone) {
        const ServerRequest request = reader.Take();
        out += "200 " + request.method + " " + request.path;
        for (const auto& [key, value] : request.query) out += "?" + key + "=" + value;
        out += " " + request.body + "\n";
        reader.Next();
      } else {
        return;
      }
    }
  };
  for (std::size_t at = 0; at < raw.size() && reader.state() != State::kRefused; at += step) {
    reader.Feed(raw.substr(at, step));
    settle();
  }
  if (reader.state() == State::kRefused) {
    out += std::to_string(reader.refusal().status) + " " + reader.refusal().what;
  } else if (reader.started()) {
    out += "…";
  }
  return out;
}

class RequestCases : public testing::TestWithParam<RequestCase> {};

TEST_P(RequestCases, IsTakenOrRefused) {
  const RequestCase& c = GetParam();
  const std::string raw(c.raw);
  const std::string got = Read(raw, raw.size());
  EXPECT_EQ(got.substr(0, 3), std::to_string(c.status)) << got;
  if (c.status == 200) {
    EXPECT_EQ(got, std::string(c.want) + "\n");
  } else {
    EXPECT_THAT(got, testing::HasSubstr(std::string(c.want)));
  }
}
TEST_P(RequestCases, HowItArrivesMakesNoDifference) {
  const std::string raw(GetParam().raw);
  const std::string whole = Read(raw, raw.size());
  for (const std::size_t step : {1, 2, 3, 7}) EXPECT_EQ(Read(raw, step), whole) << step;
}
INSTANTIATE_TEST_SUITE_P(Table, RequestCases, testing::ValuesIn(kRequestCases),
                         [](const auto& c) { return std::string(c.param.name); });

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(RequestReaderTest, PipelinedRequestsComeOneByOne) {
  const std::string post = "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz";
  EXPECT_EQ(Read(std::string(kGet) + post + std::string(kGet), 1000),
            "200 GET /a \n200 POST /b xyz\n200 GET /a \n");
  EXPECT_EQ(Read(std::string(kGet) + "\r\n\r\n" + post, 5), "200 GET /a \n200 POST /b xyz\n");
}

TEST(RequestReaderTest, NothingIsReadAfterARefusal) {
  const std::string smuggled = "GET /a HTTP/1.1\r\n\r\n" + std::string(kGet);
  EXPECT_EQ(Read(smuggled, 1000), "400 no Host");
}

TEST(RequestReaderTest, UnfinishedIsUnfinished) {
  for (std::size_t n = 1; n < kGet.size(); ++n) EXPECT_EQ(Read(kGet.substr(0, n), 1000), "…");
}

TEST(RequestReaderLimits, Head) {
  const ReaderLimits limits{.head_bytes = 100};
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string fits = start + std::string(100 - start.size() - 4, 'x') + "\r\n\r\n";
  ASSERT_EQ(fits.size(), 100U);
  EXPECT_EQ(Read(fits, 1, 0, limits), "200 GET / \n");
  const std::string over = start + std::string(100 - start.size() - 3, 'x') + "\r\n\r\n";
  for (const std::size_t step : {1, 1000}) {
    EXPECT_EQ(Read(over, step, 0, limits), "431 the head is over 100 bytes");
  }
  EXPECT_THAT(Read(start + std::string(80, 'x'), 1000, 0, limits), testing::StartsWith("431 "));
  EXPECT_THAT(Read("GET /" + std::string(100, 'x'), 1000, 0, limits), testing::StartsWith("414 "));
  const std::string long_line = "GET /" + std::string(100, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const std::size_t step : {1, 1000}) {
    EXPECT_THAT(Read(long_line, step, 0, limits), testing::StartsWith("414 "));
  }
}

TEST(RequestReaderLimits, FieldCount) {
  std::string raw = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 99; ++i) raw += "X: y\r\n";
  EXPECT_EQ(Read(raw + "\r\n", 1000), "200 GET / \n");
  EXPECT_EQ(Read(raw + "X: y\r\n\r\n", 1000), "431 more than 100 fields");
}

TEST(RequestReaderLimits, Body) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(Read(head + "Content-Length: 5\r\n\r\nabcde", 1, 5), "200 POST / abcde\n");
  EXPECT_EQ(Read(head + "Content-Length: 6\r\n\r\n", 1000, 5),
            "413 the body is over the limit of 5 bytes");
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
  EXPECT_EQ(Read(chunked + "2\r\nde\r\n0\r\n\r\n", 1, 5), "200 POST / abcde\n");
  EXPECT_EQ(Read(chunked + "3\r\n", 1000, 5), "413 the body is over the limit of 5 bytes");
  EXPECT_THAT(Read(chunked + "ffffffffffffffff\r\n", 1000, 5), testing::StartsWith("400 "));
}

TEST(RequestReaderLimits, ChunkHeadAndTrailers) {
  const ReaderLimits limits{.chunk_head_bytes = 64};
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string long_text(100, 'x');
  EXPECT_THAT(Read(head + "3;" + long_text, 1, 1000, limits),
              testing::StartsWith("400 bad request body: a chunk"));
  EXPECT_THAT(Read(head + "0\r\nX: " + long_text, 1, 1000, limits),
              testing::StartsWith("400 bad request body: a chunk"));
  EXPECT_EQ(Read(head + "3;a=b\r\nxyz\r\n0\r\nX: y\r\n\r\n", 1, 1000, limits), "200 POST / xyz\n");
}

TEST(RequestReaderTest, TrailersChangeNothing) {
  RequestReader reader({});
  reader.Feed(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "1\r\nx\r\n0\r\nAuthorization: Bearer t\r\nConnection: close\r\n\r\n");
  ASSERT_EQ(reader.state(), State::kAdmit);
  reader.Admit(10);
  ASSERT_EQ(reader.state(), State::kDone);
  EXPECT_TRUE(reader.keep_alive());
  EXPECT_EQ(reader.Take().headers.Find("Authorization"), nullptr);
}

struct KeepAliveCase {
  std::string_view name, version, connection;
  bool keep;
};
constexpr KeepAliveCase kKeepAliveCases[] = {
    {"default", "1.1", "", true},
    {"close", "1.1", "close", false},
    {"close_in_list", "1.1", "X, Close", false},
    {"keep_alive", "1.1", "keep-alive", true},
    {"old", "1.0", "", false},
    {"old_keep_alive", "1.0", "keep-alive", false},
    {"upgrade", "1.1", "Upgrade", true},
};
class KeepAlive : public testing::TestWithParam<KeepAliveCase> {};
TEST_P(KeepAlive, IsTheClientsWord) {
  std::string raw = "GET / HTTP/" + std::string(GetParam().version) + "\r\nHost: h\r\n";
  if (!GetParam().connection.empty()) {
    raw += "Connection: " + std::string(GetParam().connection) + "\r\n";
  }
  RequestReader reader({});
  reader.Feed(raw + "\r\n");
  ASSERT_EQ(reader.state(), State::kAdmit);
  EXPECT_EQ(reader.keep_alive(), GetParam().keep);
}
INSTANTIATE_TEST_SUITE_P(Cases, KeepAlive, testing::ValuesIn(kKeepAliveCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(RequestReaderTest, ContinueIsAwaitedOnlyWhileNoBodyHasCome) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  RequestReader waits({});
  waits.Feed(head);
  EXPECT_TRUE(waits.has_body());
  waits.Admit(10);
  EXPECT_TRUE(waits.awaits_continue());
  RequestReader hurries({});
  hurries.Feed(head + "x");
  hurries.Admit(10);
  EXPECT_FALSE(hurries.awaits_continue());
}

RC_GTEST_PROP(RequestReaderLaw, AnyBytesAreTakenRefusedOrUnfinished,
              (const std::string& noise, std::uint16_t at, std::uint8_t which)) {
  std::string raw(kRequestCases[which % std::size(kRequestCases)].raw);
  raw.insert(at % (raw.size() + 1), noise);
  const std::string whole = Read(raw, std::max<std::size_t>(raw.size(), 1));
  RC_ASSERT(Read(raw, 1) == whole);
}

}  // namespace
}  // namespace hullmark::net
