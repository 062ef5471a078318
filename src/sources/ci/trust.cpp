// SPDX-License-Identifier: Apache-2.0
#include "sources/ci/trust.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace hullmark::ci {
namespace {

constexpr std::string_view kTaken =
    ": another may have taken the name; if not, put its id into trust.issuers[].owners[].id";

std::unexpected<Error> Bad(std::string_view key, std::string_view what) {
  return Fail(Errc::kInvalidArgument, Cat({key, ": ", what}));
}

// The host of `scheme://host[:port]…`, lower case; empty when the text is not such a URL.
std::string HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return {};
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  // `https://ours@theirs` is theirs: whoever writes that has nothing good in mind.
  if (authority.find('@') != std::string_view::npos) return {};
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return end == std::string_view::npos ? std::string() : ToLower(authority.substr(1, end - 1));
  }
  return ToLower(authority.substr(0, authority.find(':')));
}

bool IsLoopbackHost(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  const auto parts = Split(host, '.');  // `127.evil.example` is no address
  return parts.size() == 4 && parts[0] == "127" &&
         std::ranges::all_of(parts,
                             [](std::string_view part) { return ParseUint(part).has_value(); });
}

Status CheckIssuer(const std::string& path, const TrustedIssuer& issuer) {
  const std::string host = HostOf(issuer.issuer);
  const bool https = issuer.issuer.starts_with("https://");
  const bool local = issuer.issuer.starts_with("http://") && IsLoopbackHost(host);
  if (host.empty() || (!https && !local)) {
    return Bad(path + ".issuer",
               Cat({Quote(issuer.issuer), " is not an https URL; give the `iss` of the tokens"}));
  }
  if (issuer.provider != "github") {
    return Bad(path + ".provider", Cat({Quote(issuer.provider), " is not known; github is"}));
  }
  if (issuer.host.empty() && !GithubHostOf(issuer.issuer)) {
    return Bad(path + ".host", Cat({"the code host of ", Quote(issuer.issuer),
                                    " cannot be told from it; give it, such as github.example"}));
  }
  if (issuer.owners.empty()) {
    return Bad(path + ".owners",
               "empty, so nobody may report; list owners as {login: acme, id: 77}");
  }
  for (std::size_t i = 0; i < issuer.owners.size(); ++i) {
    const TrustedOwner& owner = issuer.owners[i];
    const std::string at = Cat({path, ".owners[", std::to_string(i), "]"});
    if (owner.login.empty() && owner.id.empty()) return Bad(at, "has neither login nor id");
    if (!owner.id.empty() && !ParseUint(owner.id)) {
      return Bad(at + ".id", Cat({Quote(owner.id), " is not the number of an owner"}));
    }
  }
  return {};
}

bool MatchesRepository(const TrustedIssuer& issuer, const Speaker& speaker) {
  if (issuer.repositories.empty()) return true;
  const std::string path = ToLower(speaker.repository.path);
  const std::string name = path.substr(path.find('/') + 1);
  return std::ranges::any_of(issuer.repositories, [&](const std::string& glob) {
    const bool whole = glob.find('/') != std::string::npos;
    return MatchesGlob(ToLower(glob), whole ? path : name);
  });
}

}  // namespace

Status CheckTrust(const TrustConfig& trust) {
  if (trust.issuers.empty()) return {};
  if (trust.audience.empty()) {
    return Bad("trust.audience", "missing; set it to the URL that jobs know this server by");
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < trust.issuers.size(); ++i) {
    const std::string path = Cat({"trust.issuers[", std::to_string(i), "]"});
    HM_TRY(CheckIssuer(path, trust.issuers[i]));
    if (!seen.insert(trust.issuers[i].issuer).second) {
      return Bad(path + ".issuer", "is there twice; put all its owners in one");
    }
  }
  return {};
}

const TrustedIssuer* FindIssuer(const TrustConfig& trust, std::string_view issuer) {
  const auto at = std::ranges::find(trust.issuers, issuer, &TrustedIssuer::issuer);
  return at == trust.issuers.end() ? nullptr : &*at;
}

Status Decide(const TrustedIssuer& issuer, const Speaker& speaker, OwnerPins& pins) {
  const auto refuse = [](std::string_view why) {
    return Fail(Errc::kPermissionDenied, std::string(why));
  };
  if (!MatchesRepository(issuer, speaker)) {
    return refuse(Cat({"repository ", speaker.repository.path,
                       " may not report: it matches none of trust.issuers[].repositories"}));
  }
  const auto by_id = [&](const TrustedOwner& owner) {
    return !owner.id.empty() && owner.id == speaker.owner.id;
  };
  if (std::ranges::any_of(issuer.owners, by_id)) return {};
  for (const TrustedOwner& owner : issuer.owners) {
    if (!EqualsIgnoreCase(owner.login, speaker.owner.path)) continue;
    if (!owner.id.empty()) {
      return refuse(Cat({"owner ", speaker.owner.path, " has the id ", speaker.owner.id,
                         " and is trusted as ", owner.id, kTaken}));
    }
    const std::string pinned = HM_TRY(pins.Pin(ToLower(speaker.owner.name), speaker.owner.id));
    if (pinned == speaker.owner.id) return {};
    return refuse(Cat({"owner ", speaker.owner.path, " came first with the id ", pinned,
                       " and now with ", speaker.owner.id, kTaken}));
  }
  return refuse(Cat({"owner ", speaker.owner.path, " (id ", speaker.owner.id,
                     ") may not report: add {login: ", speaker.owner.path,
                     ", id: ", speaker.owner.id, "} to trust.issuers[].owners"}));
}

Status CheckAudience(const ServerAddress& server, std::string_view audience,
                     std::string_view wanted) {
  if (audience.empty()) {
    return Fail(Errc::kInputRefused, "the server names no audience; set trust.audience there");
  }
  if (!wanted.empty()) {
    if (audience == wanted) return {};
    return Fail(Errc::kPermissionDenied,
                Cat({"the server wants a token for ", Quote(audience), ", --audience says ",
                     Quote(wanted), "; no token was asked for"}));
  }
  if (server.loopback) return {};
  const std::string host = HostOf(audience);
  if (!host.empty() && host == ToLower(server.host)) return {};
  return Fail(Errc::kPermissionDenied,
              Cat({"the server ", Quote(server.host), " wants a token for ", Quote(audience),
                   ", not its own name; no token was asked for: say --audience if it is right"}));
}

}  // namespace hullmark::ci
