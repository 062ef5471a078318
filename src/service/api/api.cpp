// SPDX-License-Identifier: Apache-2.0
#include "service/api/api.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/telemetry/log.h"
#include "base/telemetry/metrics.h"
#include "base/text.h"
#include "service/api/problem.h"
#include "service/api/routes.h"

namespace hullmark::api {
namespace {

constexpr std::size_t kReportBytes = std::size_t{4} << 20U;
constexpr std::size_t kBulkBytes = std::size_t{512} << 20U;
constexpr std::size_t kSmallBytes = std::size_t{64} << 10U;

constexpr std::array kRoutes = {
    Route{"GET", "/", Door::kOpen, 0, false, &Home},
    Route{"GET", "/healthz", Door::kOpen, 0, true, &Health},
    Route{"GET", "/readyz", Door::kOpen, 0, true, &Ready},
    Route{"GET", "/metrics", Door::kViewer, 0, false, &MetricsText},
    Route{"GET", "/openapi.json", Door::kOpen, 0, false, &OpenApi},
    Route{"GET", "/dist/*", Door::kOpen, 0, true, &Dist},
    Route{"GET", "/api/v1/ci/config", Door::kOpen, 0, true, &CiConfig},
    Route{"POST", "/api/v1/ci/reports", Door::kCiToken, kReportBytes, true, &CiReport},
    Route{"GET", "/api/v1/schema", Door::kViewer, 0, false, &SchemaOf},
    Route{"GET", "/api/v1/trace", Door::kViewer, 0, false, &TraceRef},
    Route{"POST", "/api/v1/observations", Door::kOperator, kBulkBytes, false, &PostObservations},
    Route{"POST", "/api/v1/imports", Door::kOperator, kBulkBytes, false, &PostImport},
    Route{"GET", "/api/v1/sources", Door::kViewer, 0, false, &ListSources},
    Route{"POST", "/api/v1/sources", Door::kOperator, kSmallBytes, false, &AddSource},
    Route{"POST", "/api/v1/sources/sync", Door::kOperator, kSmallBytes, false, &SyncSources},
    Route{"GET", "/api/v1/tokens", Door::kAdmin, 0, false, &ListTokens},
    Route{"POST", "/api/v1/tokens", Door::kAdmin, kSmallBytes, false, &CreateToken},
    Route{"POST", "/api/v1/tokens/revoke", Door::kAdmin, kSmallBytes, false, &RevokeToken},
};

bool PathFits(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return pattern == path;
  pattern.remove_suffix(1);
  return path.starts_with(pattern) && path.size() > pattern.size();
}

auth::Role RoleOf(Door door) {
  if (door == Door::kAdmin) return auth::Role::kAdmin;
  return door == Door::kOperator ? auth::Role::kOperator : auth::Role::kViewer;
}

Result<Caller> Enter(const ApiParts& parts, const Route& route, const net::ServerRequest& request) {
  if (route.door == Door::kOpen || route.door == Door::kCiToken) return Caller{};
  const std::string* authorization = request.headers.Find("Authorization");
  auth::Principal principal = HM_TRY(parts.tokens.Authenticate(
      authorization == nullptr ? std::string_view{} : std::string_view(*authorization)));
  HM_TRY(auth::Require(principal, RoleOf(route.door)));
  return Caller{std::move(principal)};
}

void Note(const net::ServerRequest& request, std::string_view path, int status,
          std::chrono::steady_clock::time_point started) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  telemetry::Metrics()
      .HistogramOf("hullmark_api_request_duration_seconds", "Time to answer a request, by route",
                   {{"route", std::string(path)}})
      .Observe(took.count());
  telemetry::Metrics()
      .CounterOf("hullmark_api_requests_total", "Requests answered, by route and status",
                 {{"route", std::string(path)}, {"status", std::to_string(status)}})
      .Add();
  if (status >= 500) {
    telemetry::LogWarning("request failed",
                          {{"method", request.method}, {"route", path}, {"status", status}});
  }
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

net::Admission Api::Admit(const net::ServerRequest& request) const {
  net::Admission admission;
  for (const Route& route : kRoutes) {
    if (route.method != request.method || !PathFits(route.path, request.path)) continue;
    admission.max_body_bytes = route.max_body_bytes;
    if (route.max_body_bytes == kBulkBytes) admission.body_timeout = std::chrono::minutes(10);
    // A large body is taken only from somebody who may send it.
    if (route.max_body_bytes == kBulkBytes && !Enter(parts_, route, request)) {
      admission.max_body_bytes = kSmallBytes;
    }
  }
  return admission;
}

net::ServerResponse Api::Handle(const net::ServerRequest& request) const {
  return Dispatch(request, false, nullptr);
}

net::ServerResponse Api::HandleForCi(const net::ServerRequest& request) const {
  return Dispatch(request, true, nullptr);
}

net::ServerResponse Api::HandleLocally(const net::ServerRequest& request) const {
  const Caller local{auth::Principal{.id = "local", .name = "local", .role = auth::Role::kAdmin}};
  return Dispatch(request, false, &local);
}

net::ServerResponse Api::Dispatch(const net::ServerRequest& request, bool for_ci,
                                  const Caller* local) const {
  const auto started = std::chrono::steady_clock::now();
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const Route& route : kRoutes) {
    if ((for_ci && !route.for_ci) || !PathFits(route.path, request.path)) continue;
    if (route.method != method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    net::ServerResponse response;
    if (local != nullptr) {
      response = route.handler(parts_, request, *local);
    } else if (const Result<Caller> caller = Enter(parts_, route, request); !caller) {
      response = Problem(caller.error());
    } else {
      response = route.handler(parts_, request, *caller);
    }
    Note(request, route.path, response.status, started);
    return response;
  }
  net::ServerResponse response =
      allowed.empty()
          ? Problem(404, Cat({"nothing is served at ", Quote(request.path), "; see /openapi.json"}))
          : Problem(405, Cat({Quote(request.path), " takes ", allowed}));
  if (!allowed.empty()) response.headers.Add("Allow", allowed);
  Note(request, "unmatched", response.status, started);
  return response;
}

}  // namespace hullmark::api
