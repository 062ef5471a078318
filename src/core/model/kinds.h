// SPDX-License-Identifier: Apache-2.0
//
// The names of everything the estate can hold.  What each one means, is called and may be is one
// table, in schema.h.  Values are stored: append, never renumber.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
namespace hullmark::model {

enum class EntityKind : std::uint8_t {
  kDigest = 0,  ///< placeholder: a sha256 digest of which it is not known yet what it names
  kCodeOrganization = 1,
  kCodeRepository = 2,
  kCommit = 3,
  kProject = 4,
  kPipeline = 5,
  kPipelineRun = 6,
  kJob = 7,
  kPerson = 8,
  kRegistry = 9,
  kImageRepository = 10,
  kTag = 11,
  kImage = 12,
  kImageIndex = 13,
  kCluster = 14,
  kNode = 15,
  kNamespace = 16,
  kWorkload = 17,
  kPod = 18,
  kContainer = 19,
  kService = 20,
  kIngress = 21,
};
inline constexpr std::size_t kEntityKindCount = 22;

enum class EdgeKind : std::uint8_t {
  kContains = 0,
  kRan = 1,
  kHasJob = 2,
  kAt = 3,
  kTriggeredBy = 4,
  kPushed = 5,
  kPushedBy = 6,  ///< derived; lives in the graph only, no source may write it
  kTagged = 7,
  kIncludes = 8,
  kBasedOn = 9,  ///< derived
  kMaintains = 10,
  kIsRunning = 11,
  kRunsOn = 12,
  kRoutesTrafficTo = 13,
};
inline constexpr std::size_t kEdgeKindCount = 14;

/// Who may speak, as a class: each may write only what the schema lists for it.
enum class SourceKind : std::uint8_t {
  kCiReport = 0,    ///< a pipeline job, by its CI's OIDC token; only the server makes these
  kRegistry = 1,    ///< a registry connector, which checks every digest against the bytes
  kKubernetes = 2,  ///< a cluster's API, live or by `kubectl get -o json`
  kScm = 3,         ///< a code host or CI system's API
  kImport = 4,      ///< anything else a person imports
};
inline constexpr std::size_t kSourceKindCount = 5;

enum class ValueType : std::uint8_t { kString, kInt, kBool, kTime, kStrings };

/// One for each property name of the schema.
enum class PropertyId : std::uint16_t {
  kName = 0,                     // name
  kUrl = 1,                      // url.full
  kUnresolved = 2,               // hullmark.unresolved
  kVcsProvider = 3,              // vcs.provider.name
  kVcsOwnerName = 4,             // vcs.owner.name
  kVcsRepositoryName = 5,        // vcs.repository.name
  kVcsVisibility = 6,            // vcs.repository.visibility
  kVcsRevision = 7,              // vcs.ref.head.revision
  kVcsRef = 8,                   // vcs.ref.head.name
  kVcsRefType = 9,               // vcs.ref.type
  kCicdPipelineName = 10,        // cicd.pipeline.name
  kCicdPipelinePath = 11,        // cicd.pipeline.definition
  kCicdRunId = 12,               // cicd.pipeline.run.id
  kCicdRunNumber = 13,           // cicd.pipeline.run.number
  kCicdRunAttempt = 14,          // cicd.pipeline.run.attempt
  kCicdRunUrl = 15,              // cicd.pipeline.run.url.full
  kCicdTrigger = 16,             // cicd.pipeline.run.trigger
  kCicdReusablePipeline = 17,    // cicd.pipeline.reusable
  kCicdTaskName = 18,            // cicd.pipeline.task.name
  kCicdTaskRunId = 19,           // cicd.pipeline.task.run.id
  kCicdWorkerKind = 20,          // cicd.worker.kind
  kUserName = 21,                // user.name
  kImageMediaType = 22,          // oci.manifest.media_type
  kImageConfigDigest = 23,       // oci.config.digest (shared identifier)
  kImageConfigFingerprint = 24,  // oci.config.fingerprint (shared identifier)
  kImageDiffIds = 25,            // oci.layer.diff_ids (shared identifier), bottom first
  kImagePlatform = 26,           // oci.platform
  kImageLabels = 27,             // oci.image.labels, each "key=value"
  kImageAnnotations = 28,        // oci.manifest.annotations, each "key=value"
  kImageSize = 29,               // oci.image.size, bytes of config and layers as stored
  kImageCreated = 30,            // oci.image.created
  kImageLayersChecked = 31,      // oci.layer.checked: the layers were seen to hash to the diff ids
  kImageLayerDigests = 32,       // oci.layer.digests, bottom first
  kPushHow = 33,                 // hullmark.push.how: built, assembled, republished, unknown
  kPushDestination = 34,         // hullmark.push.destination: host/path:tag or host/path@digest
  kPushBinding = 35,             // hullmark.push.binding: witnessed, named, unconfirmed
  kPushBodyBound = 36,           // hullmark.push.body_bound
  kPushDetail = 37,              // hullmark.push.detail
  kAtRole = 38,                  // hullmark.at.role: source, workflow, reusable
  kK8sUid = 39,                  // k8s.uid
  kK8sKind = 40,                 // k8s.kind
  kK8sLabels = 41,               // k8s.labels
  kEnvironment = 42,             // deployment.environment.name
  kK8sPhase = 43,                // k8s.pod.phase
  kContainerImage = 44,          // container.image.name: what the spec asked for
  kContainerImageId = 45,        // container.image.id: what the runtime reported, as it stands
  kContainerKind = 46,           // k8s.container.kind: init, container, ephemeral
  kContainerPrivileged = 47,     // k8s.container.privileged
  kContainerState = 48,          // k8s.container.state: running, waiting, terminated
  kNodeArchitecture = 49,        // host.arch
  kNodeOs = 50,                  // os.type
  kServiceType = 51,             // k8s.service.type
  kServiceAddresses = 52,        // k8s.service.addresses: load balancer addresses and external ips
  kServicePorts = 53,            // k8s.service.ports: name/protocol/port/targetPort
  kIngressHosts = 54,            // k8s.ingress.hosts
  kIngressClass = 55,            // k8s.ingress.class
  kK8sHostNetwork = 56,          // k8s.pod.host_network
  kJobNameDeclared = 57,         // hullmark.job.name_declared: said by the body, not the token
  kRunAsUser = 58,               // k8s.container.run_as_user
  kK8sAnnotations = 59,          // k8s.annotations (selected ones)
};
inline constexpr std::size_t kPropertyCount = 60;

/// An entity's number in one estate and its graph: dense, from 1; 0 is none.
struct NodeId {
  std::uint32_t value = 0;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};

/// The number of one source's statement about an entity or an edge.
struct StatementId {
  std::uint64_t value = 0;
  friend auto operator<=>(const StatementId&, const StatementId&) = default;
};

/// A source's number in one estate; from 1.
struct SourceId {
  std::uint32_t value = 0;
  friend auto operator<=>(const SourceId&, const SourceId&) = default;
};

}  // namespace hullmark::model
