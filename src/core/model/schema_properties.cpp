// SPDX-License-Identifier: Apache-2.0
//
// The schema's table of properties.
#include "core/model/schema.h"

namespace hullmark::model {
namespace {

using enum PropertyId;
using enum ValueType;

constexpr bool kShared = true;

constexpr PropertyInfo kProperties[] = {
    {kName, "name", "name", kString, false},
    {kUrl, "url.full", "URL", kString, false},
    {kUnresolved, "hullmark.unresolved", "known by name only", kBool, false},
    {kVcsProvider, "vcs.provider.name", "code host", kString, false},
    {kVcsOwnerName, "vcs.owner.name", "owner", kString, false},
    {kVcsRepositoryName, "vcs.repository.name", "repository name", kString, false},
    {kVcsVisibility, "vcs.repository.visibility", "visibility", kString, false},
    {kVcsRevision, "vcs.ref.head.revision", "commit", kString, false},
    {kVcsRef, "vcs.ref.head.name", "ref", kString, false},
    {kVcsRefType, "vcs.ref.type", "ref type", kString, false},
    {kCicdPipelineName, "cicd.pipeline.name", "pipeline name", kString, false},
    {kCicdPipelinePath, "cicd.pipeline.definition", "pipeline definition", kString, false},
    {kCicdRunId, "cicd.pipeline.run.id", "run id", kString, false},
    {kCicdRunNumber, "cicd.pipeline.run.number", "run number", kInt, false},
    {kCicdRunAttempt, "cicd.pipeline.run.attempt", "attempt", kInt, false},
    {kCicdRunUrl, "cicd.pipeline.run.url.full", "run URL", kString, false},
    {kCicdTrigger, "cicd.pipeline.run.trigger", "trigger", kString, false},
    {kCicdReusablePipeline, "cicd.pipeline.reusable", "reusable pipeline", kString, false},
    {kCicdTaskName, "cicd.pipeline.task.name", "job name", kString, false},
    {kCicdTaskRunId, "cicd.pipeline.task.run.id", "job id", kString, false},
    {kCicdWorkerKind, "cicd.worker.kind", "runner kind", kString, false},
    {kUserName, "user.name", "user name", kString, false},
    {kImageMediaType, "oci.manifest.media_type", "media type", kString, false},
    {kImageConfigDigest, "oci.config.digest", "config digest", kString, kShared},
    {kImageConfigFingerprint, "oci.config.fingerprint", "config fingerprint", kString, kShared},
    {kImageDiffIds, "oci.layer.diff_ids", "diff ids, bottom first", kStrings, kShared},
    {kImagePlatform, "oci.platform", "platform", kString, false},
    {kImageLabels, "oci.image.labels", "labels", kStrings, false},
    {kImageAnnotations, "oci.manifest.annotations", "annotations", kStrings, false},
    {kImageSize, "oci.image.size", "size in bytes", kInt, false},
    {kImageCreated, "oci.image.created", "created", kTime, false},
    {kImageLayersChecked, "oci.layer.checked", "layers checked", kBool, false},
    {kImageLayerDigests, "oci.layer.digests", "layer digests, bottom first", kStrings, false},
    {kPushHow, "hullmark.push.how", "how it came to be", kString, false},
    {kPushDestination, "hullmark.push.destination", "pushed to", kString, false},
    {kPushBinding, "hullmark.push.binding", "how the push is known", kString, false},
    {kPushBodyBound, "hullmark.push.body_bound", "token bound to the report", kBool, false},
    {kPushDetail, "hullmark.push.detail", "detail", kString, false},
    {kAtRole, "hullmark.at.role", "role of the commit", kString, false},
    {kK8sUid, "k8s.uid", "uid", kString, false},
    {kK8sKind, "k8s.kind", "Kubernetes kind", kString, false},
    {kK8sLabels, "k8s.labels", "labels", kStrings, false},
    {kEnvironment, "deployment.environment.name", "environment", kString, false},
    {kK8sPhase, "k8s.pod.phase", "phase", kString, false},
    {kContainerImage, "container.image.name", "image asked for", kString, false},
    {kContainerImageId, "container.image.id", "image id as reported", kString, false},
    {kContainerKind, "k8s.container.kind", "container kind", kString, false},
    {kContainerPrivileged, "k8s.container.privileged", "privileged", kBool, false},
    {kContainerState, "k8s.container.state", "state", kString, false},
    {kNodeArchitecture, "host.arch", "architecture", kString, false},
    {kNodeOs, "os.type", "operating system", kString, false},
    {kServiceType, "k8s.service.type", "service type", kString, false},
    {kServiceAddresses, "k8s.service.addresses", "outside addresses", kStrings, false},
    {kServicePorts, "k8s.service.ports", "ports", kStrings, false},
    {kIngressHosts, "k8s.ingress.hosts", "host names", kStrings, false},
    {kIngressClass, "k8s.ingress.class", "ingress class", kString, false},
    {kK8sHostNetwork, "k8s.pod.host_network", "on the host's network", kBool, false},
    {kJobNameDeclared, "hullmark.job.name_declared", "name as the report says", kBool, false},
    {kRunAsUser, "k8s.container.run_as_user", "runs as user", kInt, false},
    {kK8sAnnotations, "k8s.annotations", "annotations", kStrings, false},
};
static_assert(std::size(kProperties) == kPropertyCount);

}  // namespace

std::span<const PropertyInfo> Properties() { return kProperties; }

}  // namespace hullmark::model
