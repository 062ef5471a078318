// SPDX-License-Identifier: Apache-2.0
#include "collector/events.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hullmark::collector {
namespace {

// Recorded from 20.10.24: a container's event, a tag, a push, and a label that is called `name`.
constexpr char kRecorded[] =
    R"({"status":"die","id":"7993","from":"sha256:24","Type":"container","Action":"die","Actor":{"ID":"7993","Attributes":{"exitCode":"1","name":"naughty_shamir"}},"scope":"local","time":1795300677,"timeNano":1795300677002247266}
{"status":"tag","id":"sha256:a9","Type":"image","Action":"tag","Actor":{"ID":"sha256:a9","Attributes":{"a":"b","name":"127.0.0.1:39115/acme/shop:1"}},"scope":"local","time":1795300698,"timeNano":1795300698029258667}
{"status":"push","id":"127.0.0.1:39115/acme/shop:1","Type":"image","Action":"push","Actor":{"ID":"127.0.0.1:39115/acme/shop:1","Attributes":{"a":"b","name":"127.0.0.1:39115/acme/shop"}},"scope":"local","time":1795300698,"timeNano":1795300698202538799}
)";

const std::vector<ImageEvent>& Expected() {
  static const std::vector<ImageEvent> kExpected = {
      {"tag", "sha256:a9", "127.0.0.1:39115/acme/shop:1", 1795300698029258667},
      {"push", "127.0.0.1:39115/acme/shop:1", "127.0.0.1:39115/acme/shop", 1795300698202538799}};
  return kExpected;
}

TEST(EventParser, ReadsWhatTheEngineSent) {
  EventParser parser;
  EXPECT_TRUE(parser.Feed(kRecorded));
  parser.Finish();
  EXPECT_EQ(parser.events(), Expected());
  EXPECT_EQ(parser.records(), 3u);
  EXPECT_EQ(parser.unreadable(), 0u);
}

RC_GTEST_PROP(EventParser, HeedsNoBoundary, ()) {
  EventParser parser;
  std::string_view rest = kRecorded;
  while (!rest.empty()) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 60);
    RC_ASSERT(parser.Feed(rest.substr(0, size)));
    rest.remove_prefix(std::min(size, rest.size()));
  }
  parser.Finish();
  RC_ASSERT(parser.events() == Expected());
}

struct StreamCase {
  std::string_view name, text;
  std::size_t events, records, unreadable;
};
constexpr StreamCase kStreams[] = {
    {"empty", "", 0, 0, 0},
    {"blank_lines", "\n\r\n\n", 0, 0, 0},
    // 1.52 and later: no status, id and from.
    {"json_seq",
     "\x1e{\"Type\":\"image\",\"Action\":\"push\",\"Actor\":{\"ID\":\"a/b:1\"},\"timeNano\":5}\n"
     "\x1e{\"Type\":\"image\",\"Action\":\"pull\",\"Actor\":{\"ID\":\"a/b:2\"},\"timeNano\":6}\n",
     2, 2, 0},
    {"no_last_newline", R"({"Type":"image","Action":"push","Actor":{"ID":"a/b:1"},"time":5})", 1, 1,
     0},
    {"cut", "{\"Type\":\"image\",\"Action\":\"pu", 0, 1, 1},
    {"garbage_between",
     "nonsense\n{\"Type\":\"image\",\"Action\":\"push\",\"Actor\":{\"ID\":\"a\"}}\n[1]\n", 1, 3, 2},
    {"no_actor", "{\"Type\":\"image\",\"Action\":\"push\"}\n", 0, 1, 1},
    {"other_types", "{\"Type\":\"network\",\"Action\":\"connect\",\"Actor\":{\"ID\":\"x\"}}\n", 0,
     1, 0},
};
class Streams : public testing::TestWithParam<StreamCase> {};
TEST_P(Streams, AreCountedAndRead) {
  EventParser parser;
  EXPECT_TRUE(parser.Feed(GetParam().text));
  parser.Finish();
  EXPECT_EQ(parser.events().size(), GetParam().events);
  EXPECT_EQ(parser.records(), GetParam().records);
  EXPECT_EQ(parser.unreadable(), GetParam().unreadable);
}
INSTANTIATE_TEST_SUITE_P(Cases, Streams, testing::ValuesIn(kStreams),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(EventParser, SkipsARecordOverTheLimitAndGoesOn) {
  EventParser parser({.max_record_bytes = 200, .max_events = 10});
  EXPECT_TRUE(parser.Feed("{\"x\":\"" + std::string(5000, 'x')));
  EXPECT_TRUE(parser.Feed(std::string(5000, 'y') + "\"}\n"));
  EXPECT_TRUE(
      parser.Feed("{\"Type\":\"image\",\"Action\":\"push\",\"Actor\":{\"ID\":\"a/b:1\"}}\n"));
  EXPECT_EQ(parser.events().size(), 1u);
  EXPECT_EQ(parser.unreadable(), 1u);
}

TEST(EventParser, StopsAtTheLimitOfRecords) {
  EventParser parser({.max_record_bytes = 200, .max_events = 2});
  EXPECT_FALSE(parser.Feed("{}\n{}\n{}\n"));
  EXPECT_EQ(parser.records(), 2u);
}

}  // namespace
}  // namespace hullmark::collector
