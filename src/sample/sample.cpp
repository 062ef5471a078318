// SPDX-License-Identifier: Apache-2.0
#include "sample/sample.h"

#include <utility>

#include "base/text.h"
#include "sample/plan.h"
#include "sample/writers.h"

namespace hullmark::sample {
namespace {

/// The release, and the bytes of it, that a cluster pulled; and how its runtime says so.
Deployed Deploy(const Plan& plan, const Repository& repository, const Release& release,
                bool production) {
  Deployed program;
  program.organization = repository.organization->name;
  program.name = repository.name;
  program.number = repository.number;
  const bool mirrored = production && Plan::IsMirrored(repository);
  const std::string home =
      mirrored ? Cat({kMirrorHost, "/", repository.ImagePath()}) : repository.ImageRepository();
  program.image = Cat({home, ":", release.version});
  if (!production && repository.number % 19 == 9)
    return program;  // a tag that is not there yet: not pulled
  const Image& image = release.images[0];
  if (!production && repository.number % 6 == 1) {
    // Loaded from the side: the runtime knows the config digest only.
    program.digest = image.config_digest;
    program.image_id = program.digest;
    return program;
  }
  program.digest = mirrored && Plan::IsRecompressed(repository) ? plan.Recompressed(image).digest
                                                                : release.digest();
  program.image_id =
      Cat({repository.number % 6 == 5 ? "docker-pullable://" : "", home, "@", program.digest});
  return program;
}

/// What the two clusters run; grows by one program for each repository.
struct Programs {
  std::vector<Deployed> production, staging;

  void Add(const Plan& plan, const Repository& repository, const std::vector<Release>& releases) {
    staging.push_back(Deploy(plan, repository, releases.back(), false));
    if (repository.number % 8 == 5) return;  // not in production yet
    const std::size_t behind = releases.size() > 1 && repository.number % 3 == 0 ? 2 : 1;
    production.push_back(Deploy(plan, repository, releases[releases.size() - behind], true));
  }
};

Status SubmitRepository(const Plan& plan, const Repository& repository, RegistryWriter& registries,
                        Programs& programs, const Submit& submit) {
  const std::vector<Release> releases = plan.ReleasesOf(repository);
  std::vector<Release> others;
  const std::size_t also = plan.AlsoPushes(repository);
  if (also != Plan::kNone) others = plan.ReleasesOf(plan.RepositoryAt(also));
  const Release* shared = others.empty() ? nullptr : &others.back();
  if (repository.road != Road::kSilent) {
    for (const Release& release : releases) {
      const bool newest = &release == &releases.back();
      HM_TRY(submit(WriteReport(plan, repository, release, newest ? shared : nullptr)));
    }
  }
  HM_TRY(submit(registries.WriteRepository(repository, releases, shared)));
  if (Plan::IsMirrored(repository)) HM_TRY(submit(registries.WriteMirror(repository, releases)));
  programs.Add(plan, repository, releases);
  return {};
}

}  // namespace

Status GenerateSampleEstate(const SampleOptions& options, const Submit& submit) {
  const Plan plan(options);
  RegistryWriter registries(plan);
  Programs programs;
  for (std::size_t i = 0; i < plan.repository_count(); ++i) {
    HM_TRY(SubmitRepository(plan, plan.RepositoryAt(i), registries, programs, submit));
  }
  for (model::Observation& catalog : registries.WriteCatalogs()) HM_TRY(submit(std::move(catalog)));
  const ClusterPlan production{"prod-eu", "production", 2};
  const ClusterPlan staging{"staging", "staging", 1};
  for (model::Observation& frame : WriteCluster(plan, production, programs.production)) {
    HM_TRY(submit(std::move(frame)));
  }
  for (model::Observation& frame : WriteCluster(plan, staging, programs.staging))
    HM_TRY(submit(std::move(frame)));
  return {};
}

std::vector<model::Observation> MakeSampleEstate(const SampleOptions& options) {
  std::vector<model::Observation> frames;
  const Status done = GenerateSampleEstate(options, [&](model::Observation frame) -> Status {
    frames.push_back(std::move(frame));
    return {};
  });
  return done ? std::move(frames) : std::vector<model::Observation>();
}

}  // namespace hullmark::sample
