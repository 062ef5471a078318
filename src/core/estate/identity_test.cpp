// SPDX-License-Identifier: Apache-2.0
#include "core/estate/identity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hullmark::estate {
namespace {

using enum model::EntityKind;
using model::SourceKind;

TEST(SpaceNumber, DigestsOfAllKindsShareOne) {
  EXPECT_EQ(SpaceNumber(kImage), SpaceNumber(kDigest));
  EXPECT_EQ(SpaceNumber(kImageIndex), SpaceNumber(kDigest));
  EXPECT_NE(SpaceNumber(kTag), SpaceNumber(kDigest));
  EXPECT_NE(SpaceNumber(kTag), SpaceNumber(kCommit));
}

struct KindCase {
  std::string name;
  std::vector<KnownKind> said;
  model::EntityKind want;
};

class LearnKindTest : public testing::TestWithParam<KindCase> {};

TEST_P(LearnKindTest, TakesTheBestWord) {
  KnownKind known;
  for (const KnownKind& said : GetParam().said) known = LearnKind(known, said);
  EXPECT_EQ(known.kind, GetParam().want);
}

const KnownKind kNothing = KindSaid(kDigest, SourceKind::kRegistry);
const KnownKind kSaidImage = KindSaid(kImage, SourceKind::kCiReport);
const KnownKind kSaidIndex = KindSaid(kImageIndex, SourceKind::kImport);
const KnownKind kReadImage = KindSaid(kImage, SourceKind::kRegistry);
const KnownKind kReadIndex = KindSaid(kImageIndex, SourceKind::kRegistry);

INSTANTIATE_TEST_SUITE_P(
    Cases, LearnKindTest,
    testing::Values(KindCase{"nothing", {kNothing}, kDigest},
                    KindCase{"learns", {kNothing, kSaidImage}, kImage},
                    KindCase{"does_not_forget", {kSaidImage, kNothing}, kImage},
                    KindCase{"first_word_stays", {kSaidImage, kSaidIndex}, kImage},
                    KindCase{"bytes_win", {kSaidImage, kReadIndex}, kImageIndex},
                    KindCase{"bytes_stay", {kReadIndex, kSaidImage}, kImageIndex},
                    KindCase{"first_bytes_stay", {kReadIndex, kReadImage}, kImageIndex}),
    [](const auto& test) { return test.param.name; });

struct HolderCase {
  std::string name;
  std::vector<Holding> holdings;
  std::int64_t at;
  std::uint32_t want;  // 0: nobody
};

Holding Held(std::uint32_t entity, std::int64_t from, std::int64_t to = -1) {
  Holding out{{entity}, {from}, std::nullopt};
  if (to >= 0) out.to = Timestamp{to};
  return out;
}

class HolderAtTest : public testing::TestWithParam<HolderCase> {};

TEST_P(HolderAtTest, FindsIt) {
  const auto holder = HolderAt(GetParam().holdings, {GetParam().at});
  EXPECT_EQ(holder.value_or(model::NodeId{}).value, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, HolderAtTest,
    testing::Values(
        HolderCase{"unknown", {}, 5, 0},  //
        HolderCase{"current", {Held(1, 3)}, 5, 1}, HolderCase{"from_is_in", {Held(1, 3)}, 3, 1},
        HolderCase{"to_is_out", {Held(1, 3, 5), Held(2, 5)}, 5, 2},
        HolderCase{"older_than_all_news", {Held(2, 7), Held(1, 3, 7)}, 1, 1},
        HolderCase{"over", {Held(1, 3, 5)}, 6, 0},
        HolderCase{"gap_of_two", {Held(1, 3, 5), Held(2, 8)}, 6, 0},
        HolderCase{"gap_of_one", {Held(1, 3, 5), Held(1, 8)}, 6, 1},
        HolderCase{"gap_after_the_last_of_two", {Held(1, 3, 5), Held(2, 4, 6), Held(1, 8)}, 7, 0},
        HolderCase{"two_sources", {Held(1, 3), Held(1, 4)}, 5, 1}),
    [](const auto& test) { return test.param.name; });

TEST(IsUnresolved, OnlyWhereItSaysSo) {
  model::PropertyMap properties;
  EXPECT_FALSE(IsUnresolved(properties));
  properties.Set(model::PropertyId::kUnresolved, false);
  EXPECT_FALSE(IsUnresolved(properties));
  properties.Set(model::PropertyId::kUnresolved, true);
  EXPECT_TRUE(IsUnresolved(properties));
}

TEST(IsKeptApart, WhatNamesAPerson) {
  EXPECT_TRUE(IsKeptApart(kPerson, model::PropertyId::kUserName));
  EXPECT_TRUE(IsKeptApart(kPerson, model::PropertyId::kUrl));
  EXPECT_FALSE(IsKeptApart(kPerson, model::PropertyId::kVcsProvider));
  EXPECT_FALSE(IsKeptApart(kCodeRepository, model::PropertyId::kUrl));
}

}  // namespace
}  // namespace hullmark::estate
