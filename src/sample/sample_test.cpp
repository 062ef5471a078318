// SPDX-License-Identifier: Apache-2.0
#include "sample/sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <variant>

#include "base/codec/image_reference.h"
#include "core/model/frame.h"

namespace hullmark::sample {
namespace {

using model::EdgeKind;
using model::EdgeRecord;
using model::EntityKind;
using model::EntityRecord;
using model::PropertyId;
using model::SourceKind;

SampleOptions Small() { return {.seed = 7, .now = *Timestamp::Parse("2026-11-21T22:00:00Z")}; }

/// All frames together, as an estate would hold them.
struct Estate {
  std::map<EntityKind, std::set<std::string>> entities;
  std::map<EdgeKind, std::set<std::pair<std::string, std::string>>> edges;
  std::map<std::string, std::set<std::string>> pushed_by;  // digest -> how
  std::map<std::string, std::set<std::string>>
      repository_of;  // digest -> repositories whose jobs pushed it
  std::set<std::string> bindings;
  std::map<std::string, std::vector<std::string>> fingerprints;  // -> digests

  explicit Estate(const std::vector<model::Observation>& frames) {
    for (const model::Observation& frame : frames) {
      for (const model::Record& record : frame.records) {
        if (const auto* entity = std::get_if<EntityRecord>(&record)) Add(*entity);
        if (const auto* edge = std::get_if<EdgeRecord>(&record)) Add(*edge);
      }
    }
  }

  void Add(const EntityRecord& entity) {
    entities[entity.kind].insert(entity.key);
    const std::string_view fingerprint =
        entity.properties.Text(PropertyId::kImageConfigFingerprint);
    if (!fingerprint.empty()) {
      auto& digests = fingerprints[std::string(fingerprint)];
      if (std::ranges::find(digests, entity.key) == digests.end()) digests.push_back(entity.key);
    }
  }
  void Add(const EdgeRecord& edge) {
    edges[edge.kind].emplace(edge.from.key, edge.to.key);
    if (edge.kind != EdgeKind::kPushed) return;
    pushed_by[edge.to.key].emplace(edge.properties.Text(PropertyId::kPushHow));
    repository_of[edge.to.key].insert(edge.from.key.substr(0, edge.from.key.find('/')));
    bindings.emplace(edge.properties.Text(PropertyId::kPushBinding));
  }
};

TEST(Sample, IsWhatTheSchemaAllows) {
  for (const model::Observation& frame : MakeSampleEstate(Small())) {
    for (const model::Record& record : frame.records) {
      const Status checked = model::CheckRecord(record, frame.header.source_kind);
      ASSERT_TRUE(checked.has_value()) << frame.header.extent << ": " << checked.error().message();
    }
  }
}

TEST(Sample, SurvivesItsOwnFormat) {
  std::string text;
  std::size_t written = 0;
  for (const model::Observation& frame : MakeSampleEstate(Small())) {
    if (frame.header.source_kind == SourceKind::kCiReport) continue;  // made by servers, never read
    text += model::WriteFrame(frame);
    ++written;
  }
  std::size_t read = 0;
  model::FrameReader reader([&read](model::Observation) -> Status {
    ++read;
    return {};
  });
  const Status fed = reader.Feed(text);
  ASSERT_TRUE(fed.has_value()) << fed.error().message();
  ASSERT_TRUE(reader.Finish().has_value());
  EXPECT_EQ(read, written);
  EXPECT_GT(read, 40U);
}

TEST(Sample, IsTheSameForTheSameSeedOnly) {
  const auto text_of = [](const SampleOptions& options) {
    std::string text;
    for (const model::Observation& frame : MakeSampleEstate(options))
      text += model::WriteFrame(frame);
    return text;
  };
  SampleOptions other = Small();
  other.seed = 8;
  const std::string first = text_of(Small());
  EXPECT_EQ(first, text_of(Small()));
  EXPECT_NE(first, text_of(other));
}

TEST(Sample, HasWhatItPromises) {
  const Estate estate(MakeSampleEstate(Small()));
  EXPECT_EQ(estate.entities.at(EntityKind::kCodeOrganization).size(), 3U);
  EXPECT_EQ(estate.entities.at(EntityKind::kCluster).size(), 2U);
  EXPECT_EQ(estate.entities.at(EntityKind::kRegistry).size(), 4U);
  EXPECT_GE(estate.entities.at(EntityKind::kCodeRepository).size(),
            35U);  // the silent ones are not known
  // 300 that repositories push, and the recompressed copies.
  EXPECT_GE(estate.entities.at(EntityKind::kImage).size(), 300U);
  EXPECT_LE(estate.entities.at(EntityKind::kImage).size(), 303U);
  EXPECT_GT(estate.entities.at(EntityKind::kImageIndex).size(), 30U);
  EXPECT_GT(estate.entities.at(EntityKind::kPod).size(), 80U);
  for (const EntityKind kind :
       {EntityKind::kService, EntityKind::kIngress, EntityKind::kNode, EntityKind::kPerson,
        EntityKind::kWorkload, EntityKind::kContainer, EntityKind::kTag}) {
    EXPECT_FALSE(estate.entities.at(kind).empty()) << static_cast<int>(kind);
  }
}

TEST(Sample, HasEveryWayToAnOrigin) {
  const Estate estate(MakeSampleEstate(Small()));
  std::set<std::string> hows;
  std::vector<std::set<std::string>>
      of_two;  // what is said of digests that two repositories pushed
  for (const auto& [digest, how] : estate.pushed_by) hows.insert(how.begin(), how.end());
  for (const auto& [digest, repositories] : estate.repository_of) {
    if (repositories.size() > 1) of_two.push_back(estate.pushed_by.at(digest));
  }
  EXPECT_EQ(hows, (std::set<std::string>{"built", "assembled", "republished", "unknown"}));
  EXPECT_EQ(estate.bindings, (std::set<std::string>{"named", "unconfirmed"}));
  std::ranges::sort(of_two);
  EXPECT_EQ(of_two,
            (std::vector<std::set<std::string>>{{"built"}, {"unknown"}}));  // shared, and contested
  // A recompressed copy: another image with the same fingerprint, pushed by nobody, and running.
  std::set<std::string> running;
  for (const auto& [container, digest] : estate.edges.at(EdgeKind::kIsRunning))
    running.insert(digest);
  std::size_t joined = 0;
  for (const auto& [fingerprint, digests] : estate.fingerprints) {
    if (digests.size() < 2) continue;
    joined +=
        std::ranges::any_of(digests,
                            [&](const std::string& digest) {
                              return running.contains(digest) && !estate.pushed_by.contains(digest);
                            })
            ? 1
            : 0;
  }
  EXPECT_GE(joined, 1U);
  // A copy: one digest in two registries.
  std::map<std::string, std::set<std::string>> hosts;
  for (const auto& [from, to] : estate.edges.at(EdgeKind::kContains)) {
    if (to.starts_with("sha256:")) hosts[to].insert(from.substr(0, from.find('/')));
  }
  EXPECT_GT(std::ranges::count_if(hosts, [](const auto& row) { return row.second.size() > 1; }),
            10);
  // Running, and in no registry we see: the images of other people.
  EXPECT_GT(std::ranges::count_if(
                running, [&](const std::string& digest) { return !hosts.contains(digest); }),
            5);
}

TEST(Sample, RuntimesSpeakInFormsThatAreRead) {
  std::size_t with_digest = 0;
  std::size_t not_pulled = 0;
  for (const model::Observation& frame : MakeSampleEstate(Small())) {
    for (const model::Record& record : frame.records) {
      const auto* entity = std::get_if<EntityRecord>(&record);
      if (entity == nullptr || entity->kind != EntityKind::kContainer) continue;
      const auto id =
          codec::ParseRuntimeImageId(entity->properties.Text(PropertyId::kContainerImageId));
      ASSERT_TRUE(id.has_value()) << id.error().message();
      EXPECT_TRUE(codec::ImageReference::Parse(entity->properties.Text(PropertyId::kContainerImage))
                      .has_value());
      (id->digest ? with_digest : not_pulled) += 1;
    }
  }
  EXPECT_GT(with_digest, 80U);
  EXPECT_GT(not_pulled, 0U);
}

TEST(Sample, KeepsTimesAndSequencesInOrder) {
  const SampleOptions options = Small();
  std::map<std::pair<std::string, std::string>, std::uint64_t> last;
  for (const model::Observation& frame : MakeSampleEstate(options)) {
    EXPECT_LE(frame.header.observed_at, options.now);
    EXPECT_GT(frame.header.observed_at, options.now + -std::chrono::hours(125 * 24));
    std::uint64_t& before = last[{frame.header.source, frame.header.extent}];
    EXPECT_GT(frame.header.sequence, before) << frame.header.extent;
    before = frame.header.sequence;
  }
}

TEST(Sample, GrowsWithItsImages) {
  SampleOptions options = Small();
  options.images = 5000;
  std::set<std::string> images;
  std::size_t largest = 0;
  const Status done = GenerateSampleEstate(options, [&](model::Observation frame) -> Status {
    for (const model::Record& record : frame.records) {
      const auto* entity = std::get_if<EntityRecord>(&record);
      if (entity != nullptr && entity->kind == EntityKind::kImage) images.insert(entity->key);
    }
    if (frame.header.source_kind == SourceKind::kRegistry)
      largest = std::max(largest, frame.records.size());
    return {};
  });
  ASSERT_TRUE(done.has_value());
  EXPECT_GE(images.size(), 5000U);
  EXPECT_LE(images.size(), 5050U);
  EXPECT_LT(largest, 2000U);
}

TEST(Sample, EndsAtTheFirstError) {
  std::size_t seen = 0;
  const Status done = GenerateSampleEstate(Small(), [&](model::Observation) -> Status {
    if (++seen == 5) return Fail(Errc::kUnavailable, "full");
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message(), "full");
  EXPECT_EQ(seen, 5U);
}

}  // namespace
}  // namespace hullmark::sample
