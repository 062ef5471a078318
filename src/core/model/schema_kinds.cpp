// SPDX-License-Identifier: Apache-2.0
//
// The schema's table of entity kinds.
#include "core/model/schema.h"

namespace hullmark::model {
namespace {

using enum EntityKind;

constexpr KindInfo kKinds[] = {
    {kDigest, "Digest", "Digests of unknown kind", "sha256:<64 hex>", ""},
    {kCodeOrganization, "CodeOrganization", "Code organizations", "<host>#<provider id>",
     "<host>/<name>"},
    {kCodeRepository, "CodeRepository", "Code repositories", "<host>#<provider id>",
     "<host>/<owner>/<name>"},
    {kCommit, "Commit", "Commits", "<repository key>@<full sha, 40 or 64 hex>", ""},
    {kProject, "Project", "CI projects",
     "<host>#<provider id>; on GitHub the key of its repository", "<host>/<path>"},
    {kPipeline, "Pipeline", "Pipelines", "<project key>/<path of its definition>, or its id",
     "<host>/<project path>/<path of its definition>"},
    {kPipelineRun, "PipelineRun", "Pipeline runs", "<project key>/runs/<run id>/attempts/<n>",
     "the run's URL"},
    {kJob, "Job", "Pipeline jobs",
     "<project key>/jobs/<job id>; without an id <run key>/job/<name>", "the job's URL"},
    {kPerson, "Person", "People", "<host>#<numeric user id>", ""},
    {kRegistry, "Registry", "Registries", "<host>[:<port>]", ""},
    {kImageRepository, "ImageRepository", "Image repositories", "<host>/<path>", ""},
    {kTag, "Tag", "Tags", "<host>/<path>:<tag>", ""},
    {kImage, "Image", "Container images", "sha256:<64 hex> of the platform manifest", ""},
    {kImageIndex, "ImageIndex", "Image indexes", "sha256:<64 hex> of the index", ""},
    {kCluster, "Cluster", "Clusters",
     "uid of its namespace kube-system; without it the given name, unresolved", "the given name"},
    {kNode, "Node", "Nodes", "<cluster key>/<uid>", "<cluster name>/<node>"},
    {kNamespace, "Namespace", "Namespaces", "<cluster key>/<uid>", "<cluster name>/<namespace>"},
    {kWorkload, "Workload", "Workloads", "<cluster key>/<uid>",
     "<cluster name>/<namespace>/<Kind>/<name>"},
    {kPod, "Pod", "Pods", "<cluster key>/<uid>", "<cluster name>/<namespace>/<pod>"},
    {kContainer, "Container", "Containers", "<pod key>/<container name>",
     "<cluster name>/<namespace>/<pod>/<container>"},
    {kService, "Service", "Services", "<cluster key>/<uid>",
     "<cluster name>/<namespace>/Service/<name>"},
    {kIngress, "Ingress", "Ingresses", "<cluster key>/<uid>",
     "<cluster name>/<namespace>/Ingress/<name>"},
};
static_assert(std::size(kKinds) == kEntityKindCount);

}  // namespace

std::span<const KindInfo> Kinds() { return kKinds; }

}  // namespace hullmark::model
