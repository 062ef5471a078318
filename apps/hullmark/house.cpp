// SPDX-License-Identifier: Apache-2.0
#include "house.h"

#include <filesystem>

#include "base/net/client/curl_transport.h"
#include "base/text.h"
#include "service/auth/recorded_pins.h"

namespace hullmark::app {
namespace {

std::unique_ptr<net::HttpTransport> MakeTransport(const std::string& ca_file) {
  return net::MakeCurlTransport({.ca_file = ca_file});
}

/// Collectors lie beside the program, or in the tree's static build.
std::string FindDist(const std::string& configured) {
  if (!configured.empty()) return configured;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "";
  const std::filesystem::path beside = program.parent_path();
  for (const std::filesystem::path& candidate :
       {beside / "dist", beside.parent_path().parent_path() / "static" / "bin", beside}) {
    if (std::filesystem::exists(candidate / "hullmark-ci", error)) return candidate.string();
  }
  return "";
}

}  // namespace

Result<std::unique_ptr<House>> House::Open(const config::ServerConfig& config, const Clock& clock) {
  std::unique_ptr<House> house(new House(clock));
  house->estate_ = HM_TRY(sqlite::OpenSqlite({.dir = config.data, .clock = &clock}));
  house->live_ = HM_TRY(ingest::LiveEstate::Open(*house->estate_.store));
  records::Records& records = *house->estate_.records;
  house->tokens_ = std::make_unique<auth::ApiTokens>(records, clock);
  house->made_admin_ = HM_TRY(house->tokens_->EnsureAdmin(config.data));
  house->pins_ = std::make_unique<auth::RecordedPins>(records);
  house->keys_ = std::make_unique<auth::KeySource>(config.trust.issuers, MakeTransport, clock);
  // A wrong key file is told now, not at the first report.
  HM_TRY(house->keys_->LoadFiles());
  house->reports_ =
      std::make_unique<auth::ReportVerifier>(config.trust, *house->keys_, *house->pins_, clock);
  house->sources_ =
      std::make_unique<ingest::SourceManager>(*house->live_, records, clock, MakeTransport);
  house->api_ = std::make_unique<api::Api>(api::ApiParts{.estate = *house->live_,
                                                         .sources = *house->sources_,
                                                         .tokens = *house->tokens_,
                                                         .reports = *house->reports_,
                                                         .clock = clock,
                                                         .environments = config.environments,
                                                         .public_url = config.public_url,
                                                         .dist_dir = FindDist(config.dist)});
  for (const ingest::RegistrySettings& source : config.sources) {
    HM_TRY(records.PutSource({.name = source.name,
                              .kind = "registry",
                              .settings = ingest::WriteSettings(source),
                              .created_at = clock.Now(),
                              .last_sync = std::nullopt}));
  }
  return house;
}

}  // namespace hullmark::app
