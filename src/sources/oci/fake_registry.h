// SPDX-License-Identifier: Apache-2.0
//
// For tests: a registry behind the transport seam, as small as the protocol allows, whose answers a
// test may bend one by one.  Thread-safe.
#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/net/http.h"

namespace hullmark::oci {

class FakeRegistry final : public net::HttpTransport {
 public:
  static constexpr std::string_view kUrl = "https://registry.example";

  /// Answers in the registry's place, or nothing to let it answer.
  using Intercept =
      std::function<std::optional<Result<net::HttpResponse>>(const net::HttpRequest&)>;
  /// Changes what the registry is about to answer.
  using Bend = std::function<void(const net::HttpRequest&, net::HttpResponse&)>;

  Digest PutBlob(const std::string& repository, const std::string& bytes);
  Digest PutManifest(const std::string& repository, const std::string& tag,
                     const std::string& media_type, const std::string& bytes);
  /// An image of one layer; `seed` tells images apart.
  Digest PushImage(const std::string& repository, const std::string& tag, const std::string& seed,
                   const std::string& platform = "linux/amd64");
  /// An index of `children`, each a digest and its platform.
  Digest PushIndex(const std::string& repository, const std::string& tag,
                   const std::vector<std::pair<Digest, std::string>>& children);
  void Tag(const std::string& repository, const std::string& tag, const Digest& digest);
  void Untag(const std::string& repository, const std::string& tag);
  void DeleteManifest(const std::string& repository, const Digest& digest);
  void DeleteRepository(const std::string& repository);

  void set_intercept(Intercept intercept) { intercept_ = std::move(intercept); }
  void set_bend(Bend bend) { bend_ = std::move(bend); }
  void set_page_size(std::size_t size) { page_size_ = size; }  ///< 0: everything at once

  Result<net::HttpResponse> Send(const net::HttpRequest& request, Deadline deadline,
                                 std::stop_token stop = {}) override;

  /// "GET /v2/…" of every request so far; cleared by the call.
  std::vector<std::string> TakeLog();
  /// How many of `log` begin with `prefix`.
  static std::size_t Count(const std::vector<std::string>& log, std::string_view prefix);

 private:
  struct Stored {
    std::string media_type;
    std::string bytes;
  };
  struct Repository {
    std::map<std::string, Digest> tags;
    std::map<Digest, Stored> manifests;
    std::map<Digest, std::string> blobs;
  };
  net::HttpResponse Answer(const net::HttpRequest& request, const net::Url& url) const;
  net::HttpResponse List(const std::string& member, const std::vector<std::string>& names,
                         const net::Url& url) const;

  mutable std::mutex mutex_;
  std::map<std::string, Repository> repositories_;
  std::vector<std::string> log_;
  Intercept intercept_;
  Bend bend_;
  std::size_t page_size_ = 0;
};

}  // namespace hullmark::oci
