// SPDX-License-Identifier: Apache-2.0
#include "core/estate/prepare.h"

#include <utility>

#include "base/text.h"
#include "core/estate/identity.h"
#include "core/model/change.h"

namespace hullmark::estate {
namespace {

using model::EdgeRecord;
using model::EntityRecord;
using model::UnchangedRecord;

// Feeds the fingerprinter in large pieces.  Every text goes with its length, so that two frames
// never give the same bytes.
class Feed {
 public:
  explicit Feed(Fingerprinter& to) : to_(to) {}

  void Number(std::uint64_t n) {
    for (int shift = 0; shift < 64; shift += 8) buffer_.push_back(static_cast<char>(n >> shift));
  }
  void Text(std::string_view text) {
    Number(text.size());
    buffer_ += text;
    if (buffer_.size() > kPiece) Flush();
  }
  void Ref(const model::EntityRef& ref) {
    Number(static_cast<std::uint64_t>(ref.kind));
    Text(ref.key);
  }
  std::string Finish() {
    Flush();
    return to_.Finish();
  }

 private:
  static constexpr std::size_t kPiece = 64 << 10;

  void Flush() {
    to_.Update(buffer_);
    buffer_.clear();
  }

  Fingerprinter& to_;
  std::string buffer_;
};

void FeedHeader(Feed& feed, const model::FrameHeader& header) {
  feed.Text(header.source);
  feed.Number(static_cast<std::uint64_t>(header.source_kind));
  feed.Text(header.extent);
  feed.Number(header.sequence);
  feed.Number(static_cast<std::uint64_t>(header.observed_at.micros));
  feed.Number(header.complete ? 1 : 0);
}

void SetApart(EntityRecord& entity, std::size_t number, std::vector<PersonFact>& people) {
  if (entity.kind != model::EntityKind::kPerson) return;
  const auto apart = [&](model::PropertyId id) { return IsKeptApart(entity.kind, id); };
  model::PropertyMap kept = Without(entity.properties, apart);
  if (kept.size() == entity.properties.size()) return;
  model::PropertyMap fact =
      Without(entity.properties, [&](model::PropertyId id) { return !apart(id); });
  entity.properties = std::move(kept);
  people.push_back({number, std::move(fact)});
}

// The record with its coded properties; the fingerprint covers what was said, before anything is
// set apart.
PreparedRecord PrepareRecord(model::Record record, std::size_t number, Feed& feed,
                             std::vector<PersonFact>& people) {
  PreparedRecord out{std::move(record), {}};
  feed.Number(out.record.index());
  if (auto* entity = std::get_if<EntityRecord>(&out.record)) {
    feed.Ref({entity->kind, entity->key});
    feed.Number(entity->names.size());
    for (const std::string& name : entity->names) feed.Text(name);
    out.properties = CodeProperties(entity->properties);
    feed.Text(out.properties);
    const std::size_t before = people.size();
    SetApart(*entity, number, people);
    if (people.size() != before) out.properties = CodeProperties(entity->properties);
  } else if (const auto* edge = std::get_if<EdgeRecord>(&out.record)) {
    feed.Number(static_cast<std::uint64_t>(edge->kind));
    feed.Ref(edge->from);
    feed.Ref(edge->to);
    feed.Text(edge->qualifier);
    out.properties = CodeProperties(edge->properties);
    feed.Text(out.properties);
  } else {
    feed.Ref(std::get<UnchangedRecord>(out.record).entity);
  }
  return out;
}

}  // namespace

Result<PreparedFrame> Prepare(model::Observation observation, Timestamp received,
                              const model::ObservationLimits& limits,
                              Fingerprinter& fingerprinter) {
  HM_TRY(model::CheckHeader(observation.header, limits));
  if (observation.records.size() > limits.max_records) {
    return Fail(Errc::kResourceExhausted,
                Cat({"more than ", std::to_string(limits.max_records),
                     " records in one frame; split what was looked at into several extents"}));
  }
  PreparedFrame frame;
  Feed feed(fingerprinter);
  FeedHeader(feed, observation.header);
  for (std::size_t i = 0; i < observation.records.size(); ++i) {
    model::Record& record = observation.records[i];
    Status judged = model::CheckRecord(record, observation.header.source_kind, limits);
    frame.may_be_refused = frame.may_be_refused || std::holds_alternative<UnchangedRecord>(record);
    if (!judged) return Fail(std::move(judged).error(), Cat({"record ", std::to_string(i + 1)}));
    frame.records.push_back(PrepareRecord(std::move(record), i, feed, frame.people));
  }
  frame.header = std::move(observation.header);
  frame.content = feed.Finish();
  frame.received = received;
  return frame;
}

std::string CodeProperties(const model::PropertyMap& properties) {
  return properties.empty() ? std::string() : model::EncodeProperties(properties);
}

Result<model::PropertyMap> ReadProperties(std::string_view bytes) {
  if (bytes.empty()) return model::PropertyMap();
  return model::DecodeProperties(bytes);
}

model::PropertyMap Without(const model::PropertyMap& properties,
                           const std::function<bool(model::PropertyId)>& drop) {
  model::PropertyMap out;
  for (const auto& [id, value] : properties) {
    if (!drop(id)) out.Set(id, value);
  }
  return out;
}

}  // namespace hullmark::estate
