// SPDX-License-Identifier: Apache-2.0
//
// From a report and who sent it to an Observation: organization, repository, commit, pipeline, run,
// job and person come from the speaker alone; what was pushed comes from the body, and is stated as
// such.  Thread-safe functions.
#pragma once
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "core/model/observation.h"
#include "sources/ci/claims.h"
#include "sources/ci/report.h"

namespace hullmark::ci {

/// How a report came to us.
struct Reception {
  std::string source;    ///< the observation's source: "ci:github.com"
  std::string token_id;  ///< tells the reports of one job apart
  Timestamp received_at;
  bool body_bound = false;  ///< whether the token is bound to the body
};

/// Two reports of one run give the same entities and edges; each is an extent of its own, so that
/// none closes another's.
Result<model::Observation> MakeReportObservation(const Report& report, const Speaker& speaker,
                                                 const Reception& reception);

/// `ci:` and the speaker's host.
std::string SourceNameOf(const Speaker& speaker);

}  // namespace hullmark::ci
