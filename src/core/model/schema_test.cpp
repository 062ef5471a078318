// SPDX-License-Identifier: Apache-2.0
#include "core/model/schema.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace hullmark::model {
namespace {

template <class Infos>
std::set<std::string_view> DistinctNames(const Infos& infos) {
  std::set<std::string_view> names;
  for (const auto& info : infos) names.insert(info.name);
  return names;
}

TEST(Schema, RowsStandAtTheirNumbersAndNamesFindThem) {
  for (std::size_t i = 0; i < Kinds().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(Kinds()[i].kind), i);
    EXPECT_EQ(KindByName(Kinds()[i].name), Kinds()[i].kind);
  }
  for (std::size_t i = 0; i < Edges().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(Edges()[i].kind), i);
    EXPECT_EQ(EdgeByName(Edges()[i].name), Edges()[i].kind);
  }
  for (std::size_t i = 0; i < Properties().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(Properties()[i].id), i);
    EXPECT_EQ(PropertyByName(Properties()[i].name), Properties()[i].id);
  }
  for (std::size_t i = 0; i < SourceKinds().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(SourceKinds()[i].kind), i);
    EXPECT_EQ(SourceKindByName(SourceKinds()[i].name), SourceKinds()[i].kind);
  }
}

TEST(Schema, NamesAreUniqueAndNothingIsUnnamed) {
  EXPECT_EQ(DistinctNames(Kinds()).size(), kEntityKindCount);
  EXPECT_EQ(DistinctNames(Edges()).size(), kEdgeKindCount);
  EXPECT_EQ(DistinctNames(Properties()).size(), kPropertyCount);
  EXPECT_EQ(DistinctNames(SourceKinds()).size(), kSourceKindCount);
  for (const auto& info : Kinds()) EXPECT_FALSE(info.display.empty() || info.key_format.empty());
  for (const auto& info : Edges()) {
    EXPECT_FALSE(info.ends.empty() || info.forward.empty() || info.backward.empty());
  }
  for (const auto& info : Properties()) EXPECT_FALSE(info.display.empty());
}

TEST(Schema, UnknownNamesFindNothing) {
  EXPECT_FALSE(KindByName("image"));
  EXPECT_FALSE(EdgeByName("pushed"));
  EXPECT_FALSE(PropertyByName(""));
  EXPECT_FALSE(PropertyByName("oci.config"));
  EXPECT_FALSE(SourceKindByName("Registry"));
}

TEST(Schema, SharedIdentifiersAreThoseOfTheDesign) {
  std::set<std::string_view> shared;
  for (const auto& info : Properties()) {
    if (info.shared_identifier) shared.insert(info.name);
  }
  EXPECT_EQ(shared, (std::set<std::string_view>{"oci.config.digest", "oci.config.fingerprint",
                                                "oci.layer.diff_ids"}));
}

TEST(Schema, ADigestOfUnknownKindStandsWhereAnImageOrIndexMay) {
  for (const auto& edge : Edges()) {
    for (const auto& ends : edge.ends) {
      EXPECT_TRUE(MayConnect(edge.kind, ends.from, ends.to));
      if (SpaceOf(ends.to) == KeySpace::kDigest) {
        EXPECT_TRUE(MayConnect(edge.kind, ends.from, EntityKind::kDigest)) << edge.name;
      }
    }
  }
  EXPECT_FALSE(MayConnect(EdgeKind::kIsRunning, EntityKind::kPod, EntityKind::kImage));
  EXPECT_FALSE(MayConnect(EdgeKind::kTagged, EntityKind::kImage, EntityKind::kTag));
  EXPECT_FALSE(MayConnect(EdgeKind::kRunsOn, EntityKind::kPod, EntityKind::kDigest));
}

TEST(Schema, NoSourceWritesDerivedEdgesAndOnlyCiReportsWritePushes) {
  for (const auto& source : SourceKinds()) {
    for (const auto& edge : Edges()) {
      if (edge.derived) {
        EXPECT_FALSE(MayWrite(source.kind, edge.kind)) << source.name << edge.name;
      }
    }
    EXPECT_EQ(MayWrite(source.kind, EdgeKind::kPushed), source.kind == SourceKind::kCiReport);
    EXPECT_EQ(source.server_only, source.kind == SourceKind::kCiReport);
  }
}

TEST(Schema, EverySourceMayStateWhereItsEdgesStart) {
  for (const auto& source : SourceKinds()) {
    for (const EdgeKind edge : source.edges) {
      bool some = false;
      for (const auto& ends : InfoOf(edge).ends) some |= MayWrite(source.kind, ends.from);
      EXPECT_TRUE(some) << source.name << " " << InfoOf(edge).name;
    }
  }
  for (const auto& kind : Kinds())
    EXPECT_TRUE(MayWrite(SourceKind::kImport, kind.kind)) << kind.name;
}

}  // namespace
}  // namespace hullmark::model
