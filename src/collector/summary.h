// SPDX-License-Identifier: Apache-2.0
//
// What the collector says: lines for the job's log, and the job summary.  Thread-safe functions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sources/ci/report.h"

namespace hullmark::collector {

/// One push as lines of the log, at most 100 columns where its name allows.
std::vector<std::string> LogLines(const ci::ReportedPush& push);

/// Markdown for $GITHUB_STEP_SUMMARY: a table of the pushes under what became of the report.
std::string SummaryOf(const std::vector<ci::ReportedPush>& pushes,
                      const std::vector<std::string>& unresolved, std::string_view result);

}  // namespace hullmark::collector
