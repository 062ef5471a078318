// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/frame_applier.h"

#include <algorithm>

#include "base/text.h"
#include "core/estate/identity.h"
#include "core/model/schema.h"

namespace hullmark::sqlite {

using estate::PreparedFrame;
using estate::PreparedRecord;
using model::EdgeRecord;
using model::EntityRecord;
using model::NodeId;
using model::PropertyMap;
using model::UnchangedRecord;

namespace {

// Numbers that meet by chance only cost a look.
std::uint64_t SaidKey(const StatementKey& key) {
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15U;
  return ((std::uint64_t{key.subject.value} << 32) | key.object.value) * kMix + key.kind;
}

}  // namespace

Result<std::unique_ptr<FrameApplier>> FrameApplier::Open(Database& db, Counters& counters) {
  StatementTable statements = HM_TRY(StatementTable::Open(db, counters));
  SourceTable sources = HM_TRY(SourceTable::Open(db, counters));
  std::unique_ptr<FrameApplier> out(
      new FrameApplier(db, std::move(statements), std::move(sources)));
  out->identities_ = HM_TRY(Identities::Open(db, counters, out->statements_));
  out->put_person_ =
      HM_TRY(db.Prepare("INSERT INTO person(entity, updated, name, properties) "
                        "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(entity) DO UPDATE SET "
                        "updated = ?2, name = CASE ?3 WHEN '' THEN name ELSE ?3 END, "
                        "properties = ?4 WHERE updated <= ?2 AND "
                        "(name <> ?3 OR properties <> ?4)"));
  return out;
}

Result<FrameApplier::Admission> FrameApplier::Admit(const PreparedFrame& frame) {
  const model::FrameHeader& header = frame.header;
  Admission out;
  out.source = HM_TRY(sources_.FindOrAdd(header.source, header.source_kind));
  out.extent = HM_TRY(sources_.FindExtent(out.source.id, header.extent));
  const auto& last = out.extent ? out.extent->last : std::nullopt;
  out.verdict = HM_TRY(estate::Admit(last, header, frame.content));
  return out;
}

Result<FrameScope> FrameApplier::Enter(const PreparedFrame& frame, const Admission& admission,
                                       std::uint64_t batch, std::vector<model::Change>& changes) {
  FrameScope scope;
  scope.source = admission.source.id;
  scope.source_kind = frame.header.source_kind;
  scope.batch = batch;
  scope.changes = &changes;
  std::optional<estate::LastFrame> last;
  if (admission.extent) {
    scope.extent = admission.extent->id;
    last = admission.extent->last;
  } else {
    scope.extent = sources_.NextExtent();
    scope.fresh = true;
    if (batch != 0) HM_TRY(sources_.AddExtent(scope, frame.header.extent));
  }
  scope.times = estate::TimesOf(frame.header, frame.received, last);
  return scope;
}

Status FrameApplier::ApplyNext(PreparedRecord& next, PreparedFrame& frame, FrameScope& scope,
                               FrameProgress& progress) {
  Status status;
  if (auto* entity = std::get_if<EntityRecord>(&next.record)) {
    PropertyMap* person = nullptr;
    if (progress.people < frame.people.size() &&
        frame.people[progress.people].record == progress.records) {
      person = &frame.people[progress.people++].properties;
    }
    status = Apply(*entity, next.properties, scope, progress, person);
  } else if (auto* edge = std::get_if<EdgeRecord>(&next.record)) {
    status = Apply(*edge, next.properties, scope, progress);
  } else {
    status = Apply(std::get<UnchangedRecord>(next.record), frame.header, scope, progress);
  }
  ++progress.records;
  if (!status) {
    return Fail(std::move(status).error(), Cat({"record ", std::to_string(progress.records)}));
  }
  return {};
}

Status FrameApplier::Apply(EntityRecord& record, std::string& coded, FrameScope& scope,
                           FrameProgress& progress, PropertyMap* person) {
  const Identities::Described described = HM_TRY(identities_->Describe(record, scope));
  if (estate::IsUnresolved(record.properties)) {
    if (described.by_name) {
      record.properties = estate::Without(record.properties, [](model::PropertyId id) {
        return id == model::PropertyId::kUnresolved;
      });
      coded = estate::CodeProperties(record.properties);
    } else {
      HM_TRY(statements_.NoteUnresolved(scope, described.entity));
    }
  }
  if (person != nullptr) progress.people_said.emplace_back(described.entity, std::move(*person));
  return State({described.entity, kOwnStatement, {}, {}}, std::move(record.properties), coded,
               scope, progress);
}

Status FrameApplier::Apply(EdgeRecord& record, const std::string& coded, FrameScope& scope,
                           FrameProgress& progress) {
  const NodeId from = HM_TRY(identities_->Refer(record.from, scope));
  const NodeId to = HM_TRY(identities_->Refer(record.to, scope));
  return State({from, StoredKind(record.kind), to, record.qualifier}, std::move(record.properties),
               coded, scope, progress);
}

Status FrameApplier::Apply(const UnchangedRecord& record, const model::FrameHeader& header,
                           FrameScope& scope, FrameProgress& progress) {
  const std::optional<NodeId> entity = HM_TRY(identities_->Lookup(record.entity, scope));
  open_.clear();
  if (entity) {
    HM_TRY(statements_.FindSubject(scope, *entity, open_));
    for (const NodeId member : identities_->MembersOf(*entity)) {
      HM_TRY(statements_.FindSubject(scope, member, open_));
    }
  }
  if (std::ranges::find(open_, kOwnStatement, &StatementRow::kind) == open_.end()) {
    return Fail(Errc::kInputRefused,
                Cat({"$.unchanged: ", model::InfoOf(record.entity.kind).name, " ",
                     Quote(record.entity.key), " is not stated by ", Quote(header.source),
                     " in extent ", Quote(header.extent), "; send it whole"}));
  }
  if (progress.closes) {
    for (const StatementRow& row : open_) progress.seen.insert(row.id.value);
  }
  return {};
}

Status FrameApplier::State(const StatementKey& key, PropertyMap&& properties,
                           std::string_view coded, FrameScope& scope, FrameProgress& progress) {
  open_.clear();
  const std::span<const NodeId> subjects = identities_->MembersOf(key.subject);
  const std::span<const NodeId> objects = identities_->MembersOf(key.object);
  const bool merged = !subjects.empty() || !objects.empty();
  // In a new extent there is nothing to look for but what this frame said itself.
  const bool first = scope.fresh && progress.said.insert(SaidKey(key)).second && !merged;
  if (!first) HM_TRY(statements_.FindOpen(scope, key, open_));
  if (merged) [[unlikely]] {
    StatementKey other = key;
    for (const NodeId object : objects) {
      other.object = object;
      HM_TRY(statements_.FindOpen(scope, other, open_));
    }
    for (const NodeId subject : subjects) {
      other = key;
      other.subject = subject;
      HM_TRY(statements_.FindOpen(scope, other, open_));
      for (const NodeId object : objects) {
        other.object = object;
        HM_TRY(statements_.FindOpen(scope, other, open_));
      }
    }
  }
  const auto kept = std::ranges::find(open_, coded, &StatementRow::properties);
  for (auto row = open_.begin(); row != open_.end(); ++row) {
    if (row != kept) HM_TRY(statements_.Close(scope, *row, key.subject, key.object));
  }
  if (kept != open_.end()) {
    if (progress.closes) progress.seen.insert(kept->id.value);
    return {};
  }
  const model::StatementId id = HM_TRY(statements_.Insert(scope, key, coded));
  if (progress.closes) progress.seen.insert(id.value);
  if (key.kind == kOwnStatement) {
    scope.changes->push_back(
        model::EntityStated{id, key.subject, scope.source, scope.times.at, std::move(properties)});
  } else {
    scope.changes->push_back(model::EdgeStated{id, EdgeOf(key.kind), key.subject, key.object,
                                               std::string(key.qualifier), scope.source,
                                               scope.times.at, std::move(properties)});
  }
  return {};
}

Result<bool> FrameApplier::CloseRest(FrameScope& scope, FrameProgress& progress,
                                     std::size_t limit) {
  if (!progress.closes) return true;
  const StatementRow* after = progress.closed_up_to ? &*progress.closed_up_to : nullptr;
  std::vector<StatementRow> rows = HM_TRY(statements_.Scan(scope, after, limit));
  if (rows.empty()) return true;
  for (StatementRow& row : rows) {
    if (!progress.seen.contains(row.id.value)) {
      HM_TRY(statements_.Close(scope, row, identities_->Canonical(row.subject),
                               identities_->Canonical(row.object)));
    }
  }
  progress.closed_up_to = std::move(rows.back());
  return false;
}

Status FrameApplier::Finish(const PreparedFrame& frame, FrameScope& scope,
                            const FrameProgress& progress) {
  for (const auto& [person, said] : progress.people_said) {
    HM_TRY(NotePerson(person, said, scope.times.seen));
  }
  return sources_.TakeFrame(frame.header, frame.content, scope);
}

Status FrameApplier::NotePerson(NodeId person, const PropertyMap& said, Timestamp at) {
  std::string_view name = said.Text(model::PropertyId::kUserName);
  if (name.empty()) name = said.Text(model::PropertyId::kName);
  const std::string coded = estate::CodeProperties(said);
  return put_person_.Run(person.value, at.micros, name, Blob{coded});
}

Status FrameApplier::ApplyAll(PreparedFrame& frame, FrameScope& scope, FrameProgress& progress) {
  for (PreparedRecord& next : frame.records) HM_TRY(ApplyNext(next, frame, scope, progress));
  constexpr std::size_t kRows = 1000;
  for (;;) {
    const bool done = HM_TRY(CloseRest(scope, progress, kRows));
    if (done) break;
  }
  return Finish(frame, scope, progress);
}

Status FrameApplier::Forget() {
  sources_.Forget();
  return identities_->Forget(*db_);
}

}  // namespace hullmark::sqlite
