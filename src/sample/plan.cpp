// SPDX-License-Identifier: Apache-2.0
#include "sample/plan.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"

namespace hullmark::sample {
namespace {

constexpr std::array<std::string_view, 20> kThings = {
    "checkout", "catalog",   "search", "payments", "inventory", "pricing", "accounts",
    "shipping", "reviews",   "notify", "invoices", "identity",  "media",   "returns",
    "loyalty",  "analytics", "tax",    "fraud",    "exports",   "ledger"};
constexpr std::array<std::string_view, 6> kParts = {"api",     "worker", "web",
                                                    "gateway", "jobs",   "sync"};
// What organizations push again under their own name.
constexpr std::array<std::string_view, 4> kUpstreams = {"postgres", "redis", "rabbitmq",
                                                        "memcached"};
constexpr std::array<std::string_view, 12> kLogins = {
    "mira-okafor", "jlindqvist", "tomasz-k",   "aya-nakamura", "dferreira", "s-haddad",
    "lena-vogt",   "pkowalczyk", "rohan-iyer", "c-mendes",     "eowusu",    "release-bot"};

// In the order of a repository's number: of ten, four build, three push indexes, and one each does
// it otherwise.
constexpr std::array<Road, 10> kRoads = {
    Road::kBuilt,  Road::kBuilt, Road::kMultiPlatform, Road::kBuilt,       Road::kMultiPlatform,
    Road::kSilent, Road::kBuilt, Road::kMultiPlatform, Road::kRepublished, Road::kUnconfirmed};

constexpr std::size_t kFewestRepositories = 40;
constexpr std::size_t kMostRepositories = 2000;
constexpr std::chrono::hours kSpan{120 * 24};  // between the first release and now

// Pairs of one organization in which the second pushes the newest image of the first, too.  Where
// both say that they built it, the image is shared; where neither does, their claims contest it.
struct Pair {
  std::size_t second, first;
};
constexpr std::array<Pair, 2> kPairs = {{{6, 3}, {39, 9}}};

}  // namespace

Plan::Plan(const SampleOptions& options)
    : facts_(options.seed),
      now_(options.now),
      images_(std::max<std::size_t>(options.images, kFewestRepositories)),
      repository_count_(std::clamp(images_ * 2 / 15, kFewestRepositories, kMostRepositories)) {
  constexpr std::array<std::array<std::string_view, 2>, 3> kOrganizations = {
      {{"brightharbor", "ghcr.io"},
       {"lumenpay", "registry.lumenpay.example"},
       {"orchard-labs", "registry.orchard-labs.example:5000"}}};
  for (const auto& [name, registry] : kOrganizations) {
    Organization organization{
        facts_.Id(7, Cat({"organization/", name})), std::string(name), std::string(registry), {}};
    const std::size_t first = organizations_.size() * 3;
    for (std::size_t i = 0; i < 5; ++i) {
      const std::string_view login = kLogins[(first + i) % kLogins.size()];
      organization.people.push_back({facts_.Id(8, Cat({"person/", login})), std::string(login)});
    }
    organizations_.push_back(std::move(organization));
  }
}

Repository Plan::RepositoryAt(std::size_t number) const {
  Repository repository;
  repository.number = number;
  repository.organization = &organizations_[number % organizations_.size()];
  repository.road = kRoads[number % kRoads.size()];
  // Exactly `images_` in all, spread evenly.
  repository.images =
      images_ * (number + 1) / repository_count_ - images_ * number / repository_count_;
  const std::size_t round = number / kThings.size();
  repository.name = kThings[number % kThings.size()];
  if (round > 0) repository.name += Cat({"-", kParts[(round - 1) % kParts.size()]});
  if (round > kParts.size())
    repository.name += Cat({"-", std::to_string((round - 1) / kParts.size() + 1)});
  if (repository.road == Road::kRepublished) repository.name = Cat({"mirror-", repository.name});
  repository.id =
      facts_.Id(9, Cat({"repository/", repository.organization->name, "/", repository.name}));
  return repository;
}

std::vector<Release> Plan::ReleasesOf(const Repository& repository) const {
  const std::size_t platforms = repository.road == Road::kMultiPlatform ? 2 : 1;
  const std::size_t count = (repository.images + platforms - 1) / platforms;
  const auto step = std::chrono::duration_cast<std::chrono::microseconds>(kSpan) /
                    static_cast<std::int64_t>(count);
  const std::int64_t step_seconds = std::chrono::duration_cast<std::chrono::seconds>(step).count();
  std::vector<Release> releases(count);
  std::size_t left = repository.images;
  for (std::size_t i = 0; i < count; ++i) {
    Release& release = releases[i];
    release.version = Cat({"1.", std::to_string(i / 4), ".", std::to_string(i % 4)});
    const std::string name =
        Cat({repository.organization->name, "/", repository.name, "/", release.version});
    release.commit = facts_.Hex(40, Cat({"commit/", name}));
    release.run_id = facts_.Id(11, Cat({"run/", name}));
    release.attempt = facts_.Below(9, Cat({"attempt/", name})) == 0 ? 2 : 1;
    release.actor = facts_.Below(repository.organization->people.size(), Cat({"actor/", name}));
    // Within its step, to the second, and at least an hour ago.
    const auto seconds = static_cast<std::int64_t>(facts_.Number(Cat({"time/", name})) %
                                                   static_cast<std::uint64_t>(step_seconds));
    const auto ago = step * static_cast<std::int64_t>(count - i) - std::chrono::seconds(seconds);
    const std::chrono::microseconds soonest = std::chrono::hours(1);
    release.at = {now_.micros - std::max(ago, soonest).count()};
    release.at = Timestamp::FromSeconds(release.at.seconds());
    if (platforms == 2 && left >= 2) {
      release.index_digest = facts_.Digest(Cat({"index/", name}));
      release.images.push_back(MakeImage(repository, release, "linux/amd64"));
      release.images.push_back(MakeImage(repository, release, "linux/arm64"));
      left -= 2;
    } else {
      release.images.push_back(MakeImage(repository, release, "linux/amd64"));
      --left;
    }
  }
  return releases;
}

Image Plan::MakeImage(const Repository& repository, const Release& release,
                      std::string_view platform) const {
  const std::string path = repository.ImagePath();
  const std::string name = Cat({path, "/", release.version, "/", platform});
  const bool republished = repository.road == Road::kRepublished;
  const std::string_view upstream =
      kUpstreams[repository.number / kRoads.size() % kUpstreams.size()];
  Image image;
  image.digest = facts_.Digest(Cat({"manifest/", name}));
  image.config_digest = facts_.Digest(Cat({"config/", name}));
  image.fingerprint = facts_.Digest(Cat({"fingerprint/", name}));
  image.platform = platform;
  image.created = release.at + std::chrono::seconds(-90);
  // A base that many share, what a repository seldom changes, and the program.
  const std::string base = Cat({"base/", republished ? upstream : "debian", "/", platform});
  const std::string middle =
      Cat({"dependencies/", path, "/", release.version.substr(0, release.version.rfind('.')), "/",
           platform});
  for (const std::string& layer : {base, middle, Cat({"program/", name})}) {
    image.diff_ids.push_back(facts_.Digest(Cat({"diff/", layer})));
    image.layer_digests.push_back(facts_.Digest(Cat({"layer/", layer})));
  }
  image.size =
      30'000'000 + static_cast<std::int64_t>(facts_.Below(200'000'000, Cat({"size/", name})));
  if (republished) {
    image.labels.push_back(
        Cat({"org.opencontainers.image.source=https://github.com/docker-library/", upstream}));
  } else if (repository.road != Road::kSilent || repository.number % 20 == 5) {
    image.labels.push_back(Cat({"org.opencontainers.image.source=https://", kCodeHost, "/", path}));
    image.labels.push_back(Cat({"org.opencontainers.image.revision=", release.commit}));
    image.labels.push_back(Cat({"org.opencontainers.image.version=", release.version}));
  }
  return image;
}

Image Plan::Recompressed(const Image& image) const {
  Image copy = image;  // the same content: fingerprint and diff ids stay
  copy.digest = facts_.Digest(Cat({"recompressed/", image.digest}));
  copy.config_digest = facts_.Digest(Cat({"recompressed/", image.config_digest}));
  for (std::string& layer : copy.layer_digests)
    layer = facts_.Digest(Cat({"recompressed/", layer}));
  copy.size = image.size * 4 / 5;
  return copy;
}

std::size_t Plan::AlsoPushes(const Repository& repository) const {
  const std::size_t place = repository.number % kFewestRepositories;
  for (const Pair& pair : kPairs) {
    if (place == pair.second) return repository.number - pair.second + pair.first;
  }
  return kNone;
}

}  // namespace hullmark::sample
