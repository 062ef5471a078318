// SPDX-License-Identifier: Apache-2.0
//
// A registry by the OCI distribution protocol (distribution-spec, and distribution's token authentication).  Every
// manifest's digest is checked against its bytes.  Thread-safe.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/net/http.h"
#include "base/result.h"
#include "sources/oci/manifest.h"

namespace hullmark::oci {

struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;  ///< a refresh token, where a helper gave one
  bool empty() const { return username.empty() && identity_token.empty(); }
};

/// Credentials for `host` from Docker's config.json ($DOCKER_CONFIG, ~/.docker), its helpers, and podman's auth.json.
/// Empty where none are kept.  `config_dir` overrides the search.
Result<Credentials> FindCredentials(std::string_view host, const std::string& config_dir = "");

struct FetchedDocument {
  Digest digest;  ///< of the bytes
  std::string media_type;
  std::string bytes;
  Document document;
};

struct RegistryOptions {
  std::string base_url;  ///< https://host[:port]; http only for loopback hosts or when the caller says insecure
  Credentials credentials;
  std::chrono::milliseconds request_timeout{30'000};
  int retries = 3;
  ManifestLimits limits;
};

class RegistryClient {
 public:
  RegistryClient(net::HttpTransport& transport, RegistryOptions options);
  ~RegistryClient();

  /// GET /v2/: reachable, and our credentials are good.
  Status Ping(std::stop_token stop = {});
  /// All pages of /v2/_catalog, sorted.  kUnsupported where the registry has none or keeps it closed.
  Result<std::vector<std::string>> Catalog(std::stop_token stop = {});
  /// All pages of tags/list, sorted; kNotFound for an unknown repository.
  Result<std::vector<std::string>> Tags(std::string_view repository, std::stop_token stop = {});
  /// HEAD of a manifest; nothing when the registry does not say the digest.  kNotFound when there is none.
  Result<std::optional<Digest>> Head(std::string_view repository, std::string_view reference,
                                     std::stop_token stop = {});
  /// GET of a manifest or index.  kDataLoss when `reference` is a digest and the bytes hash to another.
  Result<FetchedDocument> GetDocument(std::string_view repository, std::string_view reference,
                                      std::stop_token stop = {});
  /// GET of a small blob (a config), checked against `digest`.
  Result<std::string> GetBlob(std::string_view repository, const Digest& digest, std::size_t max_bytes,
                              std::stop_token stop = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::oci
