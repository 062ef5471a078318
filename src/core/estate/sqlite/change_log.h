// SPDX-License-Identifier: Apache-2.0
//
// The change log: one row for each publication.  Those of a staged frame are written in parts while
// it is staged, and amended by what happened meanwhile when they are read.  Thread-safety: owned by
// the writer thread.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/scope.h"

namespace hullmark::sqlite {

/// What happened while a frame was staged, as changes: EntityAdded for each entity of it that was
/// published before it, Merged for each merge.
std::vector<model::Change> AmendsOf(const StagedFrame& staged);
/// Makes `changes`, written while those things happened, follow them.
void Amend(std::vector<model::Change>& changes, const std::vector<model::Change>& amends);

class ChangeLog {
 public:
  static Result<ChangeLog> Open(Database& db, Counters& counters);

  std::uint64_t seq() const { return seq_; }
  /// A publication that is not of a staged frame.
  Status Append(Timestamp at, const std::vector<model::Change>& changes);
  /// One part of a staged frame's changes.
  Status AppendPart(std::uint64_t batch, std::uint64_t part,
                    const std::vector<model::Change>& changes);
  /// The publication of a staged frame: its parts, amended, and then `changes`.
  Status AppendStaged(Timestamp at, std::uint64_t batch, const std::vector<model::Change>& amends,
                      const std::vector<model::Change>& changes);
  /// After a rollback.
  void set_seq(std::uint64_t seq) { seq_ = seq; }

 private:
  explicit ChangeLog(Counters& counters) : counters_(&counters) {}

  Counters* counters_;
  std::uint64_t seq_ = 0;
  Statement append_, append_part_;
};

/// Reads the publications after `after`, oldest first.  For any connection.
Status ReadChangeLog(Database& db, std::uint64_t after,
                     const std::function<Status(model::ChangeBatch&&)>& on_batch);

}  // namespace hullmark::sqlite
