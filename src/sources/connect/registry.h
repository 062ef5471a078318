// SPDX-License-Identifier: Apache-2.0
//
// A registry as a source.  One frame for its catalog and one for each repository; manifests that
// were read before are not read again, since a digest names its bytes for ever.
#pragma once
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"
#include "base/result.h"
#include "sources/connect/connector.h"
#include "sources/oci/registry_client.h"

namespace hullmark::connect {

struct RegistryConnectorOptions {
  /// As a person writes it: a host with its port, or a URL.
  std::string url;
  /// As references name this registry; by default the url's host and port (docker.io for the Hub).
  std::string host;
  /// Repositories to read where the registry does not list them to us; with any, it is not asked
  /// for its list.
  std::vector<std::string> repositories;
  /// `base_url` is set from `url`.
  oci::RegistryOptions client;
  std::size_t requests_at_once = 8;
  std::size_t repositories_at_once = 4;  ///< bounds memory: one frame is built for each
};

class RegistryConnector final : public Connector {
 public:
  /// `transport` must outlive the connector.
  static Result<std::unique_ptr<RegistryConnector>> Create(net::HttpTransport& transport,
                                                           RegistryConnectorOptions options);
  ~RegistryConnector() override;

  const std::string& name() const override;  ///< "registry:HOST"
  model::SourceKind kind() const override { return model::SourceKind::kRegistry; }
  Result<SyncSummary> Sync(const SyncContext& context) override;

  /// Looks at one repository only, and leaves the rest as it was last seen: after an event, or to
  /// witness a push.  `path` without the host.
  Result<SyncSummary> SyncRepository(const SyncContext& context, std::string_view path);
  /// The registry answers and takes our credentials.
  Status Check(const std::stop_token& stop = {});

 private:
  class Impl;
  explicit RegistryConnector(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// "repository:shop", the extent of one repository's frames.
std::string RepositoryExtent(std::string_view path);

}  // namespace hullmark::connect
