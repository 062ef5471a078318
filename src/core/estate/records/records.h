// SPDX-License-Identifier: Apache-2.0
//
// Records: what the service itself must remember beside the estate: API tokens, configured sources
// and the append-only audit log.  Kept in the estate's file, so that one backup holds both.
// Implementation: estate/sqlite. Thread-safety: Records is thread-safe; the rest are values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hullmark::records {

/// A secret that lets somebody in.  Only its hash is kept.
struct ApiToken {
  std::string id;             ///< short and public: names the token in lists and in the audit log
  std::string name;           ///< given by people; not unique
  std::string role;           ///< the auth room knows what it means
  std::string secret_sha256;  ///< hex
  Timestamp created_at;
  std::optional<Timestamp> last_used;  ///< to the minute, roughly
  std::optional<Timestamp> expires_at;
};

/// How the last look of a configured source went.
struct Sync {
  Timestamp started_at;
  std::optional<Timestamp> ended_at;  ///< absent while it runs
  bool ok = false;
  std::string error;  ///< what went wrong, in a sentence; empty when ok
  std::string mend;   ///< what to do about it
};

/// A source that `hullmark connect` added.
struct ConfiguredSource {
  std::string name;      ///< unique: "registry:127.0.0.1:5000"
  std::string kind;      ///< which connector: "registry"
  std::string settings;  ///< JSON; secrets are references to files or variables, never values
  Timestamp created_at;
  std::optional<Sync> last_sync;
};

struct AuditEntry {
  std::uint64_t seq = 0;  ///< given by the store, from 1
  Timestamp at;           ///< given by the store
  std::string who;        ///< "token:ab12", "ci:https://…", "local"
  std::string what;       ///< "token.create", "source.add", …
  std::string detail;     ///< JSON, or empty
};

/// Every change is on disk when it returns well.
class Records {
 public:
  virtual ~Records() = default;

  /// kConflict when the id or the secret is taken.
  virtual Status AddToken(const ApiToken& token) = 0;
  /// kNotFound when there is no such token.
  virtual Status RemoveToken(std::string_view id) = 0;
  virtual std::vector<ApiToken> Tokens() const = 0;
  /// Answered from memory: asked for each request.
  virtual std::optional<ApiToken> FindToken(std::string_view secret_sha256) const = 0;
  /// Notes a use; written at most once a minute for each token, and not waited for.
  virtual void TouchToken(std::string_view id) = 0;

  /// Adds, or replaces kind and settings of the source with this name; `created_at` and `last_sync`
  /// are kept then.
  virtual Status PutSource(const ConfiguredSource& source) = 0;
  virtual Status RemoveSource(std::string_view name) = 0;
  virtual Result<std::vector<ConfiguredSource>> ConfiguredSources() const = 0;
  virtual Result<std::optional<ConfiguredSource>> FindSource(std::string_view name) const = 0;
  virtual Status NoteSync(std::string_view name, const Sync& sync) = 0;

  /// First come, first kept: the value that (scope, name) has, which is `value` when it had none
  /// yet.
  virtual Result<std::string> Pin(std::string_view scope, std::string_view name,
                                  std::string_view value) = 0;

  virtual Status Audit(std::string_view who, std::string_view what, std::string_view detail) = 0;
  /// Newest first, those below `before` (0: from the newest).
  virtual Result<std::vector<AuditEntry>> AuditLog(std::uint64_t before,
                                                   std::size_t limit) const = 0;
};

}  // namespace hullmark::records
