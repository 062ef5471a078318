// SPDX-License-Identifier: Apache-2.0
//
// Speaker: who a CI job's verified token proves, read from its claims and from nothing else.
// Identity is keyed on the provider's numeric ids; names are what they were called then.  `sub` is
// never read: its form is the customer's choice. Facts: GitHub docs "OpenID Connect reference".
// Thread-compatible values.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/codec/json.h"
#include "base/result.h"

namespace hullmark::ci {

struct Identity {
  std::string id;    ///< the provider's: "101"
  std::string key;   ///< "github.com#101"
  std::string path;  ///< "acme/shop"
  std::string name;  ///< "github.com/acme/shop"
};

/// A file that defines a pipeline, at a commit.
struct Definition {
  std::string path;  ///< ".github/workflows/build.yml"; with its repository before it when that is
                     ///< another one
  std::string repository;  ///< "acme/shop"
  std::string ref;         ///< "refs/heads/main"
  std::string sha;         ///< empty when the token does not say
};

struct Speaker {
  std::string provider;  ///< "github"
  std::string issuer;    ///< the token's `iss`
  std::string host;      ///< "github.com"
  Identity owner;
  Identity repository;
  std::string visibility;  ///< public, private or internal; empty when not said
  std::string commit;      ///< full sha the run is for
  std::string ref;         ///< "refs/heads/main"
  std::string ref_type;    ///< branch or tag
  std::string event;       ///< "push"
  std::string run_id;
  std::int64_t run_number = 0;  ///< 0 when not said
  std::int64_t run_attempt = 1;
  std::string workflow_name;
  Definition workflow;  ///< what was triggered
  Definition
      reusable;  ///< what defines this job, when that is another file; its path is empty otherwise
  std::string check_run_id;  ///< this job's; empty when the token has none
  std::string actor_id;
  std::string actor_login;
  std::string runner;  ///< "github-hosted" or "self-hosted"; empty when not said

  std::string RepositoryUrl() const;  ///< https://github.com/acme/shop
  std::string RunUrl() const;         ///< …/actions/runs/5
  std::string RunKey() const;         ///< "github.com#101/runs/5/attempts/1"
  std::string RunAttemptUrl() const;  ///< …/actions/runs/5/attempts/1
};

/// The code host behind an issuer: github.com, a ghe.com subdomain or a GitHub Enterprise Server.
Result<std::string> GithubHostOf(std::string_view issuer);

/// Requires: the claims' signature and registered claims hold.  `host`: empty to take it from the
/// issuer. The error names the claim and what is wrong with it.
Result<Speaker> ReadGithubClaims(codec::Json claims, std::string_view issuer,
                                 std::string_view host = {});

/// The same by the provider's name in the configuration; kUnsupported names those there are.
Result<Speaker> ReadClaims(std::string_view provider, codec::Json claims, std::string_view issuer,
                           std::string_view host = {});

}  // namespace hullmark::ci
