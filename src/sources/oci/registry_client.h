// SPDX-License-Identifier: Apache-2.0
//
// A registry by the OCI distribution protocol (distribution-spec, and distribution's token
// authentication).  Every manifest's digest is checked against its bytes.  Thread-safe.
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
#include "base/time.h"
#include "sources/oci/manifest.h"

namespace hullmark::oci {

struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;  ///< a refresh token, where a helper gave one
  bool empty() const { return username.empty() && identity_token.empty(); }
};

/// Credentials for `host`, or for `host/path` where a login may be for a part of it, from podman's
/// $REGISTRY_AUTH_FILE, Docker's config.json ($DOCKER_CONFIG, ~/.docker) and its helpers, and
/// ${XDG_RUNTIME_DIR}/containers/auth.json; the first that has some.  Empty where none are kept.
/// `config_dir` replaces the search.
Result<Credentials> FindCredentials(std::string_view host, const std::string& config_dir = "");

struct FetchedDocument {
  Digest digest;  ///< of the bytes
  std::string media_type;
  std::string bytes;
  Document document;
};

struct ListLimits {
  std::size_t max_page_bytes = 32 << 20;
  std::size_t max_pages = 10'000;
  std::size_t max_entries = 1'000'000;
};

struct RegistryOptions {
  /// https://host[:port]; http only for loopback hosts or when `insecure`.
  std::string base_url;
  Credentials credentials;
  bool insecure = false;  ///< the operator says that plain http to this registry is fine
  /// Token services on other hosts that the operator trusts with the credentials.
  std::vector<std::string> token_hosts;
  std::chrono::milliseconds request_timeout{30'000};
  int retries = 3;
  std::chrono::milliseconds first_pause{200};  ///< before the first retry; doubled each time
  Deadline deadline = Deadline::max();         ///< of all that this client does
  ManifestLimits limits;
  ListLimits list_limits;
};

class RegistryClient {
 public:
  /// `transport` must outlive this.  A bad base_url is told by every call.
  RegistryClient(net::HttpTransport& transport, RegistryOptions options);
  ~RegistryClient();

  /// GET /v2/: reachable, and our credentials are good.
  Status Ping(const std::stop_token& stop = {});
  /// All pages of /v2/_catalog, sorted.  kUnsupported where the registry has none or keeps it
  /// closed.
  Result<std::vector<std::string>> Catalog(const std::stop_token& stop = {});
  /// All pages of tags/list, sorted; kNotFound for an unknown repository.
  Result<std::vector<std::string>> Tags(std::string_view repository,
                                        const std::stop_token& stop = {});
  /// HEAD of a manifest; nothing when the registry does not say the digest.  kNotFound when there
  /// is none.
  Result<std::optional<Digest>> Head(std::string_view repository, std::string_view reference,
                                     const std::stop_token& stop = {});
  /// GET of a manifest or index.  kDataLoss when `reference` is a digest and the bytes hash to
  /// another, or when the response says another digest than its bytes have.
  Result<FetchedDocument> GetDocument(std::string_view repository, std::string_view reference,
                                      const std::stop_token& stop = {});
  /// GET of a small blob (a config), checked against `digest`.
  Result<std::string> GetBlob(std::string_view repository, const Digest& digest,
                              std::size_t max_bytes, const std::stop_token& stop = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// distribution-spec's grammars.
bool IsRepositoryName(std::string_view text);
bool IsTagName(std::string_view text);

}  // namespace hullmark::oci
