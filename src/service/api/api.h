// SPDX-License-Identifier: Apache-2.0
//
// The HTTP API: routes, who may use them, and JSON (described by openapi.json, which is served as
// it stands).  Handlers are given their parts; what listens is wired by the program, and the
// commands may call the API in this process. Thread-safe.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/net/exchange.h"
#include "base/time.h"
#include "service/auth/api_tokens.h"
#include "service/auth/report_verifier.h"
#include "service/config/config.h"
#include "service/ingest/live_estate.h"
#include "service/ingest/source_manager.h"

namespace hullmark::api {

/// Everything is borrowed and outlives the Api.
struct ApiParts {
  ingest::LiveEstate& estate;
  ingest::SourceManager& sources;
  auth::ApiTokens& tokens;
  const auth::ReportVerifier& reports;
  const Clock& clock;
  std::vector<config::EnvironmentRule> environments;
  std::string public_url;  ///< without a trailing slash; empty when not configured
  std::string dist_dir;    ///< holds the collectors that /dist/ serves
};

/// Who makes a request; `principal.name` is empty at doors without a role.
struct Caller {
  auth::Principal principal;
};

class Api {
 public:
  explicit Api(ApiParts parts) : parts_(std::move(parts)) {}

  /// How much body the request's route takes.
  net::Admission Admit(const net::ServerRequest& request) const;
  net::ServerResponse Handle(const net::ServerRequest& request) const;
  /// The second door (`listen_ci`): reports and collector downloads only.
  net::ServerResponse HandleForCi(const net::ServerRequest& request) const;
  /// As the local administrator: for the commands in this process, who can read the data folder
  /// anyway.
  net::ServerResponse HandleLocally(const net::ServerRequest& request) const;

 private:
  net::ServerResponse Dispatch(const net::ServerRequest& request, bool for_ci,
                               const Caller* local) const;

  ApiParts parts_;
};

}  // namespace hullmark::api
