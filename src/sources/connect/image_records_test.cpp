// SPDX-License-Identifier: Apache-2.0
#include "sources/connect/image_records.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/crypto/hash.h"

namespace hullmark::connect {
namespace {

using enum model::PropertyId;

oci::Descriptor Entry(std::uint64_t size) {
  return {"application/vnd.oci.image.layer.v1.tar", crypto::Sha256Of("l"), size, {}, {}, {}};
}

struct Made {
  oci::Manifest manifest{{}, {}, Entry(10), {}, {}, {}};
  oci::ImageConfig config{{}, {}, {}, {}, crypto::Sha256Of("f")};
  model::EntityRecord Record() const {
    return ImageRecord(crypto::Sha256Of("i"), manifest, config);
  }
};

TEST(ImageRecord, LeavesOutWhatIsNotKnown) {
  const auto record = Made().Record();
  EXPECT_EQ(record.properties.Find(kImageLabels), nullptr);
  EXPECT_EQ(record.properties.Find(kImageCreated), nullptr);
  EXPECT_EQ(record.properties.Find(kImagePlatform), nullptr);
  EXPECT_EQ(record.properties.Find(kImageDiffIds), nullptr);
}

TEST(ImageRecord, NeverJoinsByTheEmptyConfig) {
  Made made;
  made.manifest.config.digest = *Digest::Parse(oci::kEmptyConfigDigest);
  EXPECT_EQ(made.Record().properties.Find(kImageConfigDigest), nullptr);
  EXPECT_EQ(made.Record().properties.Find(kImageConfigFingerprint), nullptr);
}

TEST(ImageRecord, FitsIntoAFrameWhateverItsLabels) {
  Made made;
  made.config.labels.emplace_back("a", std::string(1 << 20, 'x'));
  for (int i = 0; i < 100; ++i) {
    made.config.labels.emplace_back("b" + std::to_string(i), std::string(8 << 10, 'y'));
  }
  made.manifest.annotations = made.config.labels;
  const auto record = made.Record();
  EXPECT_TRUE(model::CheckRecord(record, model::SourceKind::kRegistry));
  const auto& labels = std::get<std::vector<std::string>>(*record.properties.Find(kImageLabels));
  EXPECT_GT(labels.size(), 10U);
  EXPECT_TRUE(labels[0].starts_with("b0=y"));
}

TEST(ImageRecord, HasNoSizeThatNoDiskHolds) {
  Made made;
  made.manifest.layers.push_back(Entry(20));
  EXPECT_EQ(std::get<std::int64_t>(*made.Record().properties.Find(kImageSize)), 30);
  made.manifest.layers.push_back(Entry(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(made.Record().properties.Find(kImageSize), nullptr);
}

TEST(ImageRecord, TakesOnlyTimesForTimes) {
  Made made;
  for (const std::string_view text : {"yesterday", "0001-01-01T00:00:00Z", ""}) {
    made.config.created = text;
    EXPECT_EQ(made.Record().properties.Find(kImageCreated), nullptr) << text;
  }
  made.config.created = "2026-11-21T20:23:55.12Z";
  EXPECT_NE(made.Record().properties.Find(kImageCreated), nullptr);
}

}  // namespace
}  // namespace hullmark::connect
