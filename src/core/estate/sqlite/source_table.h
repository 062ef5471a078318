// SPDX-License-Identifier: Apache-2.0
//
// The tables of sources and of their extents, with what was last taken from each.
// Thread-safety: owned by the writer thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/sqlite/scope.h"

namespace hullmark::sqlite {

struct SourceRow {
  model::SourceId id;
  model::SourceKind kind = model::SourceKind::kImport;
  bool announced = false;  ///< whether it has published anything yet
};

struct ExtentRow {
  std::uint64_t id = 0;
  std::optional<estate::LastFrame> last;  ///< absent while its first frame is being staged
  std::int64_t statements = 0;            ///< open ones
};

class SourceTable {
 public:
  static Result<SourceTable> Open(Database& db, Counters& counters);

  /// Makes it when it is new.  kConflict when the name is that of a source of another kind: what a
  /// name may write never changes.
  Result<SourceRow> FindOrAdd(std::string_view name, model::SourceKind kind);
  Status Announce(const model::FrameHeader& header, FrameScope& scope);

  Result<std::optional<ExtentRow>> FindExtent(model::SourceId source, std::string_view name);
  /// The number of a new extent; its row is made by TakeFrame, or before it by AddExtent.
  std::uint64_t NextExtent() { return counters_->extent++; }
  /// An extent no frame was taken from yet: what a staged frame needs.
  Status AddExtent(const FrameScope& scope, std::string_view name);
  /// Notes the frame that was taken, and says so in the changes.
  Status TakeFrame(const model::FrameHeader& header, std::string_view content, FrameScope& scope);

  void Forget() { cache_.clear(); }

 private:
  explicit SourceTable(Counters& counters) : counters_(&counters) {}

  Counters* counters_;
  Statement find_, add_, announce_, find_extent_, add_extent_, take_first_, take_;
  std::unordered_map<std::string, SourceRow> cache_;
};

}  // namespace hullmark::sqlite
