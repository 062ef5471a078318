// SPDX-License-Identifier: Apache-2.0
#include "serve.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/net/client/curl_transport.h"
#include "base/net/server/http_server.h"
#include "base/telemetry/sinks/log_sink.h"
#include "base/telemetry/sinks/metric_sink.h"
#include "base/text.h"
#include "house.h"
#include "sample_estate.h"
#include "service/api/problem.h"
#include "service/auth/key_source.h"

namespace hullmark::app {
namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20U;
constexpr std::chrono::seconds kGrace{10};

int Fail(const Error& error) {
  std::cerr << "hullmark: " << error.message() << "\n";
  return InfoOf(error.code()).exit_code;
}

/// SIGINT and SIGTERM wait for sigwait; a closed pipe is an error of write, not the end of us.
sigset_t HoldSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

net::ServerOptions OptionsFor(const config::Listen& listen, const config::ServerConfig& config,
                              const api::Api& api) {
  net::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.tls_certificate_file = config.tls_cert;
  options.tls_key_file = config.tls_key;
  options.admit = [&api](const net::ServerRequest& request) { return api.Admit(request); };
  options.handle = [&api](const net::ServerRequest& request) { return api.Handle(request); };
  options.refuse = [](int status, std::string_view what) { return api::Problem(status, what); };
  // Submitters wait for the disk together: more of them than cores makes larger commits.
  options.worker_threads = 64;
  return options;
}

std::string UrlOf(const config::Listen& listen, std::uint16_t port, bool tls) {
  return Cat({tls ? "https://" : "http://", config::Listen{listen.address, port}.ToString()});
}

}  // namespace

Result<config::ServerConfig> ConfigOf(const cli::ServeCommand& command) {
  std::string yaml;
  if (!command.config_file.empty()) {
    Result<std::string> read = ReadFile(command.config_file, kMaxConfigBytes);
    if (!read) return hullmark::Fail(Errc::kInputRefused, std::string(read.error().message()));
    yaml = std::move(*read);
  }
  return config::ReadConfig(yaml, command.config_file, command.settings);
}

int Serve(const cli::ServeCommand& command) {
  const sigset_t signals = HoldSignals();
  const Result<config::ServerConfig> config = ConfigOf(command);
  if (!config) return Fail(config.error());
  if (command.check_config) {
    const SystemClock clock;
    auth::KeySource keys(
        config->trust.issuers,
        [](const std::string& ca_file) { return net::MakeCurlTransport({.ca_file = ca_file}); },
        clock);
    if (const Status files = keys.LoadFiles(); !files) return Fail(files.error());
    for (const std::string& file : {config->tls_cert, config->tls_key}) {
      if (file.empty()) continue;
      if (const auto read = ReadFile(file, kMaxConfigBytes); !read) {
        return Fail(Error(Errc::kInputRefused, Cat({"tls: ", read.error().message()})));
      }
    }
    std::cout << "the configuration is good\n";
    return 0;
  }
  const bool beyond =
      !config->listen.IsLoopback() ||
      std::ranges::any_of(config->listen_ci, [](const auto& door) { return !door.IsLoopback(); });
  if (beyond && config->tls_cert.empty()) {
    std::cerr << "hullmark: warning: listening beyond this machine without TLS; set tls.cert and "
                 "tls.key, or put a "
                 "proxy that ends TLS before it\n";
  }

  const auto format = command.log_json ? telemetry::LogFormat::kJson : telemetry::LogFormat::kHuman;
  Result<std::unique_ptr<telemetry::LogSink>> log = telemetry::MakeLogSink({.format = format});
  if (!log) return Fail(log.error());
  telemetry::SetLogSink(log->get());
  const std::unique_ptr<telemetry::MetricSink> metrics = telemetry::MakePrometheusSink();
  telemetry::SetMetricSink(metrics.get());

  const SystemClock clock;
  const Result<std::unique_ptr<House>> house = House::Open(*config, clock);
  if (!house) return Fail(house.error());
  if (command.sample) {
    if (const Status filled = FillWithSample(**house, clock); !filled) return Fail(filled.error());
  }

  const api::Api& api = (*house)->api();
  Result<std::unique_ptr<net::HttpServer>> server =
      net::HttpServer::Start(OptionsFor(config->listen, *config, api));
  if (!server) return Fail(server.error());
  std::vector<std::unique_ptr<net::HttpServer>> ci_servers;
  for (const config::Listen& listen : config->listen_ci) {
    net::ServerOptions options = OptionsFor(listen, *config, api);
    options.handle = [&api](const net::ServerRequest& request) { return api.HandleForCi(request); };
    Result<std::unique_ptr<net::HttpServer>> ci_server = net::HttpServer::Start(std::move(options));
    if (!ci_server) return Fail(ci_server.error());
    ci_servers.push_back(std::move(*ci_server));
  }
  (*house)->sources().StartSchedule();

  // A promise to scripts: the first line says where, with the port that was taken.
  std::cout << "listening on "
            << UrlOf(config->listen, (*server)->port(), !config->tls_cert.empty()) << "\n";
  for (std::size_t i = 0; i < ci_servers.size(); ++i) {
    std::cout << "reports on "
              << UrlOf(config->listen_ci[i], ci_servers[i]->port(), !config->tls_cert.empty())
              << "\n";
  }
  if ((*house)->made_admin()) std::cout << "admin token in " << config->data << "/admin-token\n";
  std::cout << std::flush;

  int signal = 0;
  sigwait(&signals, &signal);
  telemetry::LogInfo("stopping", {{"signal", signal}});
  (*server)->Stop(kGrace);
  for (const auto& ci_server : ci_servers) ci_server->Stop(kGrace);
  return 0;
}

}  // namespace hullmark::app
