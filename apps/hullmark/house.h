// SPDX-License-Identifier: Apache-2.0
//
// House: every room of the server wired together, without a door to the network.  `serve` opens
// doors on it; a command with `--data` uses it in its own process.  Thread-safety: Api is
// thread-safe; the rest is owned by main.
#pragma once
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "core/estate/sqlite/sqlite_store.h"
#include "service/api/api.h"
#include "service/config/config.h"

namespace hullmark::app {

class House {
 public:
  /// Opens (or makes) the estate in the configuration's data folder.  `clock` outlives the house.
  static Result<std::unique_ptr<House>> Open(const config::ServerConfig& config,
                                             const Clock& clock);

  const api::Api& api() const { return *api_; }
  estate::Store& store() { return *estate_.store; }
  ingest::LiveEstate& live() { return *live_; }
  auth::ApiTokens& tokens() { return *tokens_; }
  ingest::SourceManager& sources() { return *sources_; }
  /// Whether this start made the admin token.
  bool made_admin() const { return made_admin_; }

 private:
  explicit House(const Clock& clock) : clock_(clock) {}

  // In the order of dependence: each borrows from those before it.
  const Clock& clock_;
  sqlite::SqliteEstate estate_;
  std::unique_ptr<ingest::LiveEstate> live_;
  std::unique_ptr<auth::ApiTokens> tokens_;
  std::unique_ptr<ci::OwnerPins> pins_;
  std::unique_ptr<auth::KeySource> keys_;
  std::unique_ptr<auth::ReportVerifier> reports_;
  std::unique_ptr<ingest::SourceManager> sources_;
  std::unique_ptr<api::Api> api_;
  bool made_admin_ = false;
};

}  // namespace hullmark::app
