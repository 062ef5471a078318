// SPDX-License-Identifier: Apache-2.0
//
// The plan of the sample estate: which organizations and repositories there are, how each gets its
// images out, and what every image is like.  Frames are written from it.  Private to this room.
// Thread-compatible.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sample/facts.h"
#include "sample/sample.h"

namespace hullmark::sample {

inline constexpr std::string_view kCodeHost = "github.com";
/// Where production pulls from: copies of what the organizations' own registries hold.
inline constexpr std::string_view kMirrorHost = "mirror.brightharbor.example:5000";

/// How the images of a repository come into a registry; each leads to another level of evidence.
enum class Road {
  kBuilt,          ///< a job builds and pushes one platform
  kMultiPlatform,  ///< a job pushes an index of two platforms
  kRepublished,    ///< a job pushes again what others made
  kUnconfirmed,    ///< pushed on a machine shared by jobs: possibly another's
  kSilent,         ///< nobody reports
};

struct Person {
  std::string id;
  std::string login;
};

struct Organization {
  std::string id;
  std::string name;      ///< on the code host
  std::string registry;  ///< host[:port]
  std::vector<Person> people;
};

struct Image {
  std::string digest;
  std::string config_digest;
  std::string fingerprint;
  std::string platform;
  std::vector<std::string> diff_ids;
  std::vector<std::string> layer_digests;
  std::vector<std::string> labels;
  std::int64_t size = 0;
  Timestamp created;
};

struct Release {
  std::string version;
  std::string commit;
  std::string run_id;
  int attempt = 1;
  std::size_t actor = 0;
  Timestamp at;
  std::string index_digest;  ///< empty: one image alone
  std::vector<Image> images;
  /// What the version's tag points to.
  const std::string& digest() const {
    return index_digest.empty() ? images[0].digest : index_digest;
  }
};

struct Repository {
  std::size_t number = 0;
  const Organization* organization = nullptr;
  std::string id;
  std::string name;
  Road road = Road::kBuilt;
  std::size_t images = 0;  ///< platform images in all releases
  std::string ImagePath() const { return organization->name + "/" + name; }
  std::string ImageRepository() const { return organization->registry + "/" + ImagePath(); }
};

class Plan {
 public:
  explicit Plan(const SampleOptions& options);

  const Facts& facts() const { return facts_; }
  Timestamp now() const { return now_; }
  const std::vector<Organization>& organizations() const { return organizations_; }
  std::size_t repository_count() const { return repository_count_; }

  Repository RepositoryAt(std::size_t number) const;
  /// Oldest first; never empty.
  std::vector<Release> ReleasesOf(const Repository& repository) const;

  /// Whether production pulls this repository's newest releases from the mirror.
  static bool IsMirrored(const Repository& repository) {
    return repository.number % 4 == 0 || IsRecompressed(repository);
  }
  /// Whether the mirror recompressed what it copied: other manifest, other config digest, same
  /// content.
  static bool IsRecompressed(const Repository& repository) { return repository.number % 40 == 11; }
  Image Recompressed(const Image& image) const;

  /// The repository whose newest image the newest job of `repository` pushes, too; none for almost
  /// all.
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t AlsoPushes(const Repository& repository) const;

 private:
  Image MakeImage(const Repository& repository, const Release& release,
                  std::string_view platform) const;

  Facts facts_;
  Timestamp now_;
  std::size_t images_;
  std::size_t repository_count_;
  std::vector<Organization> organizations_;
};

}  // namespace hullmark::sample
