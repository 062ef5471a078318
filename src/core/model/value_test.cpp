// SPDX-License-Identifier: Apache-2.0
#include "core/model/value.h"

#include <gtest/gtest.h>

namespace hullmark::model {
namespace {

TEST(PropertyMap, StaysSortedAndHasEachPropertyOnce) {
  PropertyMap map;
  map.Set(PropertyId::kUrl, std::string("later"));
  map.Set(PropertyId::kName, std::string("first"));
  map.Set(PropertyId::kUrl, std::string("replaced"));
  ASSERT_EQ(map.size(), 2u);
  EXPECT_EQ(map.begin()->first, PropertyId::kName);
  EXPECT_EQ(map.Text(PropertyId::kUrl), "replaced");
}

TEST(PropertyMap, UnknownFactsAreAbsent) {
  PropertyMap map;
  map.SetText(PropertyId::kName, "");
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.Find(PropertyId::kName), nullptr);
  map.Set(PropertyId::kImageSize, std::int64_t{7});
  EXPECT_EQ(map.Text(PropertyId::kImageSize), "");
  ASSERT_NE(map.Find(PropertyId::kImageSize), nullptr);
  EXPECT_EQ(TypeOf(*map.Find(PropertyId::kImageSize)), ValueType::kInt);
}

}  // namespace
}  // namespace hullmark::model
