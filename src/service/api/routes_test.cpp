// SPDX-License-Identifier: Apache-2.0
#include "service/api/routes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/codec/json.h"
#include "base/text.h"
#include "service/api/assets.h"

namespace hullmark::api {
namespace {

std::string Described(const Route& route) {
  std::string path(route.path);
  if (path.ends_with('*')) path.replace(path.size() - 1, 1, "{name}");
  return ToLower(route.method) + " " + path;
}

TEST(OpenApi, DescribesExactlyTheRoutesThereAre) {
  const auto document = codec::JsonDocument::Parse(OpenApiDocument());
  ASSERT_TRUE(document.has_value()) << document.error().message();
  std::set<std::string> described;
  document->root()["paths"].ForEachMember([&](std::string_view path, codec::Json operations) {
    operations.ForEachMember([&](std::string_view method, codec::Json operation) {
      described.insert(Cat({method, " ", path}));
      EXPECT_FALSE(operation["summary"].Text().empty()) << path;
    });
  });
  std::set<std::string> served;
  for (const Route& route : Routes()) served.insert(Described(route));
  EXPECT_EQ(described, served);
}

TEST(OpenApi, AsksForATokenWhereTheRouteDoes) {
  const auto document = codec::JsonDocument::Parse(OpenApiDocument());
  ASSERT_TRUE(document.has_value());
  for (const Route& route : Routes()) {
    const std::string described = Described(route);
    const std::size_t space = described.find(' ');
    const codec::Json security =
        document
            ->root()["paths"][described.substr(space + 1)][described.substr(0, space)]["security"];
    EXPECT_EQ(security.size() == 0, route.door == Door::kOpen) << described;
    EXPECT_EQ(security.At(0)["ci"].missing(), route.door != Door::kCiToken) << described;
  }
}

TEST(Routes, ServeCiJobsOnlyReportsAndDownloads) {
  for (const Route& route : Routes()) {
    const bool needs_no_role = route.door == Door::kOpen || route.door == Door::kCiToken;
    EXPECT_TRUE(needs_no_role || !route.for_ci) << route.path;
  }
}

}  // namespace
}  // namespace hullmark::api
