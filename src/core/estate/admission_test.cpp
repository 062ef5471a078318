// SPDX-License-Identifier: Apache-2.0
#include "core/estate/admission.h"

#include <gtest/gtest.h>

#include "core/estate/prepare.h"

namespace hullmark::estate {
namespace {

model::FrameHeader Header(std::uint64_t sequence, std::int64_t at = 0) {
  return {"s", model::SourceKind::kImport, "x", sequence, {at}, false};
}

TEST(Admit, JudgesBySequenceAndContent) {
  const LastFrame last{5, {}, "content"};
  EXPECT_EQ(Admit(std::nullopt, Header(1), "c").value(), Verdict::kApply);
  EXPECT_EQ(Admit(last, Header(6), "content").value(), Verdict::kApply);
  EXPECT_EQ(Admit(last, Header(5), "content").value(), Verdict::kRepeated);
  EXPECT_EQ(Admit(last, Header(5), "other").error().code(), Errc::kConflict);
  const auto lower = Admit(last, Header(4), "content");
  ASSERT_FALSE(lower);
  EXPECT_EQ(lower.error().code(), Errc::kConflict);
  EXPECT_EQ(lower.error().message(),
            "source \"s\", extent \"x\": sequence 4 is lower than the last one taken, 5; count "
            "upwards from there");
}

TEST(TimesOf, ClampsToReceiptAndToTheLastFrame) {
  const LastFrame last{1, {50}, ""};
  const auto at = [&](std::int64_t said, std::int64_t received, bool has_last) {
    return TimesOf(Header(2, said), {received}, has_last ? std::optional(last) : std::nullopt);
  };
  EXPECT_EQ(at(10, 100, false).at.micros, 10);
  EXPECT_EQ(at(200, 100, false).at.micros, 100);
  EXPECT_EQ(at(10, 100, true).at.micros, 50);
  EXPECT_EQ(at(10, 100, true).seen.micros, 10);
  // Our own clock was set back: still no negative interval.
  EXPECT_EQ(at(60, 40, true).at.micros, 50);
}

// Keeps what it is fed: two frames are told apart by it exactly when their bytes differ.
class Keeper final : public Fingerprinter {
 public:
  void Update(std::string_view bytes) override { bytes_ += bytes; }
  std::string Finish() override { return bytes_; }

 private:
  std::string bytes_;
};

Result<PreparedFrame> PrepareOf(model::Observation observation,
                                const model::ObservationLimits& limits = {}) {
  Keeper keeper;
  return Prepare(std::move(observation), {}, limits, keeper);
}

model::EntityRecord Person(std::string name) {
  model::EntityRecord out{model::EntityKind::kPerson, "github.com#7", {}, {}};
  out.properties.Set(model::PropertyId::kUserName, std::move(name));
  out.properties.Set(model::PropertyId::kVcsProvider, std::string("github"));
  return out;
}

TEST(Prepare, SetsApartWhatNamesAPerson) {
  const auto frame = PrepareOf({Header(1), {Person("mona")}});
  ASSERT_TRUE(frame) << frame.error().message();
  const auto& record = std::get<model::EntityRecord>(frame->records.front().record);
  EXPECT_EQ(record.properties.Text(model::PropertyId::kUserName), "");
  EXPECT_EQ(record.properties.Text(model::PropertyId::kVcsProvider), "github");
  EXPECT_EQ(frame->records.front().properties.find("mona"), std::string::npos);
  ASSERT_EQ(frame->people.size(), 1U);
  EXPECT_EQ(frame->people.front().properties.Text(model::PropertyId::kUserName), "mona");
}

TEST(Prepare, TheFingerprintCoversEverything) {
  const model::EntityRef a{model::EntityKind::kPod, "a"};
  const model::EntityRef b{model::EntityKind::kPod, "b"};
  const model::EntityRef node{model::EntityKind::kNode, "n"};
  const auto edge = [](model::EntityRef from, model::EntityRef to, std::string qualifier) {
    return model::EdgeRecord{
        model::EdgeKind::kRunsOn, std::move(from), std::move(to), std::move(qualifier), {}};
  };
  const auto thing = [](model::EntityKind kind, std::string key, std::vector<std::string> names) {
    return model::EntityRecord{kind, std::move(key), std::move(names), {}};
  };
  model::Observation complete{Header(1), {}};
  complete.header.complete = true;
  const std::vector<model::Observation> all = {
      {Header(1), {}},
      {Header(2), {}},
      {Header(1, 9), {}},
      complete,
      {Header(1), {Person("mona")}},
      {Header(1), {Person("lisa")}},
      {Header(1), {thing(model::EntityKind::kPod, "a", {})}},
      {Header(1), {thing(model::EntityKind::kNode, "a", {})}},
      {Header(1), {thing(model::EntityKind::kPod, "a", {"n"})}},
      {Header(1), {thing(model::EntityKind::kPod, "a", {"n", "m"})}},
      {Header(1), {model::UnchangedRecord{a}}},
      {Header(1), {edge(a, node, "")}},
      {Header(1), {edge(a, node, "q")}},
      {Header(1), {edge(b, node, "")}},
  };
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto frame = PrepareOf(all[i]);
    ASSERT_TRUE(frame) << i << " " << frame.error().message();
    for (std::size_t j = 0; j < seen.size(); ++j) EXPECT_NE(frame->content, seen[j]) << i << j;
    seen.push_back(frame->content);
    EXPECT_EQ(PrepareOf(all[i])->content, seen.back());
  }
}

TEST(Prepare, RefusesByRecordNumberAndLimit) {
  const model::EntityRecord good{model::EntityKind::kPod, "a", {}, {}};
  const model::EntityRecord bad{model::EntityKind::kImage, "latest", {}, {}};
  const auto refused = PrepareOf({Header(1), {good, bad}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::kInputRefused);
  EXPECT_TRUE(refused.error().message().starts_with("record 2: $.entity.key"));

  model::ObservationLimits limits;
  limits.max_records = 1;
  EXPECT_TRUE(PrepareOf({Header(1), {good}}, limits));
  EXPECT_EQ(PrepareOf({Header(1), {good, good}}, limits).error().code(), Errc::kResourceExhausted);
  EXPECT_FALSE(PrepareOf({Header(0), {good}}));
}

}  // namespace
}  // namespace hullmark::estate
