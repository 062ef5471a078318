// SPDX-License-Identifier: Apache-2.0
//
// How things of the estate are called in answers: repositories, runs, people, clusters, workloads.
// Pure functions over one snapshot.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "core/graph/snapshot.h"
#include "core/origin/evidence.h"

namespace hullmark::origin {

using PersonName = std::function<std::string(std::string_view)>;

/// Its present name (of several, the one that ends as its own `name` does), else its key.
NamedKey NamedKeyOf(const graph::Snapshot& snapshot, model::NodeId node);
/// The last part of its name: `web` of `prod/shop/Deployment/web`.
std::string ShortNameOf(const graph::Snapshot& snapshot, model::NodeId node);
/// `.github/workflows/build.yml`
std::string PipelineNameOf(const graph::Snapshot& snapshot, model::NodeId run);
std::string JobNameOf(const graph::Snapshot& snapshot, model::NodeId job);
/// `person_name` names people; one without a name is shown by key.
Run RunOf(const graph::Snapshot& snapshot, model::NodeId run, const PersonName& person_name);
/// `Deployment/web`: the outermost workload that maintains the pod; empty when none does.
std::string WorkloadNameOf(const graph::Snapshot& snapshot, model::NodeId pod);
/// Whether a job's report said it, which stands on the job's token.
bool IsByToken(const graph::Snapshot& snapshot, const graph::EdgeView& edge);
/// The node of `kind` that has an edge to `node`, a job's own word before any other's; 0 when there
/// is none.
model::NodeId ParentOf(const graph::Snapshot& snapshot, model::NodeId node, model::EdgeKind edge,
                       model::EntityKind kind);
/// `sha256:0123456789ab…`, for sentences.
std::string ShortDigest(std::string_view digest);

}  // namespace hullmark::origin
