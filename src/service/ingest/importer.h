// SPDX-License-Identifier: Apache-2.0
//
// Imports: files of others, told apart, read by sources/reports, and applied frame by frame.
// Thread-safe functions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/estate/store.h"

namespace hullmark::ingest {

struct ImportOptions {
  std::string format;  ///< "observations", "kubectl", or empty: told from the content
  std::string cluster;
  std::string environment;
  Timestamp received_at;
  std::string known_key{};     ///< of the cluster, where it was imported before
  bool known_by_name = false;  ///< something stands under the cluster's name, as its key
};

struct ImportSummary {
  std::string format;
  std::uint64_t frames = 0;
  std::uint64_t records = 0;
  std::uint64_t changes = 0;
  std::vector<std::string> notes;  ///< what the reader should know: why a list was taken as partial
};

/// Applies what `bytes` holds.  A bad document is refused with the place and the mend; of an
/// observation stream, the frames before the bad one stay applied, and the error says how many.
Result<ImportSummary> Import(estate::Store& store, std::string bytes, const ImportOptions& options);

}  // namespace hullmark::ingest
