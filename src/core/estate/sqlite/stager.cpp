// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/stager.h"

#include <iterator>
#include <utility>

#include "base/check.h"

namespace hullmark::sqlite {
namespace {

constexpr std::size_t kRowsAtATime = 500;
constexpr std::uint64_t kIdentitiesAtATime = 5000;

bool IsOver(Deadline deadline) { return std::chrono::steady_clock::now() >= deadline; }

}  // namespace

Result<Stager> Stager::Open(Database& db, Counters& counters, FrameApplier& applier,
                            ChangeLog& log) {
  Stager out(db, counters, applier, log);
  out.begin_ =
      HM_TRY(db.Prepare("INSERT INTO staged(id, state, extent, first_entity, first_alias) "
                        "VALUES(?1, ?2, ?3, ?4, ?5)"));
  out.set_state_ = HM_TRY(db.Prepare("UPDATE staged SET state = ?2 WHERE id = ?1"));
  out.forget_ = HM_TRY(db.Prepare("DELETE FROM staged WHERE id = ?1"));
  out.undo_entities_ =
      HM_TRY(db.Prepare("DELETE FROM entity WHERE id >= ?1 AND id < ?2 AND batch = ?3"));
  out.undo_aliases_ =
      HM_TRY(db.Prepare("DELETE FROM alias WHERE id >= ?1 AND id < ?2 AND batch = ?3"));
  out.undo_parts_ = HM_TRY(db.Prepare("DELETE FROM change_part WHERE batch = ?1"));
  out.undo_extent_ = HM_TRY(db.Prepare("DELETE FROM extent WHERE id = ?1 AND sequence = 0"));
  out.undo_unresolved_ =
      HM_TRY(db.Prepare("DELETE FROM unresolved WHERE extent = ?1 AND entity NOT IN "
                        "(SELECT subject FROM statement WHERE extent = ?1 AND kind = 0)"));
  const std::int64_t last = HM_TRY(db.Number("SELECT max(id) FROM staged"));
  counters.batch = static_cast<std::uint64_t>(last) + 1;
  return out;
}

bool Stager::Holds(const model::FrameHeader& header) const {
  return phase_ != Phase::kIdle && header.extent == frame_.header.extent &&
         header.source == frame_.header.source;
}

Status Stager::Begin(estate::PreparedFrame frame, const FrameApplier::Admission& admission) {
  const std::uint64_t batch = counters_->batch++;
  first_entity_ = counters_->entity;
  first_alias_ = counters_->alias;
  frame_ = std::move(frame);
  progress_ = {};
  progress_.closes = frame_.header.complete && admission.extent && admission.extent->last;
  slice_.clear();
  changes_.clear();
  parts_ = 0;
  scope_ = {};
  TidyAgain();
  staged_ = std::make_unique<StagedFrame>();
  staged_->batch = batch;
  // Held from here on, whatever fails.
  phase_ = Phase::kApplying;
  applier_->identities().SetStaged(staged_.get());
  scope_ = HM_TRY(applier_->Enter(frame_, admission, batch, slice_));
  if (!admission.source.announced) {
    slice_.push_back(
        model::SourceSeen{admission.source.id, frame_.header.source, admission.source.kind});
  }
  return begin_.Run(batch, static_cast<int>(State::kStaged), scope_.extent, first_entity_,
                    first_alias_);
}

Status Stager::Slice(Deadline deadline) {
  constexpr int kRecordsBetweenLooks = 32;
  int looks = 0;
  bool over = false;
  while (!over && !frame_.records.empty()) {
    HM_TRY(applier_->ApplyNext(frame_.records.front(), frame_, scope_, progress_));
    frame_.records.pop_front();
    if (++looks % kRecordsBetweenLooks == 0) over = IsOver(deadline);
  }
  while (!over) {
    const bool done = HM_TRY(applier_->CloseRest(scope_, progress_, kRowsAtATime));
    if (done) {
      phase_ = Phase::kReady;
      break;
    }
    over = IsOver(deadline);
  }
  if (slice_.empty()) return {};
  HM_TRY(log_->AppendPart(staged_->batch, parts_++, slice_));
  std::move(slice_.begin(), slice_.end(), std::back_inserter(changes_));
  slice_.clear();
  return {};
}

Result<std::vector<model::Change>> Stager::Publish(Timestamp now) {
  applier_->identities().SetStaged(nullptr);
  const std::vector<model::Change> amends = AmendsOf(*staged_);
  Amend(changes_, amends);
  std::vector<model::Change> last;
  FrameScope scope = scope_;
  scope.batch = 0;
  scope.fresh = false;  // its row was made at the begin
  scope.changes = &last;
  HM_TRY(applier_->sources().Announce(frame_.header, scope));
  HM_TRY(applier_->identities().Settle(*staged_, scope));
  HM_TRY(applier_->Finish(frame_, scope, progress_));
  HM_TRY(log_->AppendStaged(now, staged_->batch, amends, last));
  HM_TRY(set_state_.Run(staged_->batch, static_cast<int>(State::kPublished)));
  std::move(last.begin(), last.end(), std::back_inserter(changes_));
  return std::exchange(changes_, {});
}

Stager::Mark Stager::mark() const {
  return staged_ ? Mark{staged_->announced.size(), staged_->merged.size()} : Mark{};
}

void Stager::TakeBack(const Mark& mark) {
  if (!staged_) return;
  if (staged_->announced.size() > mark.announced) staged_->announced.resize(mark.announced);
  if (staged_->merged.size() > mark.merged) staged_->merged.resize(mark.merged);
}

void Stager::Abort() {
  if (phase_ == Phase::kIdle) return;  // it had not begun
  phase_ = Phase::kUndoing;
  frame_.records.clear();
  changes_.clear();
  slice_.clear();
  // Until it is undone, others must still take its rows for what they are.
  applier_->identities().SetStaged(staged_.get());
}

Result<bool> Stager::TidyStatements() {
  StatementTable& statements = applier_->statements();
  if (phase_ == Phase::kUndoing) {
    return statements.Undo(scope_.extent, staged_->batch, kRowsAtATime, tidied_up_to_);
  }
  return statements.MoveEnded(scope_.extent, staged_->batch, scope_.times.received, kRowsAtATime,
                              tidied_up_to_);
}

Result<bool> Stager::Tidy(Deadline deadline) {
  while (!statements_tidied_) {
    statements_tidied_ = HM_TRY(TidyStatements());
    if (IsOver(deadline)) return false;
  }
  if (phase_ == Phase::kMoving) {
    HM_TRY(set_state_.Run(staged_->batch, static_cast<int>(State::kDone)));
    return true;
  }
  for (;;) {
    const bool done = HM_TRY(UndoIdentities());
    if (done) break;
    if (IsOver(deadline)) return false;
  }
  HM_TRY(UndoRest());
  return true;
}

void Stager::Tidied() {
  applier_->identities().SetStaged(nullptr);
  phase_ = Phase::kIdle;
}

void Stager::TidyAgain() {
  tidied_up_to_.reset();
  statements_tidied_ = false;
  undone_entities_ = first_entity_;
  undone_aliases_ = first_alias_;
}

Result<bool> Stager::UndoIdentities() {
  if (undone_entities_ < counters_->entity) {
    const std::uint64_t end = undone_entities_ + kIdentitiesAtATime;
    HM_TRY(undo_entities_.Run(undone_entities_, end, staged_->batch));
    undone_entities_ = end;
    return false;
  }
  if (undone_aliases_ < counters_->alias) {
    const std::uint64_t end = undone_aliases_ + kIdentitiesAtATime;
    HM_TRY(undo_aliases_.Run(undone_aliases_, end, staged_->batch));
    undone_aliases_ = end;
    return false;
  }
  return true;
}

Status Stager::UndoRest() {
  HM_TRY(undo_parts_.Run(staged_->batch));
  HM_TRY(undo_unresolved_.Run(scope_.extent));
  HM_TRY(undo_extent_.Run(scope_.extent));
  HM_TRY(forget_.Run(staged_->batch));
  // The cache may hold entities that are no more.
  return applier_->Forget();
}

Status Stager::Recover() {
  struct Left {
    std::uint64_t batch, extent, first_entity, first_alias;
    State state;
    Timestamp received;
  };
  std::vector<Left> all;
  {
    Statement read =
        HM_TRY(db_->Prepare("SELECT id, extent, first_entity, first_alias, state FROM staged "
                            "WHERE state IN (1, 2)"));
    Rows rows = HM_TRY(read.Query());
    for (;;) {
      const bool more = HM_TRY(rows.Next());
      if (!more) break;
      all.push_back({rows.Uint(0),
                     rows.Uint(1),
                     rows.Uint(2),
                     rows.Uint(3),
                     static_cast<State>(rows.Int(4)),
                     {rows.Int(5)}});
    }
  }
  for (const Left& left : all) {
    staged_ = std::make_unique<StagedFrame>();
    staged_->batch = left.batch;
    scope_ = {};
    scope_.extent = left.extent;
    first_entity_ = left.first_entity;
    first_alias_ = left.first_alias;
    scope_.times.received = left.received;
    TidyAgain();
    phase_ = left.state == State::kStaged ? Phase::kUndoing : Phase::kMoving;
    const bool done = HM_TRY(Tidy(Deadline::max()));
    HM_CHECK(done, "without a deadline all is done");
    Tidied();
  }
  return {};
}

}  // namespace hullmark::sqlite
