// SPDX-License-Identifier: Apache-2.0
#include "collector/registries.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "sources/oci/hosts.h"

namespace hullmark::collector {

std::unique_ptr<oci::RegistryClient> Registries::ClientOf(const std::string& url,
                                                          const oci::Credentials& credentials) {
  oci::RegistryOptions options;
  options.base_url = url;
  // Plain http beyond loopback only where the engine itself was told to (insecure-registries).
  options.insecure = url.starts_with("http://");
  options.credentials = credentials;
  options.request_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
      options_.deadline - std::chrono::steady_clock::now());
  options.request_timeout = std::max(options.request_timeout, std::chrono::milliseconds(1));
  options.retries = 1;
  return std::make_unique<oci::RegistryClient>(transport_, options);
}

Registries::Host& Registries::HostOf(const std::string& name) {
  Host* host = nullptr;
  {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Host>& slot = hosts_[name];
    if (!slot) slot = std::make_unique<Host>();
    host = slot.get();
  }
  std::call_once(host->once, [&] { Open(name, *host); });
  return *host;
}

void Registries::Open(const std::string& name, Host& host) {
  // Without credentials a public registry still answers; a private one says 401 in its own words.
  if (auto found = oci::FindCredentials(name, options_.config_dir)) {
    host.credentials = *std::move(found);
  }
  const auto url = oci::RegistryUrl(name);
  if (!url) return;
  host.url = url->ToString();
  const bool plain = std::ranges::find(options_.plain, name) != options_.plain.end();
  if (plain) host.url = "http://" + name;
  host.client = ClientOf(host.url, host.credentials);
  if (!url->IsLoopback() || plain) return;
  // A registry on loopback may speak either; the engine tries both, too.
  const Status answered = host.client->Ping(stop_);
  if (answered || answered.error().code() == Errc::kUnauthenticated) return;
  auto secure = ClientOf("https://" + name, host.credentials);
  const Status secured = secure->Ping(stop_);
  if (secured || secured.error().code() == Errc::kUnauthenticated) {
    host.url = "https://" + name;
    host.client = std::move(secure);
  }
}

Result<oci::FetchedDocument> Registries::Get(const codec::ImageReference& repository,
                                             std::string_view tag_or_digest) {
  const Host& host = HostOf(repository.host);
  if (!host.client) return Fail(Errc::kInvalidArgument, Quote(repository.host) + " is no registry");
  return host.client->GetDocument(repository.path, tag_or_digest, stop_);
}

Result<std::string> Registries::Platform(const codec::ImageReference& repository,
                                         const oci::Manifest& manifest) {
  const Host& host = HostOf(repository.host);
  if (!host.client) return Fail(Errc::kInvalidArgument, Quote(repository.host) + " is no registry");
  const oci::ManifestLimits limits;
  const std::string bytes = HM_TRY(host.client->GetBlob(repository.path, manifest.config.digest,
                                                        limits.max_config_bytes, stop_));
  const oci::ImageConfig config = HM_TRY(oci::ParseConfig(bytes, limits));
  return config.platform;
}

oci::Credentials Registries::CredentialsFor(const std::string& host) {
  return HostOf(host).credentials;
}

}  // namespace hullmark::collector
