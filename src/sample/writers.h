// SPDX-License-Identifier: Apache-2.0
//
// The three kinds of source, each writing what it would see of the plan.  Private to this room.
// Thread-compatible.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/observation.h"
#include "sample/plan.h"

namespace hullmark::sample {

/// The report of the job that made `release`; `also` is another repository's release that this job
/// pushed, too.
model::Observation WriteReport(const Plan& plan, const Repository& repository,
                               const Release& release, const Release* also = nullptr);

/// What registries show: a frame for each image repository, and in the end one catalog for each
/// registry.
class RegistryWriter {
 public:
  explicit RegistryWriter(const Plan& plan) : plan_(plan) {}
  /// The organization's own registry.  `also`: see WriteReport.
  model::Observation WriteRepository(const Repository& repository,
                                     const std::vector<Release>& releases,
                                     const Release* also = nullptr);
  /// The mirror's copy of the newest releases.
  model::Observation WriteMirror(const Repository& repository,
                                 const std::vector<Release>& releases);
  std::vector<model::Observation> WriteCatalogs() const;

 private:
  const Plan& plan_;
  std::map<std::string, std::vector<std::string>> paths_by_host_;
};

/// What runs where: one program of one repository in a cluster.
struct Deployed {
  std::string organization;
  std::string name;
  std::size_t number = 0;
  std::string image;     ///< what the spec asks for
  std::string image_id;  ///< what the runtime reports; empty: it cannot be pulled
  std::string digest;    ///< what that means; empty with `image_id`
};

struct ClusterPlan {
  std::string name;
  std::string environment;
  std::size_t replicas = 1;
};

/// A cluster that runs `programs`, and what every cluster runs beside them.
std::vector<model::Observation> WriteCluster(const Plan& plan, const ClusterPlan& cluster,
                                             const std::vector<Deployed>& programs);

}  // namespace hullmark::sample
