// SPDX-License-Identifier: Apache-2.0
#include "core/model/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/model/arbitrary_test.h"

namespace hullmark::model {
namespace {

Result<std::vector<Observation>> ReadAll(std::string_view text,
                                         std::size_t piece = std::string::npos,
                                         const ObservationLimits& limits = {}) {
  std::vector<Observation> frames;
  FrameReader reader(
      [&](Observation frame) -> Status {
        frames.push_back(std::move(frame));
        return {};
      },
      limits);
  while (!text.empty()) {
    HM_TRY(reader.Feed(text.substr(0, piece)));
    text.remove_prefix(std::min(piece, text.size()));
  }
  HM_TRY(reader.Finish());
  return frames;
}

RC_GTEST_PROP(FrameLaw, WhatIsWrittenIsReadInPiecesOfAnySize, ()) {
  const Observation first = arbitrary::Frame();
  const Observation second = arbitrary::Frame();
  const std::string text = WriteFrame(first) + WriteFrame(second);
  const auto frames = ReadAll(text, *rc::gen::inRange<std::size_t>(1, 200));
  if (!frames) RC_FAIL(frames.error().message());
  RC_ASSERT(frames->size() == 2);
  RC_ASSERT(WriteFrame((*frames)[0]) == WriteFrame(first));
  RC_ASSERT(WriteFrame((*frames)[1]) == WriteFrame(second));
}

RC_GTEST_PROP(FrameLaw, ATruncatedFrameIsNeverHandedOver, ()) {
  const std::string text = WriteFrame(arbitrary::Frame());
  // Without its last two bytes ("}" and the line's end) the frame has no `end`.
  const auto frames = ReadAll(text.substr(0, *rc::gen::inRange<std::size_t>(1, text.size() - 1)));
  RC_ASSERT(!frames.has_value());
}

TEST(Frame, ReadsEveryMember) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto frames = ReadAll(
      R"({"begin":{"version":1,"source":"registry:127.0.0.1:5000","source_kind":"registry","extent":"repository:shop",)"
      R"("sequence":3,"observed_at":"2026-11-21T10:00:00Z","complete":true}})"
      "\r\n\n"
      R"({"entity":{"kind":"Image","key":")" +
      digest +
      R"(","properties":{"oci.config.digest":"c","oci.image.size":5,)"
      R"("oci.layer.checked":true,"oci.image.created":"2026-11-20T10:00:00.5Z","oci.layer.diff_ids":["x","y"]}}})"
      "\n"
      R"({"edge":{"kind":"TAGGED","from":{"kind":"Tag","key":"h/shop:1"},"to":{"kind":"Digest","key":")" +
      digest +
      R"("},"qualifier":"q","properties":{}}})"
      "\n"
      R"({"unchanged":{"kind":"ImageIndex","key":")" +
      digest +
      R"("}})"
      "\n"
      R"({"end":{"count":3}})");
  ASSERT_TRUE(frames) << frames.error().message();
  ASSERT_EQ(frames->size(), 1u);
  const FrameHeader& header = frames->front().header;
  EXPECT_EQ(header.source, "registry:127.0.0.1:5000");
  EXPECT_EQ(header.source_kind, SourceKind::kRegistry);
  EXPECT_EQ(header.extent, "repository:shop");
  EXPECT_EQ(header.sequence, 3u);
  EXPECT_EQ(header.observed_at.ToString(), "2026-11-21T10:00:00Z");
  EXPECT_TRUE(header.complete);
  const auto& image = std::get<EntityRecord>(frames->front().records[0]);
  EXPECT_EQ(image.properties.size(), 5u);
  EXPECT_EQ(std::get<std::int64_t>(*image.properties.Find(PropertyId::kImageSize)), 5);
  EXPECT_EQ(std::get<Timestamp>(*image.properties.Find(PropertyId::kImageCreated)).ToString(),
            "2026-11-20T10:00:00.5Z");
  const auto& edge = std::get<EdgeRecord>(frames->front().records[1]);
  EXPECT_EQ(edge.from, (EntityRef{EntityKind::kTag, "h/shop:1"}));
  EXPECT_EQ(edge.qualifier, "q");
  EXPECT_EQ(std::get<UnchangedRecord>(frames->front().records[2]).entity.kind,
            EntityKind::kImageIndex);
}

TEST(Frame, FramesBeforeABadOneWereHandedOverAndNothingAfterIsRead) {
  Observation frame;
  frame.header = {"s", SourceKind::kImport, "e", 1, {}, false};
  int handed = 0;
  FrameReader reader([&](Observation) -> Status {
    ++handed;
    return {};
  });
  EXPECT_FALSE(reader.Feed(WriteFrame(frame) + "{}\n" + WriteFrame(frame)));
  EXPECT_EQ(handed, 1);
  EXPECT_FALSE(reader.Feed(WriteFrame(frame)));
  EXPECT_FALSE(reader.Finish());
  EXPECT_EQ(handed, 1);
}

TEST(Frame, WhatTheTakerSaysIsPassedOn) {
  FrameReader reader(
      [](Observation) -> Status { return Fail(Errc::kConflict, "a lower sequence"); });
  Observation frame;
  frame.header = {"s", SourceKind::kImport, "e", 1, {}, false};
  const Status status = reader.Feed(WriteFrame(frame));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Errc::kConflict);
}

// Each limit, hit by one.
TEST(FrameLimits, AreKept) {
  Observation frame;
  frame.header = {"s", SourceKind::kImport, "e", 1, {}, false};
  for (int i = 0; i < 3; ++i)
    frame.records.emplace_back(EntityRecord{EntityKind::kPod, "pod" + std::to_string(i), {}, {}});
  const std::string text = WriteFrame(frame);
  const auto says = [&](ObservationLimits limits) {
    const auto read = ReadAll(text, 7, limits);
    return read ? std::string() : read.error().message();
  };
  EXPECT_EQ(says({}), "");
  EXPECT_EQ(says({.max_records = 3}), "");
  EXPECT_EQ(says({.max_records = 2}),
            "record 4: $: more than 2 records in a frame; use smaller extents");
  const std::size_t longest = text.find('\n');
  EXPECT_EQ(says({.max_line_bytes = longest}), "");
  EXPECT_EQ(says({.max_line_bytes = longest - 1}),
            "record 1: longer than " + std::to_string(longest - 1) + " bytes; split it up");
  EXPECT_EQ(says({.max_frame_bytes = longest + 50}).substr(0, 30),
            "record 3: $: a frame of more t");
  EXPECT_EQ(says({.max_key_bytes = 3}), "record 2: $.entity.key: longer than 3 bytes; shorten it");
}

// The document promises that its worked example is taken as it stands.
TEST(FrameDocument, ExamplesAreAccepted) {
  const auto path =
      std::filesystem::path(__FILE__).parent_path() / "../../../docs/formats/observation.md";
  std::ifstream in(path);
  ASSERT_TRUE(in) << path;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  int examples = 0;
  constexpr std::string_view kFence = "```ndjson\n";
  for (std::size_t at = text.find(kFence); at != std::string::npos; at = text.find(kFence, at)) {
    at += kFence.size();
    const std::string example = text.substr(at, text.find("```", at) - at);
    const auto frames = ReadAll(example);
    ASSERT_TRUE(frames) << frames.error().message();
    EXPECT_GE(frames->size(), 1u);
    ++examples;
  }
  EXPECT_GE(examples, 2);
}

}  // namespace
}  // namespace hullmark::model
