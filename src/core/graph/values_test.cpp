// SPDX-License-Identifier: Apache-2.0
#include "core/graph/values.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace hullmark::graph {
namespace {

TEST(Values, KeepsEachValueOnce) {
  Values values;
  const std::vector<model::Value> distinct = {std::string("a"),
                                              std::string("b"),
                                              std::int64_t{0},
                                              std::int64_t{1},
                                              false,
                                              true,
                                              Timestamp{0},
                                              Timestamp{1},
                                              std::string(),
                                              std::vector<std::string>{},
                                              std::vector<std::string>{"a"},
                                              std::vector<std::string>{"a", "b"}};
  std::set<std::uint32_t> numbers;
  for (const model::Value& value : distinct) {
    const std::uint32_t number = values.Intern(model::Value(value));
    EXPECT_EQ(values[number], value);
    EXPECT_EQ(values.Intern(model::Value(value)), number);
    numbers.insert(number);
  }
  EXPECT_EQ(numbers.size(), distinct.size());
}

TEST(Values, FindsTextsOnly) {
  Values values;
  values.Intern(std::vector<std::string>{"listed"});
  const std::uint32_t text = values.InternText("text");
  EXPECT_EQ(values.FindText("text"), text);
  EXPECT_EQ(values.FindText(""), Values::kEmpty);
  EXPECT_FALSE(values.FindText("listed"));
  EXPECT_FALSE(values.FindText("other"));
}

TEST(Values, AddressesStayWhileItGrows) {
  Values values;
  const std::uint32_t first = values.InternText("first");
  const model::Value* address = &values[first];
  for (int i = 0; i < 100'000; ++i) values.InternText(fmt::format("text {}", i));
  EXPECT_EQ(address, &values[first]);
  for (int i = 0; i < 100'000; i += 997) {
    const std::string text = fmt::format("text {}", i);
    ASSERT_TRUE(values.FindText(text));
    EXPECT_EQ(values.Text(*values.FindText(text)), text);
  }
}

TEST(Values, KeepsEachSetOnce) {
  Values values;
  EXPECT_EQ(values.InternSet({}), Values::kEmpty);
  EXPECT_TRUE(values.Set(Values::kEmpty).empty());
  std::vector<std::uint32_t> sets;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const std::vector<Values::Item> items = {{PropertyId::kName, i}, {PropertyId::kUrl, 7}};
    sets.push_back(values.InternSet(items));
    EXPECT_EQ(values.InternSet(items), sets.back());
  }
  for (std::uint32_t i = 0; i < sets.size(); ++i) {
    ASSERT_EQ(values.Set(sets[i]).size(), 2U);
    EXPECT_EQ(values.Set(sets[i])[0].value, i);
    EXPECT_EQ(values.Set(sets[i])[1].value, 7U);
  }
}

}  // namespace
}  // namespace hullmark::graph
