// SPDX-License-Identifier: Apache-2.0
//
// Large frames, so that nobody waits for them: their rows are written in slices under a batch
// number that nobody reads, published by one short transaction, and tidied up in slices after it.
// What a killed process left is undone (or tidied up) at the next start.  Every method but phase,
// Holds and Abort runs inside a transaction of the caller's. Thread-safety: owned by the writer
// thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "core/estate/sqlite/change_log.h"
#include "core/estate/sqlite/frame_applier.h"

namespace hullmark::sqlite {

class Stager {
 public:
  enum class Phase : std::uint8_t {
    kIdle,
    kApplying,  ///< Slice is next
    kReady,     ///< Publish is next
    kMoving,    ///< published; Tidy is next
    kUndoing,   ///< given up; Tidy is next
  };

  static Result<Stager> Open(Database& db, Counters& counters, FrameApplier& applier,
                             ChangeLog& log);

  Phase phase() const { return phase_; }
  /// Whether this extent is the one in work: other frames of it must wait.
  bool Holds(const model::FrameHeader& header) const;

  /// Requires: kIdle.
  Status Begin(estate::PreparedFrame frame, const FrameApplier::Admission& admission);
  /// Applies records until the deadline.
  Status Slice(Deadline deadline);
  /// Gives what was published; the log has it as its next entry.
  Result<std::vector<model::Change>> Publish(Timestamp now);
  /// Once the transaction of Publish is committed.
  void Published() { phase_ = Phase::kMoving; }
  /// Gives the frame up, after an error: what it wrote is to be undone.
  void Abort();

  /// How much happened beside the frame so far; what a rolled back submission added to it is taken
  /// back.
  struct Mark {
    std::size_t announced = 0;
    std::size_t merged = 0;
  };
  Mark mark() const;
  void TakeBack(const Mark& mark);

  /// Tidies up until the deadline; true when all is done.
  Result<bool> Tidy(Deadline deadline);
  /// Once the transaction of the last Tidy is committed: kIdle.
  void Tidied();
  /// After a transaction of Tidy failed: it starts over.
  void TidyAgain();

  /// At the start: does to the end what a killed process left.
  Status Recover();

 private:
  Stager(Database& db, Counters& counters, FrameApplier& applier, ChangeLog& log)
      : db_(&db), counters_(&counters), applier_(&applier), log_(&log) {}

  enum class State : std::uint8_t { kStaged = 1, kPublished = 2, kDone = 3 };

  Result<bool> TidyStatements();
  Result<bool> UndoIdentities();
  Status UndoRest();

  Database* db_;
  Counters* counters_;
  FrameApplier* applier_;
  ChangeLog* log_;
  Statement begin_, set_state_, forget_, undo_entities_, undo_aliases_, undo_parts_, undo_extent_,
      undo_unresolved_;

  Phase phase_ = Phase::kIdle;
  estate::PreparedFrame frame_;
  FrameScope scope_;
  FrameProgress progress_;
  // On the heap: the tables keep a pointer to it while it is in staging.
  std::unique_ptr<StagedFrame> staged_;
  std::vector<model::Change> slice_;    // of the slice in work
  std::vector<model::Change> changes_;  // of all slices before
  std::uint64_t parts_ = 0;
  std::uint64_t first_entity_ = 0;
  std::uint64_t first_alias_ = 0;
  StatementTable::Cursor tidied_up_to_;
  bool statements_tidied_ = false;
  std::uint64_t undone_entities_ = 0;
  std::uint64_t undone_aliases_ = 0;
};

}  // namespace hullmark::sqlite
