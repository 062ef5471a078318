// SPDX-License-Identifier: Apache-2.0
//
// The schema's tables of edges, and of what each kind of source may write.
#include "core/model/schema.h"

namespace hullmark::model {
namespace {

using enum EntityKind;

constexpr EdgeEnds kContainsEnds[] = {
    {kCodeOrganization, kCodeRepository},
    {kCodeRepository, kCommit},
    {kProject, kPipeline},
    {kRegistry, kImageRepository},
    {kImageRepository, kTag},
    {kImageRepository, kImage},
    {kImageRepository, kImageIndex},
    {kCluster, kNamespace},
    {kCluster, kNode},
    {kNamespace, kWorkload},
    {kNamespace, kPod},
    {kNamespace, kService},
    {kNamespace, kIngress},
    {kPod, kContainer},
};
constexpr EdgeEnds kRanEnds[] = {{kPipeline, kPipelineRun}};
constexpr EdgeEnds kHasJobEnds[] = {{kPipelineRun, kJob}};
constexpr EdgeEnds kAtEnds[] = {{kPipelineRun, kCommit}};
constexpr EdgeEnds kTriggeredByEnds[] = {{kPipelineRun, kPerson}};
constexpr EdgeEnds kPushedEnds[] = {
    {kPipelineRun, kImage}, {kPipelineRun, kImageIndex}, {kJob, kImage}, {kJob, kImageIndex}};
constexpr EdgeEnds kPushedByEnds[] = {{kImage, kCodeRepository}, {kImageIndex, kCodeRepository}};
constexpr EdgeEnds kTaggedEnds[] = {{kTag, kImage}, {kTag, kImageIndex}};
constexpr EdgeEnds kIncludesEnds[] = {{kImageIndex, kImage}, {kImageIndex, kImageIndex}};
constexpr EdgeEnds kBasedOnEnds[] = {{kImage, kImage}};
constexpr EdgeEnds kMaintainsEnds[] = {{kWorkload, kPod}, {kWorkload, kWorkload}};
constexpr EdgeEnds kIsRunningEnds[] = {{kContainer, kImage}, {kContainer, kImageIndex}};
constexpr EdgeEnds kRunsOnEnds[] = {{kPod, kNode}};
constexpr EdgeEnds kRoutesTrafficToEnds[] = {
    {kService, kPod}, {kService, kService}, {kIngress, kService}, {kIngress, kPod}};

constexpr EdgeInfo kEdges[] = {
    {EdgeKind::kContains, "CONTAINS", "contains", "is in", kContainsEnds, false},
    {EdgeKind::kRan, "RAN", "ran", "is a run of", kRanEnds, false},
    {EdgeKind::kHasJob, "HAS_JOB", "has job", "is a job of", kHasJobEnds, false},
    {EdgeKind::kAt, "AT", "at", "was used by", kAtEnds, false},
    {EdgeKind::kTriggeredBy, "TRIGGERED_BY", "triggered by", "triggered", kTriggeredByEnds, false},
    {EdgeKind::kPushed, "PUSHED", "pushed", "was pushed in", kPushedEnds, false},
    {EdgeKind::kPushedBy, "PUSHED_BY", "pushed by", "is the origin of", kPushedByEnds, true},
    {EdgeKind::kTagged, "TAGGED", "tags", "tagged", kTaggedEnds, false},
    {EdgeKind::kIncludes, "INCLUDES", "includes", "is included in", kIncludesEnds, false},
    {EdgeKind::kBasedOn, "BASED_ON", "based on", "is the base of", kBasedOnEnds, true},
    {EdgeKind::kMaintains, "MAINTAINS", "maintains", "maintained by", kMaintainsEnds, false},
    {EdgeKind::kIsRunning, "IS_RUNNING", "is running", "running in", kIsRunningEnds, false},
    {EdgeKind::kRunsOn, "RUNS_ON", "runs on", "runs", kRunsOnEnds, false},
    {EdgeKind::kRoutesTrafficTo, "ROUTES_TRAFFIC_TO", "routes traffic to", "gets traffic from",
     kRoutesTrafficToEnds, false},
};
static_assert(std::size(kEdges) == kEdgeKindCount);

constexpr EntityKind kCiEntities[] = {
    kDigest, kCodeOrganization, kCodeRepository,  kCommit, kProject,    kPipeline, kPipelineRun,
    kJob,    kPerson,           kImageRepository, kImage,  kImageIndex, kRegistry};
constexpr EdgeKind kCiEdges[] = {EdgeKind::kContains, EdgeKind::kRan,         EdgeKind::kHasJob,
                                 EdgeKind::kAt,       EdgeKind::kTriggeredBy, EdgeKind::kPushed,
                                 EdgeKind::kIncludes};
constexpr EntityKind kRegistryEntities[] = {kDigest, kRegistry, kImageRepository,
                                            kTag,    kImage,    kImageIndex};
constexpr EdgeKind kRegistryEdges[] = {EdgeKind::kContains, EdgeKind::kTagged, EdgeKind::kIncludes};
constexpr EntityKind kKubernetesEntities[] = {kDigest, kCluster,   kNode,    kNamespace, kWorkload,
                                              kPod,    kContainer, kService, kIngress};
constexpr EdgeKind kKubernetesEdges[] = {EdgeKind::kContains, EdgeKind::kMaintains,
                                         EdgeKind::kIsRunning, EdgeKind::kRunsOn,
                                         EdgeKind::kRoutesTrafficTo};
constexpr EntityKind kScmEntities[] = {kCodeOrganization, kCodeRepository, kCommit, kProject,
                                       kPipeline,         kPipelineRun,    kJob,    kPerson};
constexpr EdgeKind kScmEdges[] = {EdgeKind::kContains, EdgeKind::kRan, EdgeKind::kHasJob,
                                  EdgeKind::kAt, EdgeKind::kTriggeredBy};
constexpr EntityKind kImportEntities[] = {
    kDigest,   kCodeOrganization, kCodeRepository,  kCommit, kProject, kPipeline,   kPipelineRun,
    kJob,      kPerson,           kRegistry,        kTag,    kImage,   kImageIndex, kCluster,
    kNode,     kNamespace,        kImageRepository, kPod,    kService, kIngress,    kContainer,
    kWorkload,
};
// Not PUSHED: that a job pushed something is said by the job itself, under its CI's token
// (DESIGN.md §3).
constexpr EdgeKind kImportEdges[] = {
    EdgeKind::kContains,    EdgeKind::kRan,    EdgeKind::kHasJob,         EdgeKind::kAt,
    EdgeKind::kTriggeredBy, EdgeKind::kTagged, EdgeKind::kIncludes,       EdgeKind::kMaintains,
    EdgeKind::kIsRunning,   EdgeKind::kRunsOn, EdgeKind::kRoutesTrafficTo};

constexpr SourceKindInfo kSourceKinds[] = {
    {SourceKind::kCiReport, "ci-report", kCiEntities, kCiEdges, true},
    {SourceKind::kRegistry, "registry", kRegistryEntities, kRegistryEdges, false},
    {SourceKind::kKubernetes, "kubernetes", kKubernetesEntities, kKubernetesEdges, false},
    {SourceKind::kScm, "scm", kScmEntities, kScmEdges, false},
    {SourceKind::kImport, "import", kImportEntities, kImportEdges, false},
};
static_assert(std::size(kSourceKinds) == kSourceKindCount);

}  // namespace

std::span<const EdgeInfo> Edges() { return kEdges; }

std::span<const SourceKindInfo> SourceKinds() { return kSourceKinds; }

}  // namespace hullmark::model
