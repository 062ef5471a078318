// SPDX-License-Identifier: Apache-2.0
//
// The registries of one job's pushes, each with the credentials that `docker login` left and the
// scheme that the engine uses for it.  Thread-safe.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/image_reference.h"
#include "base/net/http.h"
#include "base/result.h"
#include "base/time.h"
#include "sources/oci/manifest.h"
#include "sources/oci/registry_client.h"

namespace hullmark::collector {

class Registries {
 public:
  struct Options {
    std::string config_dir;          ///< Docker's, empty for the usual places
    std::vector<std::string> plain;  ///< EngineInfo::plain
    Deadline deadline;
  };
  Registries(net::HttpTransport& transport, Options options, std::stop_token stop)
      : transport_(transport), options_(std::move(options)), stop_(std::move(stop)) {}

  /// The manifest or index that `tag_or_digest` of the reference's repository means.
  Result<oci::FetchedDocument> Get(const codec::ImageReference& repository,
                                   std::string_view tag_or_digest);
  /// os/arch[/variant] from the image's config.
  Result<std::string> Platform(const codec::ImageReference& repository,
                               const oci::Manifest& manifest);
  oci::Credentials CredentialsFor(const std::string& host);

 private:
  struct Host {
    std::once_flag once;
    std::unique_ptr<oci::RegistryClient> client;
    oci::Credentials credentials;
    std::string url;
  };
  Host& HostOf(const std::string& name);
  void Open(const std::string& name, Host& host);
  std::unique_ptr<oci::RegistryClient> ClientOf(const std::string& url,
                                                const oci::Credentials& credentials);

  net::HttpTransport& transport_;
  Options options_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;  // guarded by mutex_
};

}  // namespace hullmark::collector
