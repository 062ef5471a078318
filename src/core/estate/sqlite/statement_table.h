// SPDX-License-Identifier: Apache-2.0
//
// The tables of statements: what each (source, extent) states now, and what it stated before.  An
// entity's own statement and its edges stand together, so that one range holds all that an extent
// says of a subject. Thread-safety: owned by the writer thread.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/scope.h"

namespace hullmark::sqlite {

/// Stored: 0 for an entity's own statement, else the edge's kind plus 1.
using StatementKind = std::uint8_t;
inline constexpr StatementKind kOwnStatement = 0;
inline StatementKind StoredKind(model::EdgeKind kind) {
  return static_cast<StatementKind>(static_cast<unsigned>(kind) + 1);
}
inline model::EdgeKind EdgeOf(StatementKind kind) { return static_cast<model::EdgeKind>(kind - 1); }

/// One open statement.
struct StatementRow {
  model::NodeId subject;
  StatementKind kind = kOwnStatement;
  model::NodeId object;  ///< 0 for an entity's own
  model::StatementId id;
  Timestamp since;
  std::uint64_t batch = 0;
  std::string qualifier;
  std::string properties;
};

/// What tells one statement of an extent from another.
struct StatementKey {
  model::NodeId subject;
  StatementKind kind = kOwnStatement;
  model::NodeId object;
  std::string_view qualifier;
};

class StatementTable {
 public:
  static Result<StatementTable> Open(Database& db, Counters& counters);

  /// The open statements with this key in the scope's extent, appended; more than one only after
  /// merges.
  Status FindOpen(const FrameScope& scope, const StatementKey& key, std::vector<StatementRow>& out);
  /// All open statements of the extent about one subject, its edges included, appended.
  Status FindSubject(const FrameScope& scope, model::NodeId subject,
                     std::vector<StatementRow>& out);
  /// Up to `limit` open statements of the extent after `after` (null: from the start), in the order
  /// of their keys.
  Result<std::vector<StatementRow>> Scan(const FrameScope& scope, const StatementRow* after,
                                         std::size_t limit);

  /// Opens a statement from the scope's time on.
  Result<model::StatementId> Insert(FrameScope& scope, const StatementKey& key,
                                    std::string_view properties);
  /// Closes it at the scope's time; a staged frame only marks it, until MoveEnded.  Notes the
  /// change, about the entities that the row's are now.
  Status Close(FrameScope& scope, const StatementRow& row, model::NodeId subject,
               model::NodeId object);

  /// Notes that the extent states `entity` under no more than a name.
  Status NoteUnresolved(const FrameScope& scope, model::NodeId entity);
  /// The name was resolved: the statements under it lose that mark, each by a new statement in
  /// place of the old one. `now` is the entity that the name turned out to name.
  Status Resolve(model::NodeId entity, model::NodeId now, const StagedFrame* staged,
                 std::vector<model::Change>& changes);

  /// What a slice of cleaning up an extent goes on from.
  using Cursor = std::optional<StatementRow>;
  /// Takes one slice of up to `limit` rows: moves statements that `batch`, published, has closed
  /// into the past. True when the extent is done.
  Result<bool> MoveEnded(std::uint64_t extent, std::uint64_t batch, Timestamp received,
                         std::size_t limit, Cursor& cursor);
  /// The same for a batch that is not to be: removes its statements and takes its closings back.
  Result<bool> Undo(std::uint64_t extent, std::uint64_t batch, std::size_t limit, Cursor& cursor);

 private:
  struct Touched {
    StatementRow row;
    Timestamp until;
    std::uint64_t ended_batch;
  };

  explicit StatementTable(Counters& counters) : counters_(&counters) {}
  Status Read(Rows rows, std::vector<StatementRow>& out, const std::string_view* qualifier);
  Status Remove(std::uint64_t extent, const StatementRow& row);
  Status MoveToPast(std::uint64_t extent, const StatementRow& row, Timestamp until,
                    Timestamp received);

  Result<std::vector<Touched>> ScanTouched(std::uint64_t extent, std::size_t limit, Cursor& cursor);

  Counters* counters_;
  Statement find_, find_subject_, scan_, insert_, remove_, copy_to_past_, mark_;
  Statement scan_touched_, note_unresolved_, unresolved_of_, drop_unresolved_, restate_;
};

}  // namespace hullmark::sqlite
