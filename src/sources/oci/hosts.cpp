// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/hosts.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hullmark::oci {
namespace {

constexpr std::string_view kHubRegistry = "registry-1.docker.io";
constexpr std::array<std::string_view, 4> kHubNames = {kDockerHub, "index.docker.io", kHubRegistry,
                                                       "registry.hub.docker.com"};

// Token services that do not live above or below their registry's host.
struct KnownPair {
  std::string_view registry;
  std::string_view realm;
};
constexpr KnownPair kKnownPairs[] = {
    {"registry-1.docker.io", "auth.docker.io"},
    {"index.docker.io", "auth.docker.io"},
    {"registry.redhat.io", "sso.redhat.com"},
};

// `shop.example` is above `registry.shop.example`.  A name of one label is above nothing: it would
// be above half the world.
bool IsAbove(std::string_view above, std::string_view below) {
  return above.contains('.') && below.size() > above.size() && below.ends_with(above) &&
         below[below.size() - above.size() - 1] == '.';
}

bool IsAddress(std::string_view host) {
  return host.contains(':') ||
         std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string CanonicalHost(std::string_view host) {
  std::string lower = ToLower(host);
  if (std::ranges::find(kHubNames, lower) != kHubNames.end()) return std::string(kDockerHub);
  return lower;
}

Result<net::Url> RegistryUrl(std::string_view host_or_url) {
  const bool has_scheme = host_or_url.contains("://");
  net::Url url = HM_TRY(
      net::Url::Parse(has_scheme ? std::string(host_or_url) : Cat({"https://", host_or_url})));
  if ((url.path != "/" && url.path != "/v2/" && url.path != "/v2") || !url.query.empty()) {
    return Fail(Errc::kInvalidArgument,
                Cat({Quote(host_or_url), ": a registry is a host and a port, without a path"}));
  }
  url.path = "/";
  if (CanonicalHost(url.Authority()) == kDockerHub) url.host = kHubRegistry;
  // As Docker does: a registry on loopback is plain http unless https is said.
  if (!has_scheme && url.IsLoopback()) return net::Url::Parse(Cat({"http://", host_or_url}));
  return url;
}

Status CheckRealm(const net::Url& registry, const net::Url& realm, bool insecure) {
  if (realm.IsLoopback() && !registry.IsLoopback()) {
    return Fail(
        Errc::kPermissionDenied,
        Cat({"the registry sends us to our own machine for a token: ", Quote(realm.ToString())}));
  }
  if (realm.scheme == "https" || realm.IsLoopback()) return {};
  if (insecure && registry.scheme == "http" && realm.host == registry.host) return {};
  return Fail(Errc::kPermissionDenied,
              Cat({"the registry's token service ", Quote(realm.ToString()),
                   " is not https; ask its operator to mend it"}));
}

bool MaySendCredentials(const net::Url& registry, const net::Url& realm,
                        std::span<const std::string> allowed_hosts) {
  if (realm.host == registry.host) return true;
  if (realm.IsLoopback() && registry.IsLoopback()) return true;
  if (!IsAddress(realm.host) && !IsAddress(registry.host) &&
      (IsAbove(realm.host, registry.host) || IsAbove(registry.host, realm.host))) {
    return true;
  }
  if (std::ranges::any_of(kKnownPairs, [&](const KnownPair& pair) {
        return pair.registry == registry.host && pair.realm == realm.host;
      })) {
    return true;
  }
  return std::ranges::any_of(allowed_hosts, [&](const std::string& host) {
    const std::string lower = ToLower(host);
    return lower == realm.host || lower == realm.Authority();
  });
}

}  // namespace hullmark::oci
