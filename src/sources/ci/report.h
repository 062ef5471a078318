// SPDX-License-Identifier: Apache-2.0
//
// The report a pipeline job sends: what this job pushed, and how it came to be.  Everything here is
// said by the body; who says it is the token's affair (claims.h).  Format: docs/formats/report.md.
// Thread-compatible values.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hullmark::ci {

inline constexpr int kReportVersion = 1;

/// A platform image inside a pushed index.
struct ReportedManifest {
  std::string digest;
  std::string media_type;
  std::string platform;       ///< os/arch[/variant]
  std::string config_digest;  ///< empty when not known

  friend bool operator==(const ReportedManifest&, const ReportedManifest&) = default;
};

struct ReportedPush {
  std::string reference;  ///< host/path:tag as pushed; without tag when pushed by digest
  std::string digest;     ///< of the manifest or index that the registry holds
  std::string media_type;
  std::string config_digest;  ///< of a manifest; empty for an index
  std::string platform;
  std::string how;                          ///< "built", "assembled", "republished" or "unknown"
  std::string how_detail;                   ///< what that was told from, in a few words
  bool certain = true;                      ///< false: possibly another job's push
  std::string pushed_at;                    ///< RFC 3339, the engine's clock; empty when not known
  std::vector<std::string> confirmed_by;    ///< "engine-event", "engine-digest", "registry", …
  std::vector<ReportedManifest> manifests;  ///< of an index

  friend bool operator==(const ReportedPush&, const ReportedPush&) = default;
};

struct Report {
  std::string collector;  ///< "hullmark-ci/0.1.0"
  std::string engine;     ///< "docker/20.10.24 (api 1.41, classic store)"
  std::string job_name;   ///< declared
  std::vector<ReportedPush> pushes;

  friend bool operator==(const Report&, const Report&) = default;
};

struct ReportLimits {
  std::size_t max_bytes = 4 << 20;
  std::size_t max_pushes = 2000;
  std::size_t max_manifests = 200;
  std::size_t max_text = 2048;
};

std::string WriteReport(const Report& report);
/// The error names the JSON path and the mend.
Result<Report> ParseReport(std::string_view body, const ReportLimits& limits = {});

}  // namespace hullmark::ci
