// SPDX-License-Identifier: Apache-2.0
#include "core/model/change.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "core/model/arbitrary_test.h"

namespace hullmark::model {
namespace {

PropertyMap SomeProperties() {
  PropertyMap map;
  map.Set(PropertyId::kName, std::string("shop\0x", 6));
  map.Set(PropertyId::kImageSize, std::numeric_limits<std::int64_t>::min());
  map.Set(PropertyId::kUnresolved, true);
  map.Set(PropertyId::kImageCreated, Timestamp{-1});
  map.Set(PropertyId::kImageDiffIds, std::vector<std::string>{"", "b"});
  return map;
}

std::vector<Change> OneOfEach() {
  const NodeId node{7};
  const NodeId other{std::numeric_limits<std::uint32_t>::max()};
  const StatementId statement{std::numeric_limits<std::uint64_t>::max()};
  return {SourceSeen{{1}, "registry:x", SourceKind::kRegistry},
          ExtentSeen{{1}, "repository:shop", {1'700'000'000'000'000}, true},
          EntityAdded{node, EntityKind::kIngress, "k"},
          KindLearned{node, EntityKind::kImageIndex},
          Merged{node, other},
          NameChanged{node, "n", false},
          EntityStated{statement, node, {3}, {5}, SomeProperties()},
          EntityUnstated{statement, node},
          EdgeStated{
              statement, EdgeKind::kRoutesTrafficTo, node, other, "q", {2}, {-9}, SomeProperties()},
          EdgeUnstated{{4}, EdgeKind::kContains, node, other}};
}

TEST(ChangeCodec, EveryKindOfChangeComesBackWhole) {
  const std::vector<Change> changes = OneOfEach();
  ASSERT_EQ(changes.size(), std::variant_size_v<Change>);
  const std::string bytes = EncodeChanges(changes);
  const auto back = DecodeChanges(bytes);
  ASSERT_TRUE(back) << back.error().message();
  ASSERT_EQ(back->size(), changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i)
    EXPECT_EQ((*back)[i].index(), changes[i].index());
  const auto& source = std::get<SourceSeen>((*back)[0]);
  EXPECT_EQ(source.name, "registry:x");
  EXPECT_EQ(source.kind, SourceKind::kRegistry);
  const auto& extent = std::get<ExtentSeen>((*back)[1]);
  EXPECT_EQ(extent.as_of.micros, 1'700'000'000'000'000);
  EXPECT_TRUE(extent.complete);
  EXPECT_EQ(std::get<EntityAdded>((*back)[2]).kind, EntityKind::kIngress);
  EXPECT_EQ(std::get<KindLearned>((*back)[3]).kind, EntityKind::kImageIndex);
  EXPECT_EQ(std::get<Merged>((*back)[4]).into.value, std::numeric_limits<std::uint32_t>::max());
  EXPECT_FALSE(std::get<NameChanged>((*back)[5]).current);
  const auto& entity = std::get<EntityStated>((*back)[6]);
  EXPECT_EQ(entity.statement.value, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(entity.properties, SomeProperties());
  const auto& edge = std::get<EdgeStated>((*back)[8]);
  EXPECT_EQ(edge.kind, EdgeKind::kRoutesTrafficTo);
  EXPECT_EQ(edge.qualifier, "q");
  EXPECT_EQ(edge.since.micros, -9);
  EXPECT_EQ(edge.properties, SomeProperties());
  EXPECT_EQ(EncodeChanges(*back), bytes);
}

TEST(ChangeCodec, EveryCutIsRefused) {
  const std::string bytes = EncodeChanges(OneOfEach());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto back = DecodeChanges(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(back) << size;
    EXPECT_EQ(back.error().code(), Errc::kDataLoss);
  }
  EXPECT_FALSE(DecodeChanges(bytes + "x"));
}

TEST(ChangeCodec, DamageIsNamed) {
  struct Case {
    std::string_view bytes, says;
  };
  using std::string_view_literals::operator""sv;
  const Case cases[] = {
      {""sv, "version"},
      {"\x02\x00"sv, "version"},
      {"\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv, "64 bits"},
      {"\x01\xff\xff\xff\xff\xff\x01"sv, "cut short"},        // a count beyond the bytes
      {"\x01\x01\x63"sv, "does not know"},                    // a change of kind 99
      {"\x01\x01\x03\x07\x63"sv, "does not know"},            // an entity kind 99
      {"\x01\x01\x03\xff\xff\xff\xff\x7f\x01"sv, "32 bits"},  // a node number too large
      {"\x01\x01\x05\x01\x00\x02"sv, "flag"},
  };
  for (const Case& c : cases) {
    const auto back = DecodeChanges(c.bytes);
    ASSERT_FALSE(back) << c.says;
    EXPECT_NE(back.error().message().find(c.says), std::string::npos) << back.error().message();
  }
  EXPECT_FALSE(DecodeProperties("\x01\x01\x00\x09"sv));                  // a value of type 9
  EXPECT_FALSE(DecodeProperties("\x01\x01\x7f\x00\x00"sv));              // property 127
  EXPECT_FALSE(DecodeProperties("\x01\x02\x00\x00\x00\x00\x00\x00"sv));  // the same property twice
}

RC_GTEST_PROP(ChangeCodecLaw, PropertiesComeBack, ()) {
  const PropertyMap map = arbitrary::Properties();
  const auto back = DecodeProperties(EncodeProperties(map));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == map);
}

RC_GTEST_PROP(ChangeCodecLaw, ArbitraryBytesAreAnAnswerNotACrash, (const std::string& tail)) {
  const auto changes = DecodeChanges("\x01" + tail);
  if (changes) RC_ASSERT(DecodeChanges(EncodeChanges(*changes)).has_value());
  (void)DecodeProperties("\x01" + tail);
}

RC_GTEST_PROP(ChangeCodecLaw, FlippedBytesAreAnAnswerNotACrash, ()) {
  std::string bytes = EncodeChanges(OneOfEach());
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<char>();
  (void)DecodeChanges(bytes);
}

}  // namespace
}  // namespace hullmark::model
