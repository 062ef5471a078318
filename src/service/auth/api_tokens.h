// SPDX-License-Identifier: Apache-2.0
//
// ApiTokens: who may use the server's own doors.  A token is `hmt_` and 32 random bytes; only its
// SHA-256 is kept, with a name and a role, in estate/records.  Thread-safe.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "core/estate/records/records.h"

namespace hullmark::auth {

/// Each includes the ones before it.
enum class Role : std::uint8_t { kViewer, kOperator, kAdmin };
std::string_view NameOf(Role role);
Result<Role> RoleByName(std::string_view name);

/// Who a request comes from.
struct Principal {
  std::string id;  ///< the token's public id, for the audit log
  std::string name;
  Role role = Role::kViewer;
};

/// kPermissionDenied names the role that is needed.
Status Require(const Principal& principal, Role role);

struct NewToken {
  Secret secret;  ///< shown once
  records::ApiToken record;
};

class ApiTokens {
 public:
  /// Borrows both, which must outlive this.
  ApiTokens(records::Records& records, const Clock& clock) : records_(records), clock_(clock) {}

  /// When no token of the role admin is kept: makes one, and writes it to `data_dir`/admin-token
  /// (mode 0600).  Returns whether it did.
  Result<bool> EnsureAdmin(const std::string& data_dir);

  /// `who` is for the audit log.
  Result<NewToken> Create(std::string_view who, std::string_view name, Role role,
                          std::optional<Timestamp> expires_at = std::nullopt);
  /// The last admin token is not removed: nobody could make another.
  Status Revoke(std::string_view who, std::string_view id);
  std::vector<records::ApiToken> List() const { return records_.Tokens(); }

  /// `authorization` is the request's field; empty when it has none.  kUnauthenticated says the
  /// mend.
  Result<Principal> Authenticate(std::string_view authorization) const;

 private:
  records::Records& records_;
  const Clock& clock_;
  std::mutex revoking_;  // counting the admins left and removing one is one step
};

}  // namespace hullmark::auth
