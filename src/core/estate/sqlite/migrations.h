// SPDX-License-Identifier: Apache-2.0
//
// The file's tables, as numbered steps: `PRAGMA user_version` is the last one taken.  Tables:
// docs/formats/estate.md.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "core/estate/sqlite/database.h"

namespace hullmark::sqlite {

/// "HMrk": tells our files from other SQLite files.
inline constexpr std::int64_t kApplicationId = 0x484d726b;

/// Append only: a released step is never changed.
std::span<const std::string_view> MigrationSteps();

/// Takes the steps that the file has not seen, each in one transaction.  Refuses files of other
/// programs and of newer versions.
Status Migrate(Database& db);

}  // namespace hullmark::sqlite
