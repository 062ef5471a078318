// SPDX-License-Identifier: Apache-2.0
//
// The table of CI reports as they were accepted.  Thread-safety: as the connection it is opened on.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/estate/sqlite/database.h"
#include "core/estate/store.h"

namespace hullmark::sqlite {

/// Finds a report by (issuer, token id, route): a fixed-size key keeps the index small.
std::string ReportLookup(std::string_view issuer, std::string_view token_id,
                         std::string_view route);

class ReportTable {
 public:
  static Result<ReportTable> Open(Database& db);

  Result<std::optional<estate::ReportRecord>> Find(std::string_view issuer,
                                                   std::string_view token_id,
                                                   std::string_view route);
  /// Requires: a connection that may write, and that Find gave nothing.
  Status Add(const estate::ReportRecord& report);
  /// After a rollback.
  void Forget() { key_set_id_ = 0; }

 private:
  Result<std::int64_t> KeySetOf(const std::string& document);

  Statement find_, add_, find_key_set_, add_key_set_;
  // Issuers change their keys every few weeks: the last one seen is nearly always the next.
  std::string key_set_;
  std::int64_t key_set_id_ = 0;
};

}  // namespace hullmark::sqlite
