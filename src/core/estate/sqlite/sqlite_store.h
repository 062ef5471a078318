// SPDX-License-Identifier: Apache-2.0
//
// Opens the embedded estate: one SQLite file in a data directory, one writer with group commit,
// several readers. Format and promises: docs/formats/estate.md.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "core/estate/records/records.h"
#include "core/estate/store.h"

namespace hullmark::sqlite {

struct SqliteOptions {
  std::string dir;               ///< made (mode 0700) when it is not there
  const Clock* clock = nullptr;  ///< borrowed, outlives the store; null: the machine's
  std::size_t readers = 2;       ///< read connections
  std::size_t max_queued =
      4096;  ///< submissions that wait for the writer; more block their submitters
  /// Frames of more records than this (or that may close more statements) are staged in slices.
  std::size_t stage_above = 5000;
  std::chrono::milliseconds slice{40};  ///< writer time of one slice; DESIGN: at most 50 ms
  model::ObservationLimits limits;
};

/// Both are views of one open file; it closes with the last of them.
struct SqliteEstate {
  std::unique_ptr<estate::Store> store;
  std::unique_ptr<records::Records> records;
};

/// Refuses (kConflict) when another process or another store of this one has the directory open.
/// Unfinished work of a killed process is undone first.
Result<SqliteEstate> OpenSqlite(const SqliteOptions& options);
/// The store alone.
Result<std::unique_ptr<estate::Store>> OpenSqliteStore(const SqliteOptions& options);

}  // namespace hullmark::sqlite
