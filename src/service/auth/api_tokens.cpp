// SPDX-License-Identifier: Apache-2.0
#include "service/auth/api_tokens.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/crypto/hash.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "service/auth/bearer.h"

namespace hullmark::auth {
namespace {

constexpr std::string_view kPrefix = "hmt_";  // so that secret scanners can know it
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kIdBytes = 6;
constexpr std::size_t kMaxName = 128;

struct RoleName {
  Role role;
  std::string_view name;
};
constexpr std::array kRoles = {RoleName{Role::kViewer, "viewer"},
                               RoleName{Role::kOperator, "operator"},
                               RoleName{Role::kAdmin, "admin"}};

bool IsExpired(const records::ApiToken& token, Timestamp now) {
  return token.expires_at && now >= *token.expires_at;
}

bool IsAdmin(const records::ApiToken& token, Timestamp now) {
  return token.role == NameOf(Role::kAdmin) && !IsExpired(token, now);
}

Status CheckName(std::string_view name) {
  const bool control = std::ranges::any_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
  if (name.empty() || name.size() > kMaxName || control || !IsValidUtf8(name)) {
    return Fail(Errc::kInvalidArgument,
                "a token's name is a text of 1 to 128 bytes without control characters");
  }
  return {};
}

NewToken MakeToken(std::string_view name, Role role, Timestamp now,
                   std::optional<Timestamp> expires_at) {
  std::string text = Cat({kPrefix, Base64UrlOf(crypto::RandomBytes(kSecretBytes))});
  records::ApiToken record{.id = HexOf(crypto::RandomBytes(kIdBytes)),
                           .name = std::string(name),
                           .role = std::string(NameOf(role)),
                           .secret_sha256 = crypto::Sha256Of(text).Hex(),
                           .created_at = now,
                           .last_used = std::nullopt,
                           .expires_at = expires_at};
  return NewToken{Secret(std::move(text)), std::move(record)};
}

std::string Detail(const records::ApiToken& token) {
  JsonWriter out;
  out.BeginObject().Field("id", token.id).Field("name", token.name).Field("role", token.role);
  if (token.expires_at) out.Field("expires_at", token.expires_at->ToString());
  return out.EndObject().Take();
}

}  // namespace

std::string_view NameOf(Role role) { return kRoles[static_cast<std::size_t>(role)].name; }

Result<Role> RoleByName(std::string_view name) {
  for (const RoleName& known : kRoles) {
    if (known.name == name) return known.role;
  }
  return Fail(Errc::kInvalidArgument,
              Cat({"role ", Quote(name), " is not viewer, operator or admin"}));
}

Status Require(const Principal& principal, Role role) {
  if (principal.role >= role) return {};
  return Fail(Errc::kPermissionDenied,
              Cat({"this needs a token with the role ", NameOf(role), "; ", Quote(principal.name),
                   " has ", NameOf(principal.role)}));
}

Result<bool> ApiTokens::EnsureAdmin(const std::string& data_dir) {
  const Timestamp now = clock_.Now();
  const auto tokens = records_.Tokens();
  if (std::ranges::any_of(tokens, [now](const auto& token) { return IsAdmin(token, now); })) {
    return false;
  }
  const NewToken made = MakeToken("first admin", Role::kAdmin, now, std::nullopt);
  // The file first: a crash between the two leaves a file that the next start writes anew, never a
  // token that nobody has seen.
  HM_TRY(WriteFileAtomically(Cat({data_dir, "/admin-token"}), Cat({made.secret.Reveal(), "\n"}),
                             0600));
  HM_TRY(records_.Audit("local", "token.create", Detail(made.record)));
  HM_TRY(records_.AddToken(made.record));
  return true;
}

Result<NewToken> ApiTokens::Create(std::string_view who, std::string_view name, Role role,
                                   std::optional<Timestamp> expires_at) {
  HM_TRY(CheckName(name));
  const Timestamp now = clock_.Now();
  if (expires_at && *expires_at <= now) {
    return Fail(Errc::kInvalidArgument,
                Cat({"expires_at ", expires_at->ToString(), " is past; give a time to come"}));
  }
  NewToken made = MakeToken(name, role, now, expires_at);
  HM_TRY(records_.Audit(who, "token.create", Detail(made.record)));
  HM_TRY(records_.AddToken(made.record));
  return made;
}

Status ApiTokens::Revoke(std::string_view who, std::string_view id) {
  const std::scoped_lock one_at_a_time(revoking_);
  const Timestamp now = clock_.Now();
  const auto tokens = records_.Tokens();
  const auto token = std::ranges::find(tokens, id, &records::ApiToken::id);
  if (token == tokens.end()) {
    return Fail(Errc::kNotFound, Cat({"no token has the id ", Quote(id)}));
  }
  const auto admins =
      std::ranges::count_if(tokens, [now](const auto& each) { return IsAdmin(each, now); });
  if (IsAdmin(*token, now) && admins == 1) {
    return Fail(Errc::kConflict,
                "this is the last admin token, and nobody could make another: make one first");
  }
  HM_TRY(records_.Audit(who, "token.revoke", Detail(*token)));
  return records_.RemoveToken(id);
}

Result<Principal> ApiTokens::Authenticate(std::string_view authorization) const {
  const std::string_view secret = HM_TRY(BearerOf(authorization));
  const std::string hash = crypto::Sha256Of(secret).Hex();
  // Looked up by the hash, of which nobody can choose the first bytes to learn the rest by timing.
  const auto token = records_.FindToken(hash);
  if (!token || !crypto::EqualConstantTime(token->secret_sha256, hash)) {
    return Fail(Errc::kUnauthenticated,
                "the token is not known here: use the one in DATA/admin-token, or one made by "
                "`hullmark token create`");
  }
  if (IsExpired(*token, clock_.Now())) {
    return Fail(Errc::kUnauthenticated, Cat({"the token ", Quote(token->name), " expired at ",
                                             token->expires_at->ToString(), ": make another"}));
  }
  const Role role = HM_TRY(RoleByName(token->role));
  records_.TouchToken(token->id);
  return Principal{token->id, token->name, role};
}

}  // namespace hullmark::auth
