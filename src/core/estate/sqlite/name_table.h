// SPDX-License-Identifier: Apache-2.0
//
// The table of dated aliases: which names a source gave an entity, from when until when.  A name
// names one entity at a time: given to another, it leaves the first.  Thread-safety: owned by the
// writer thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/estate/identity.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/scope.h"

namespace hullmark::sqlite {

/// What a record says of an entity's names.
struct Naming {
  model::EntityKind kind = model::EntityKind::kDigest;
  model::NodeId entity;
  std::vector<std::string> names;
  bool fresh = false;        ///< the entity was made by this very record: it has no names yet
  bool keep_others = false;  ///< the list is not the whole: other names of the same source stay
};

class NameTable {
 public:
  static Result<NameTable> Open(Database& db, Counters& counters);

  /// Whom `name` names at `at`, as the frame in `scope` may see it.  `staged`: the frame in
  /// staging, if any; rows of it are nobody else's to see, and names met there are noted as
  /// contested.
  Result<std::optional<model::NodeId>> HolderAt(model::EntityKind kind, std::string_view name,
                                                Timestamp at, const FrameScope& scope,
                                                StagedFrame* staged);
  /// Applies `naming` and returns the names that name the entity from now on and did not before.  A
  /// staged frame that would change what others see puts it off (StagedFrame::names).
  Result<std::vector<std::string>> State(const Naming& naming, FrameScope& scope,
                                         StagedFrame* staged);
  /// Names of `from` become names of `into`; `before` and `after` get what belongs around the
  /// Merged change.
  Status Move(model::NodeId from, model::NodeId into, const StagedFrame* staged,
              std::vector<model::Change>& before, std::vector<model::Change>& after);

  struct Held {
    model::NodeId entity;
    model::SourceId source;
    Timestamp since;
  };
  /// Takes back the rows of `batch` for this name, and says what they were.
  Result<std::vector<Held>> TakeBack(std::uint64_t batch, model::EntityKind kind,
                                     std::string_view name);

 private:
  struct Row {
    std::uint64_t id;
    model::NodeId entity;
    model::SourceId source;
    Timestamp since;
    std::optional<Timestamp> until;
    std::uint64_t batch;
    std::string name;
  };

  explicit NameTable(Counters& counters) : counters_(&counters) {}
  Result<std::vector<Row>> Read(Rows rows, const FrameScope& scope, StagedFrame* staged,
                                model::EntityKind kind);
  Result<std::vector<Row>> RowsOf(model::EntityKind kind, std::string_view name,
                                  const FrameScope& scope, StagedFrame* staged);
  Status Give(const Naming& naming, const std::string& name, const std::vector<Row>& own,
              FrameScope& scope, StagedFrame* staged, std::vector<std::string>& gained);
  Status CloseRow(const Row& row, Timestamp at);
  Status Insert(const Naming& naming, std::string_view name, const FrameScope& scope,
                std::optional<Timestamp> until);

  Counters* counters_;
  Statement by_name_, by_entity_, of_source_, insert_, close_, remove_, move_;
};

}  // namespace hullmark::sqlite
