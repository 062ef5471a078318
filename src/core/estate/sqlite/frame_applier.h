// SPDX-License-Identifier: Apache-2.0
//
// Applies the records of a frame to the tables and says what changed: the same for a frame that is
// applied at once and for one that is staged in slices.  Thread-safety: owned by the writer thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "core/estate/prepare.h"
#include "core/estate/sqlite/identities.h"
#include "core/estate/sqlite/source_table.h"
#include "core/estate/sqlite/statement_table.h"

namespace hullmark::sqlite {

/// Where a frame is in being applied.
struct FrameProgress {
  std::uint64_t records = 0;  ///< applied so far
  std::size_t people = 0;     ///< person facts used so far
  /// What was said in a new extent, as mixed numbers of subject, kind and object.
  std::unordered_set<std::uint64_t> said;
  /// Statements that the frame said again or anew; kept only where the rest is to be closed.
  bool closes = false;
  std::unordered_set<std::uint64_t> seen;
  StatementTable::Cursor closed_up_to;
  /// What it says of people, to be kept apart when the frame is published.
  std::vector<std::pair<model::NodeId, model::PropertyMap>> people_said;
};

class FrameApplier {
 public:
  static Result<std::unique_ptr<FrameApplier>> Open(Database& db, Counters& counters);

  /// What a frame finds: its source, its extent if that is known, and whether it is to be applied.
  struct Admission {
    SourceRow source;
    std::optional<ExtentRow> extent;
    estate::Verdict verdict = estate::Verdict::kApply;
  };
  Result<Admission> Admit(const estate::PreparedFrame& frame);
  /// The scope to apply it in; makes the extent where it is new.
  Result<FrameScope> Enter(const estate::PreparedFrame& frame, const Admission& admission,
                           std::uint64_t batch, std::vector<model::Change>& changes);

  /// Applies `next`, the record after those applied so far; what it holds is used up.
  Status ApplyNext(estate::PreparedRecord& next, estate::PreparedFrame& frame, FrameScope& scope,
                   FrameProgress& progress);
  /// Closes what the extent stated and a complete frame did not, up to `limit` statements at a
  /// time; true when done.
  Result<bool> CloseRest(FrameScope& scope, FrameProgress& progress, std::size_t limit);
  /// What is left to do in the transaction that publishes the frame.
  Status Finish(const estate::PreparedFrame& frame, FrameScope& scope,
                const FrameProgress& progress);

  /// The whole frame at once.
  Status ApplyAll(estate::PreparedFrame& frame, FrameScope& scope, FrameProgress& progress);

  Identities& identities() { return *identities_; }
  StatementTable& statements() { return statements_; }
  SourceTable& sources() { return sources_; }
  /// After a rollback: what is kept in memory is read anew.
  Status Forget();

 private:
  FrameApplier(Database& db, StatementTable statements, SourceTable sources)
      : db_(&db), statements_(std::move(statements)), sources_(std::move(sources)) {}

  Status Apply(model::EntityRecord& record, std::string& coded, FrameScope& scope,
               FrameProgress& progress, model::PropertyMap* person);
  Status Apply(model::EdgeRecord& record, const std::string& coded, FrameScope& scope,
               FrameProgress& progress);
  Status Apply(const model::UnchangedRecord& record, const model::FrameHeader& header,
               FrameScope& scope, FrameProgress& progress);
  Status State(const StatementKey& key, model::PropertyMap&& properties, std::string_view coded,
               FrameScope& scope, FrameProgress& progress);
  Status NotePerson(model::NodeId person, const model::PropertyMap& said, Timestamp at);

  Database* db_;
  StatementTable statements_;
  SourceTable sources_;
  std::optional<Identities> identities_;
  Statement put_person_;
  std::vector<StatementRow> open_;  // keeps its memory
};

}  // namespace hullmark::sqlite
