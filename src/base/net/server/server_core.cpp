// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/server_core.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "base/telemetry/log.h"

namespace hullmark::net {
namespace {

// Beyond max_connections, so many more are heard and answered 503.
constexpr std::size_t kOverload = 64;

ServerResponse PlainText(int status, std::string_view what) {
  ServerResponse response{.status = status};
  response.headers.Add("Content-Type", "text/plain; charset=utf-8");
  response.body = std::string(what) + "\n";
  return response;
}

}  // namespace

ServerCore::ServerCore(ServerOptions options)
    : options_(std::move(options)),
      open_(telemetry::Metrics().GaugeOf("hullmark_http_connections", "Open connections.", {})),
      refused_(telemetry::Metrics().CounterOf("hullmark_http_refused_total",
                                              "Requests that never reached a handler.", {})),
      failures_(telemetry::Metrics().CounterOf("hullmark_http_handler_failures_total",
                                               "Handlers that threw: each is a bug.", {})),
      seconds_(telemetry::Metrics().HistogramOf("hullmark_http_request_seconds",
                                                "Time that handlers took.", {})) {
  for (std::size_t i = 1; i < by_class_.size(); ++i) {
    by_class_[i] = &telemetry::Metrics().CounterOf("hullmark_http_requests_total",
                                                   "Requests handled, by class of status.",
                                                   {{"status", std::to_string(i) + "xx"}});
  }
  const auto threads = static_cast<std::size_t>(std::max(options_.worker_threads, 1));
  // One request of a connection at a time: the queue is never full.
  workers_ = std::make_unique<ThreadPool>(threads, options_.max_connections + kOverload);
}

void ServerCore::StopWorkers() {
  aborted_ = true;
  workers_.reset();
}

ServerCore::Room ServerCore::ConnectionBegins() {
  const std::size_t now = ++connections_;
  if (now > options_.max_connections + kOverload) {
    ConnectionEnds();
    return Room::kNone;
  }
  open_.Set(static_cast<double>(now));
  return now > options_.max_connections ? Room::kRefuse : Room::kServe;
}

void ServerCore::ConnectionEnds() {
  const std::lock_guard lock(mutex_);
  open_.Set(static_cast<double>(--connections_));
  connection_ended_.notify_all();
}

bool ServerCore::AwaitNoConnections(std::chrono::milliseconds span) {
  std::unique_lock lock(mutex_);
  return connection_ended_.wait_for(lock, span, [this] { return connections_ == 0; });
}

ServerResponse ServerCore::Handle(const ServerRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  ServerResponse response;
  try {
    response = options_.handle ? options_.handle(request) : PlainText(404, "nothing is here");
  } catch (const std::exception& failure) {
    failures_.Add();
    telemetry::LogError("a handler threw", {{"path", request.path}, {"what", failure.what()}});
    response = Refuse(500, "internal error");
  } catch (...) {
    failures_.Add();
    telemetry::LogError("a handler threw", {{"path", request.path}});
    response = Refuse(500, "internal error");
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  seconds_.Observe(took.count());
  by_class_[static_cast<std::size_t>(std::clamp(response.status / 100, 1, 5))]->Add();
  return response;
}

std::optional<Admission> ServerCore::Admit(const ServerRequest& request) {
  try {
    return options_.admit ? options_.admit(request) : Admission{};
  } catch (...) {
    failures_.Add();
    telemetry::LogError("an admission threw", {{"path", request.path}});
    return std::nullopt;
  }
}

ServerResponse ServerCore::Refuse(int status, std::string_view what) {
  refused_.Add();
  try {
    if (options_.refuse) return options_.refuse(status, what);
  } catch (...) {
    failures_.Add();
    telemetry::LogError("a refusal threw");
  }
  return PlainText(status, what);
}

}  // namespace hullmark::net
