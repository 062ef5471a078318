// SPDX-License-Identifier: Apache-2.0
//
// SourceManager: the sources that the server reads by itself.  Keeps their settings and how their
// last look went, looks again on schedule or when asked, and never runs two looks of one source at
// once.  Thread-safe.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"
#include "base/result.h"
#include "base/time.h"
#include "core/estate/records/records.h"
#include "service/ingest/live_estate.h"
#include "service/ingest/source_settings.h"

namespace hullmark::ingest {

/// How a look at one source went.
struct SyncOutcome {
  std::string name;
  bool ok = false;
  std::string summary;  ///< "12 repositories, 340 tags, 3 manifests read, 337 unchanged"
  std::string error;
  std::string mend;
};

/// One source as lists show it, whether we read it or it reports to us.
struct SourceRow {
  std::string name;
  std::string kind;
  Timestamp as_of;  ///< of its oldest extent; 0 when nothing was seen yet
  bool complete = false;
  bool configured = false;  ///< the server looks again by itself
  bool syncing = false;
  std::string error;  ///< of the last look; empty when it went well
  std::string mend;
};

class SourceManager {
 public:
  /// A transport that trusts `ca_file` (the system's roots when empty).
  using MakeTransport =
      std::function<std::unique_ptr<net::HttpTransport>(const std::string& ca_file)>;

  /// The references outlive the manager.
  SourceManager(LiveEstate& estate, records::Records& records, const Clock& clock,
                MakeTransport make_transport);
  ~SourceManager();

  /// Keeps the source and looks at it once.  An unreachable registry is kept too: its outcome says
  /// what to mend.
  Result<SyncOutcome> Add(const RegistrySettings& settings, std::string_view who);
  /// Looks again now: at `name`, or at every configured source when it is empty.  kNotFound for an
  /// unknown name.
  Result<std::vector<SyncOutcome>> Sync(std::string_view name);
  Result<std::vector<SourceRow>> List() const;

  /// Starts looking again on schedule; stops with the manager.
  void StartSchedule();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::ingest
