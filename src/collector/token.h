// SPDX-License-Identifier: Apache-2.0
//
// The job's OIDC token for one audience, by GitHub's request URL or as the CI put it into
// HULLMARK_ID_TOKEN.  The token is never printed.  Thread-compatible.
#pragma once
#include <stop_token>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "collector/environment.h"

namespace hullmark::collector {

/// kUnauthenticated when the job has no way to a token, with the mend.
Result<Secret> GetToken(net::HttpTransport& transport, const Environment& env,
                        std::string_view audience, Deadline deadline, std::stop_token stop);

}  // namespace hullmark::collector
