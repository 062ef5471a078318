// SPDX-License-Identifier: Apache-2.0
//
// Every door of the server in one table: method, path, who may enter, how large a body is taken,
// and who answers. A test holds the table against openapi.json.  Thread-safety: constants; handlers
// are thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/net/exchange.h"
#include "service/api/api.h"

namespace hullmark::api {

/// What a request must prove before its handler sees it (DESIGN.md §5).
enum class Door : std::uint8_t {
  kOpen,     ///< nothing
  kCiToken,  ///< the handler judges a CI token itself
  kViewer,
  kOperator,
  kAdmin,
};

using Handler = net::ServerResponse (*)(const ApiParts&, const net::ServerRequest&, const Caller&);

struct Route {
  std::string_view method;
  std::string_view path;  ///< a trailing `*` stands for the rest of the path
  Door door;
  std::size_t max_body_bytes;
  bool for_ci;  ///< also served on `listen_ci`
  Handler handler;
};

std::span<const Route> Routes();

// The handlers, by topic.
net::ServerResponse Health(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse Ready(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse MetricsText(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse OpenApi(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse Home(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse SchemaOf(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse Dist(const ApiParts&, const net::ServerRequest&, const Caller&);

net::ServerResponse CiConfig(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse CiReport(const ApiParts&, const net::ServerRequest&, const Caller&);

net::ServerResponse TraceRef(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse PostObservations(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse PostImport(const ApiParts&, const net::ServerRequest&, const Caller&);

net::ServerResponse ListSources(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse AddSource(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse SyncSources(const ApiParts&, const net::ServerRequest&, const Caller&);

net::ServerResponse ListTokens(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse CreateToken(const ApiParts&, const net::ServerRequest&, const Caller&);
net::ServerResponse RevokeToken(const ApiParts&, const net::ServerRequest&, const Caller&);

}  // namespace hullmark::api
