// SPDX-License-Identifier: Apache-2.0
//
// Registry hosts: their one name, and which other hosts may be told a registry's credentials.
// Thread-safe functions.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "base/result.h"

namespace hullmark::oci {

inline constexpr std::string_view kDockerHub = "docker.io";

/// Lower case; Docker Hub's several names are `docker.io`, as references say it.
std::string CanonicalHost(std::string_view host);

/// Where to send requests for `host` (or a URL): https, Docker Hub's own registry host, no path.
Result<net::Url> RegistryUrl(std::string_view host_or_url);

/// Whether a token service at `realm` may be asked at all by a client of `registry`: https, or
/// http on loopback when the registry is on loopback, or http when `insecure` and the registry is
/// plain http itself.  A registry outside never sends us to our own loopback.
Status CheckRealm(const net::Url& registry, const net::Url& realm, bool insecure);

/// Whether credentials for `registry` may be sent to `realm`: the same host, one above or below
/// the other, a pair known by name (docker.io), or a host the operator allowed.
bool MaySendCredentials(const net::Url& registry, const net::Url& realm,
                        std::span<const std::string> allowed_hosts);

}  // namespace hullmark::oci
