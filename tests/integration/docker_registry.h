// SPDX-License-Identifier: Apache-2.0
//
// A real registry (Debian's docker-registry) for a test: in a scratch folder, on loopback, on a
// port that the system picks; ended with the value.  Thread-compatible.
#pragma once
#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/net/http.h"
#include "base/result.h"
#include "base/scratch_dir.h"

namespace hullmark::testing_support {

/// Whether `program` can be started.
bool IsInstalled(std::string_view program);
/// Runs an argument list; its exit code, and its output appended to `output`.
int RunProgram(const std::vector<std::string>& arguments, std::string* output = nullptr);

class DockerRegistry {
 public:
  struct Options {
    std::string auth{};  ///< YAML of the `auth` section, indented by two
    std::string certificate_file{};
    std::string key_file{};
    std::string catalog{};  ///< YAML of the `catalog` section
  };
  static constexpr std::string_view kProgram = "/usr/bin/docker-registry";

  static Result<std::unique_ptr<DockerRegistry>> Start(const Options& options);
  ~DockerRegistry();
  DockerRegistry(const DockerRegistry&) = delete;
  DockerRegistry& operator=(const DockerRegistry&) = delete;

  const std::string& host() const { return host_; }  ///< 127.0.0.1:port
  const std::string& url() const { return url_; }
  /// Ends it at once, as a crash would; what it stored stays.
  void Kill();

 private:
  DockerRegistry() = default;
  ScratchDir dir_;
  pid_t pid_ = 0;
  std::string host_;
  std::string url_;
};

/// Puts images into a registry by its API.
class Pusher {
 public:
  Pusher(net::HttpTransport& transport, std::string url)
      : transport_(transport), url_(std::move(url)) {}

  Result<Digest> PushBlob(const std::string& repository, const std::string& bytes);
  /// `reference`: a tag, or the digest of `bytes`.
  Result<Digest> PushManifest(const std::string& repository, const std::string& reference,
                              const std::string& media_type, const std::string& bytes);
  /// An image of one layer, all made of `seed`; by tag, or by its digest when `tag` is empty.
  Result<Digest> PushImage(const std::string& repository, const std::string& tag,
                           const std::string& seed);
  Result<Digest> PushIndex(const std::string& repository, const std::string& tag,
                           const std::vector<std::pair<Digest, std::string>>& children);
  Status DeleteManifest(const std::string& repository, const Digest& digest);

 private:
  Result<net::HttpResponse> Send(net::HttpRequest request, int wanted_status);
  net::HttpTransport& transport_;
  const std::string url_;
};

}  // namespace hullmark::testing_support
