// SPDX-License-Identifier: Apache-2.0
//
// GitHub's claims (docs.github.com, "OpenID Connect reference").  Names are checked for form before
// they become part of a key or a URL, whoever signed them.
#include "sources/ci/claims.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace hullmark::ci {
namespace {

using codec::Json;

constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxRef = 512;
constexpr std::string_view kGithubIssuer = "https://token.actions.githubusercontent.com";

std::unexpected<Error> Refuse(std::string_view claim, std::string_view what) {
  return Fail(Errc::kUnauthenticated, Cat({"claim ", claim, " ", what}));
}

bool IsPrintable(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.size() <= 20 && text.front() != '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

bool IsName(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, IsNameCharacter);
}

bool IsFullSha(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::ranges::all_of(text, [](char c) { return LowerHexValue(c) >= 0; });
}

/// Reads one claim after the other and keeps the first thing that was wrong, so that a reader of
/// claims is a list.
class ClaimReader {
 public:
  explicit ClaimReader(Json claims) : claims_(claims) {}

  /// Empty when absent.
  std::string Optional(std::string_view name, std::size_t max_bytes = kMaxName) {
    const Json claim = claims_[name];
    if (claim.missing() || claim.IsNull()) return {};
    const auto text = claim.String();
    if (!text) return Bad(name, "is not text");
    if (text->size() > max_bytes) {
      return Bad(name, Cat({"is longer than ", std::to_string(max_bytes), " bytes"}));
    }
    if (!IsPrintable(*text)) return Bad(name, "has a control character");
    return std::string(*text);
  }

  std::string Required(std::string_view name, std::size_t max_bytes = kMaxName) {
    std::string text = Optional(name, max_bytes);
    if (text.empty()) return Bad(name, "is missing");
    return text;
  }

  /// A numeric id, as GitHub writes it: text of digits.
  std::string Id(std::string_view name) {
    std::string text = Required(name);
    if (!text.empty() && !IsDigits(text)) return Bad(name, Cat({Quote(text), " is not a number"}));
    return text;
  }
  std::string OptionalId(std::string_view name) {
    std::string text = Optional(name);
    if (!text.empty() && !IsDigits(text)) return Bad(name, Cat({Quote(text), " is not a number"}));
    return text;
  }

  std::string Sha(std::string_view name, bool required) {
    std::string text = required ? Required(name) : Optional(name);
    if (!text.empty() && !IsFullSha(text)) {
      return Bad(name, Cat({Quote(text), " is not a full commit sha"}));
    }
    return text;
  }

  std::string Bad(std::string_view name, std::string_view what) {
    if (!error_) error_ = Refuse(name, what).error();
    return {};
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  Json claims_;
  std::optional<Error> error_;
};

Identity IdentityOf(std::string_view host, std::string id, std::string path) {
  Identity out;
  out.key = Cat({host, "#", id});
  out.name = Cat({host, "/", path});
  out.id = std::move(id);
  out.path = std::move(path);
  return out;
}

// `owner/name/path/of/file.yml@refs/heads/main`, or with a sha after the `@`.
std::optional<Definition> ReadDefinition(std::string_view text, std::string_view repository) {
  std::size_t at = text.find("@refs/");
  if (at == std::string_view::npos) at = text.rfind('@');
  if (at == std::string_view::npos || at + 1 == text.size()) return std::nullopt;
  const std::string_view file = text.substr(0, at);
  const auto parts = Split(file, '/');
  if (parts.size() < 3 || std::ranges::any_of(parts, [](auto part) { return part.empty(); })) {
    return std::nullopt;
  }
  const std::size_t repository_size = parts[0].size() + 1 + parts[1].size();
  Definition out;
  out.repository = file.substr(0, repository_size);
  out.path = file.substr(repository_size + 1);
  out.ref = text.substr(at + 1);
  // Required workflows of an organization live in a repository of their own.
  if (out.repository != repository) out.path = std::string(file);
  return out;
}

std::string CheckRepository(ClaimReader& read, const std::string& owner) {
  std::string path = read.Required("repository");
  const auto parts = Split(path, '/');
  if (!path.empty() && (parts.size() != 2 || !IsName(parts[0]) || !IsName(parts[1]))) {
    return read.Bad("repository", Cat({Quote(path), " is not owner/name"}));
  }
  if (!path.empty() && !owner.empty() && parts[0] != owner) {
    return read.Bad("repository", Cat({Quote(path), " is not of repository_owner ", Quote(owner)}));
  }
  return path;
}

std::int64_t ReadCount(ClaimReader& read, std::string_view name, bool required) {
  const std::string text = required ? read.Id(name) : read.OptionalId(name);
  const auto number = ParseUint(text);
  if (!text.empty() && (!number || *number > 1'000'000'000)) read.Bad(name, "is too large");
  return number ? static_cast<std::int64_t>(*number) : 0;
}

void ReadDefinitions(ClaimReader& read, Speaker& speaker) {
  speaker.workflow_name = read.Optional("workflow");
  const std::string workflow = read.Required("workflow_ref", 2 * kMaxRef);
  if (auto definition = ReadDefinition(workflow, speaker.repository.path)) {
    speaker.workflow = *std::move(definition);
  } else if (!workflow.empty()) {
    read.Bad("workflow_ref", Cat({Quote(workflow), " is not owner/name/path@ref"}));
  }
  speaker.workflow.sha = read.Sha("workflow_sha", false);

  const std::string job = read.Optional("job_workflow_ref", 2 * kMaxRef);
  const std::string job_sha = read.Sha("job_workflow_sha", false);
  if (job.empty() || job == workflow) return;
  if (auto definition = ReadDefinition(job, speaker.repository.path)) {
    speaker.reusable = *std::move(definition);
    speaker.reusable.sha = job_sha;
  } else {
    read.Bad("job_workflow_ref", Cat({Quote(job), " is not owner/name/path@ref"}));
  }
}

struct Provider {
  std::string_view name;
  Result<Speaker> (*read)(Json claims, std::string_view issuer, std::string_view host);
};
constexpr std::array kProviders = {Provider{"github", &ReadGithubClaims}};

}  // namespace

std::string Speaker::RepositoryUrl() const { return Cat({"https://", host, "/", repository.path}); }

std::string Speaker::RunUrl() const { return Cat({RepositoryUrl(), "/actions/runs/", run_id}); }

std::string Speaker::RunKey() const {
  return Cat({repository.key, "/runs/", run_id, "/attempts/", std::to_string(run_attempt)});
}

std::string Speaker::RunAttemptUrl() const {
  return Cat({RunUrl(), "/attempts/", std::to_string(run_attempt)});
}

Result<std::string> GithubHostOf(std::string_view issuer) {
  // With the slug of an enterprise after it, where that is switched on.
  if (issuer == kGithubIssuer || issuer.starts_with(Cat({kGithubIssuer, "/"}))) {
    return std::string("github.com");
  }
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kData = "token.actions.";  // data residency: a subdomain of ghe.com
  constexpr std::string_view kGhe = ".ghe.com";
  constexpr std::string_view kServer = "/_services/token";  // GitHub Enterprise Server
  if (issuer.starts_with(kHttps)) {
    const std::string_view rest = issuer.substr(kHttps.size());
    const std::string_view authority = rest.substr(0, rest.find('/'));
    const std::string_view path = rest.substr(authority.size());
    const bool plain =
        std::ranges::all_of(authority, [](char c) { return IsNameCharacter(c) || c == ':'; });
    const bool data = authority.starts_with(kData) && authority.ends_with(kGhe) &&
                      authority.size() > kData.size() + kGhe.size();
    if (plain && data && path.empty()) return ToLower(authority.substr(kData.size()));
    if (plain && !authority.empty() && path == kServer) return ToLower(authority);
  }
  return Fail(Errc::kInvalidArgument,
              Cat({"issuer ", Quote(issuer),
                   " is not one of GitHub's forms; set trust.issuers[].host to its code host"}));
}

Result<Speaker> ReadGithubClaims(Json claims, std::string_view issuer, std::string_view host) {
  Speaker speaker;
  speaker.provider = "github";
  speaker.issuer = issuer;
  if (host.empty()) {
    speaker.host = HM_TRY(GithubHostOf(issuer));
  } else {
    speaker.host = host;
  }
  ClaimReader read(claims);
  std::string owner = read.Required("repository_owner");
  if (!owner.empty() && !IsName(owner)) read.Bad("repository_owner", "is not a login");
  std::string repository = CheckRepository(read, owner);
  speaker.owner = IdentityOf(speaker.host, read.Id("repository_owner_id"), std::move(owner));
  speaker.repository = IdentityOf(speaker.host, read.Id("repository_id"), std::move(repository));
  speaker.visibility = read.Optional("repository_visibility");
  speaker.commit = read.Sha("sha", true);
  speaker.ref = read.Required("ref", kMaxRef);
  if (!speaker.ref.empty() && !speaker.ref.starts_with("refs/")) {
    read.Bad("ref", Cat({Quote(speaker.ref), " does not start with refs/"}));
  }
  speaker.ref_type = read.Optional("ref_type");
  speaker.event = read.Required("event_name");
  speaker.run_id = read.Id("run_id");
  speaker.run_number = ReadCount(read, "run_number", false);
  speaker.run_attempt = ReadCount(read, "run_attempt", true);
  ReadDefinitions(read, speaker);
  speaker.check_run_id = read.OptionalId("check_run_id");
  speaker.actor_id = read.Id("actor_id");
  speaker.actor_login = read.Required("actor");
  speaker.runner = read.Optional("runner_environment");
  if (read.error()) return Fail(*read.error(), "token");
  return speaker;
}

Result<Speaker> ReadClaims(std::string_view provider, Json claims, std::string_view issuer,
                           std::string_view host) {
  for (const Provider& known : kProviders) {
    if (known.name == provider) return known.read(claims, issuer, host);
  }
  return Fail(Errc::kUnsupported,
              Cat({"trust.issuers[].provider ", Quote(provider), " is not known; github is"}));
}

}  // namespace hullmark::ci
