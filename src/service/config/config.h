// SPDX-License-Identifier: Apache-2.0
//
// The server's configuration: one YAML file, whose keys flags and HULLMARK_… variables may override
// (docs/configuration.md). Thread-compatible values.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "service/ingest/source_settings.h"
#include "sources/ci/trust.h"

namespace hullmark::config {

/// Where to listen.
struct Listen {
  std::string address;
  std::uint16_t port = 0;                              ///< 0: the system picks
  static Result<Listen> Parse(std::string_view text);  ///< ADDRESS:PORT; IPv6 in brackets
  std::string ToString() const;
  bool IsLoopback() const;
};

/// Clusters whose name fits `cluster` (a glob) belong to `environment` unless an import says
/// another.
struct EnvironmentRule {
  std::string cluster;
  std::string environment;
};

struct ServerConfig {
  Listen listen{"127.0.0.1", 4855};
  std::vector<Listen> listen_ci;  ///< none or one
  std::string data;               ///< resolved: never empty
  std::string public_url;         ///< without a trailing slash; empty when not set
  std::string tls_cert;
  std::string tls_key;
  std::string dist;  ///< folder of collectors; empty: beside the program
  ci::TrustConfig trust;
  std::vector<EnvironmentRule> environments;
  std::vector<ingest::RegistrySettings> sources;
};

/// A key by its dotted YAML name ("tls.cert") and its value, as a flag or a variable gave it.
using Overrides = std::vector<std::pair<std::string, std::string>>;

/// Reads `yaml` (empty: all defaults) and applies the overrides in order.  `file` is for messages,
/// which name file, line, column, key and the mend.
Result<ServerConfig> ReadConfig(std::string_view yaml, std::string_view file,
                                const Overrides& overrides);

/// $XDG_DATA_HOME/hullmark, or ~/.local/share/hullmark.
std::string DefaultDataDir();

/// The environment that the rules give a cluster; empty when none fits.
std::string EnvironmentOf(const std::vector<EnvironmentRule>& rules, std::string_view cluster);

}  // namespace hullmark::config
