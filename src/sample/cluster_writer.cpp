// SPDX-License-Identifier: Apache-2.0
//
// Frames as the importer makes them from `kubectl get … -A -o json`: one for the cluster, one for
// each kind of object.
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "sample/frame.h"
#include "sample/writers.h"

namespace hullmark::sample {
namespace {

using model::EdgeKind;
using model::EntityKind;
using model::EntityRef;
using model::PropertyId;
using model::PropertyMap;

constexpr std::chrono::minutes kImportedAgo{5};
constexpr std::size_t kPodsOnNode = 30;
constexpr std::size_t kFewestNodes = 3;

/// What other people make and every cluster runs.
struct Vendored {
  std::string_view space, kind, name, repository, tag;
};
constexpr std::array<Vendored, 6> kVendored = {
    {{"kube-system", "Deployment", "coredns", "registry.k8s.io/coredns/coredns", "v1.11.3"},
     {"kube-system", "DaemonSet", "kube-proxy", "registry.k8s.io/kube-proxy", "v1.31.4"},
     {"ingress-nginx", "Deployment", "ingress-nginx-controller",
      "registry.k8s.io/ingress-nginx/controller", "v1.11.3"},
     {"cert-manager", "Deployment", "cert-manager", "quay.io/jetstack/cert-manager-controller",
      "v1.16.2"},
     {"monitoring", "StatefulSet", "prometheus", "quay.io/prometheus/prometheus", "v2.55.1"},
     {"monitoring", "DaemonSet", "node-exporter", "quay.io/prometheus/node-exporter", "v1.8.2"}}};

class ClusterWriter {
 public:
  ClusterWriter(const Plan& plan, const ClusterPlan& cluster)
      : plan_(plan), cluster_(cluster), key_(plan.facts().Uuid(Cat({"cluster/", cluster.name}))) {
    PropertyMap properties;
    properties.SetText(PropertyId::kName, cluster.name);
    properties.SetText(PropertyId::kEnvironment, cluster.environment);
    ref_ = FrameOf("").Entity(EntityKind::kCluster, key_, {cluster.name}, std::move(properties));
  }

  void WriteNodes(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = Cat({cluster_.name, "-node-", std::to_string(i + 1)});
      PropertyMap properties = Named(name, Cat({"node/", name}));
      properties.SetText(PropertyId::kNodeArchitecture, i % 3 == 2 ? "arm64" : "amd64");
      properties.SetText(PropertyId::kNodeOs, "linux");
      EntityRef node = State("nodes", EntityKind::kNode, ref_, Cat({"node/", name}),
                             Cat({cluster_.name, "/", name}), std::move(properties));
      nodes_.push_back(std::move(node));
    }
  }

  void WriteVendored() {
    for (const Vendored& one : kVendored) {
      const std::string digest =
          plan_.facts().Digest(Cat({"vendored/", one.repository, ":", one.tag}));
      const Deployed program{std::string(one.space),
                             std::string(one.name),
                             0,
                             Cat({one.repository, ":", one.tag}),
                             Cat({one.repository, "@", digest}),
                             digest};
      const std::size_t replicas = one.kind == "DaemonSet" ? nodes_.size() : 1;
      WriteProgram(program, one.kind, replicas);
      if (one.name == "ingress-nginx-controller")
        WriteService(program, "LoadBalancer", "203.0.113.10");
    }
  }

  void WriteOwn(const Deployed& program) {
    const std::string_view kind = program.number % 13 == 12 ? "StatefulSet" : "Deployment";
    WriteProgram(program, kind, cluster_.replicas);
    const bool outside = program.number % 11 == 7;
    const EntityRef service =
        WriteService(program, outside ? "LoadBalancer" : "ClusterIP",
                     outside ? Cat({"203.0.113.", std::to_string(20 + program.number % 200)}) : "");
    if (program.number % 5 == 0) WriteIngress(program, service);
    if (program.number % 17 == 3) WriteCronJob(program);
  }

  std::vector<model::Observation> Take() {
    std::vector<model::Observation> frames;
    for (auto& [plural, frame] : frames_) frames.push_back(frame.Take());
    return frames;
  }

 private:
  Frame& FrameOf(const std::string& plural) {
    const auto found = frames_.find(plural);
    if (found != frames_.end()) return found->second;
    Frame frame(Cat({"kubectl:", cluster_.name}), model::SourceKind::kKubernetes,
                Cat({"cluster:", key_, plural.empty() ? "" : "/", plural}),
                plan_.now() + -kImportedAgo, true);
    return frames_.emplace(plural, std::move(frame)).first->second;
  }

  std::string UidOf(std::string_view what) const {
    return plan_.facts().Uuid(Cat({cluster_.name, "/", what}));
  }

  PropertyMap Named(std::string_view name, std::string_view what) const {
    PropertyMap properties;
    properties.SetText(PropertyId::kName, name);
    properties.SetText(PropertyId::kK8sUid, UidOf(what));
    return properties;
  }

  EntityRef State(const std::string& plural, EntityKind kind, const EntityRef& parent,
                  std::string_view what, std::string alias, PropertyMap properties) {
    Frame& frame = FrameOf(plural);
    EntityRef ref = frame.Entity(kind, Cat({key_, "/", UidOf(what)}), {std::move(alias)},
                                 std::move(properties));
    frame.Edge(EdgeKind::kContains, parent, ref);
    return ref;
  }

  EntityRef SpaceOf(const std::string& name) {
    const auto found = spaces_.find(name);
    if (found != spaces_.end()) return found->second;
    PropertyMap properties = Named(name, Cat({"namespace/", name}));
    properties.SetText(PropertyId::kEnvironment, cluster_.environment);
    EntityRef space = State("namespaces", EntityKind::kNamespace, ref_, Cat({"namespace/", name}),
                            Cat({cluster_.name, "/", name}), std::move(properties));
    spaces_.emplace(name, space);
    return space;
  }

  static std::vector<std::string> LabelsOf(const Deployed& program) {
    return {Cat({"app.kubernetes.io/name=", program.name}),
            Cat({"app.kubernetes.io/part-of=", program.organization})};
  }

  EntityRef WriteWorkload(const std::string& plural, std::string_view kind, const std::string& name,
                          const Deployed& program) {
    const std::string what = Cat({kind, "/", program.organization, "/", name});
    PropertyMap properties = Named(name, what);
    properties.SetText(PropertyId::kK8sKind, kind);
    properties.Set(PropertyId::kK8sLabels, LabelsOf(program));
    return State(plural, EntityKind::kWorkload, SpaceOf(program.organization), what,
                 Cat({cluster_.name, "/", program.organization, "/", kind, "/", name}),
                 std::move(properties));
  }

  void WriteProgram(const Deployed& program, std::string_view kind, std::size_t replicas) {
    if (kind == "Deployment") {
      const EntityRef deployment = WriteWorkload("deployments", kind, program.name, program);
      const std::string set_name =
          Cat({program.name, "-", plan_.facts().Hex(9, Cat({"set/", program.image}))});
      const EntityRef set = WriteWorkload("replicasets", "ReplicaSet", set_name, program);
      FrameOf("replicasets").Edge(EdgeKind::kMaintains, deployment, set);
      WritePods(program, set, set_name, replicas);
      return;
    }
    const EntityRef workload = WriteWorkload(kind == "DaemonSet" ? "daemonsets" : "statefulsets",
                                             kind, program.name, program);
    WritePods(program, workload, program.name, replicas);
  }

  void WritePods(const Deployed& program, const EntityRef& workload, const std::string& prefix,
                 std::size_t replicas) {
    for (std::size_t i = 0; i < replicas; ++i) {
      const std::string name = Cat({prefix, "-", std::to_string(i)});
      const std::string what = Cat({"pod/", program.organization, "/", name});
      PropertyMap properties = Named(name, what);
      properties.SetText(PropertyId::kK8sPhase, program.image_id.empty() ? "Pending" : "Running");
      properties.Set(PropertyId::kK8sLabels, LabelsOf(program));
      const std::string alias = Cat({cluster_.name, "/", program.organization, "/", name});
      const EntityRef pod = State("pods", EntityKind::kPod, SpaceOf(program.organization), what,
                                  alias, std::move(properties));
      Frame& frame = FrameOf("pods");
      frame.Edge(EdgeKind::kMaintains, workload, pod);
      frame.Edge(EdgeKind::kRunsOn, pod, nodes_[(program.number + i) % nodes_.size()]);
      WriteContainer(frame, program, pod, "running");
      pods_[Cat({program.organization, "/", program.name})].push_back(pod);
    }
  }

  void WriteContainer(Frame& frame, const Deployed& program, const EntityRef& pod,
                      std::string_view state) {
    PropertyMap properties;
    properties.SetText(PropertyId::kName, program.name);
    properties.SetText(PropertyId::kContainerImage, program.image);
    properties.SetText(PropertyId::kContainerImageId, program.image_id);
    properties.SetText(PropertyId::kContainerKind, "container");
    properties.SetText(PropertyId::kContainerState, program.image_id.empty() ? "waiting" : state);
    if (program.name == "node-exporter") properties.Set(PropertyId::kContainerPrivileged, true);
    const EntityRef container = frame.Entity(
        EntityKind::kContainer, Cat({pod.key, "/", program.name}), {}, std::move(properties));
    frame.Edge(EdgeKind::kContains, pod, container);
    if (program.digest.empty() || state != "running") return;
    frame.Edge(EdgeKind::kIsRunning, container, {EntityKind::kDigest, program.digest});
  }

  EntityRef WriteService(const Deployed& program, std::string_view type, std::string address) {
    const std::string what = Cat({"service/", program.organization, "/", program.name});
    PropertyMap properties = Named(program.name, what);
    properties.SetText(PropertyId::kServiceType, type);
    if (!address.empty())
      properties.Set(PropertyId::kServiceAddresses, std::vector<std::string>{std::move(address)});
    properties.Set(PropertyId::kServicePorts, std::vector<std::string>{"http/TCP/80/8080"});
    const EntityRef service =
        State("services", EntityKind::kService, SpaceOf(program.organization), what,
              Cat({cluster_.name, "/", program.organization, "/Service/", program.name}),
              std::move(properties));
    for (const EntityRef& pod : pods_[Cat({program.organization, "/", program.name})]) {
      FrameOf("services").Edge(EdgeKind::kRoutesTrafficTo, service, pod);
    }
    return service;
  }

  void WriteIngress(const Deployed& program, const EntityRef& service) {
    const std::string what = Cat({"ingress/", program.organization, "/", program.name});
    PropertyMap properties = Named(program.name, what);
    const std::string_view environment = cluster_.environment == "production" ? "" : "staging.";
    properties.Set(PropertyId::kIngressHosts,
                   std::vector<std::string>{
                       Cat({program.name, ".", environment, program.organization, ".example"})});
    properties.SetText(PropertyId::kIngressClass, "nginx");
    const EntityRef ingress =
        State("ingresses", EntityKind::kIngress, SpaceOf(program.organization), what,
              Cat({cluster_.name, "/", program.organization, "/Ingress/", program.name}),
              std::move(properties));
    FrameOf("ingresses").Edge(EdgeKind::kRoutesTrafficTo, ingress, service);
  }

  /// A nightly job: its last pod is over and runs no more.
  void WriteCronJob(const Deployed& program) {
    const std::string name = program.name + "-nightly";
    const EntityRef cron = WriteWorkload("cronjobs", "CronJob", name, program);
    const std::string job_name = name + "-29384640";
    const EntityRef job = WriteWorkload("jobs", "Job", job_name, program);
    FrameOf("jobs").Edge(EdgeKind::kMaintains, cron, job);
    const std::string what = Cat({"pod/", program.organization, "/", job_name});
    PropertyMap properties = Named(job_name, what);
    properties.SetText(PropertyId::kK8sPhase, "Succeeded");
    const EntityRef pod = State("pods", EntityKind::kPod, SpaceOf(program.organization), what,
                                Cat({cluster_.name, "/", program.organization, "/", job_name}),
                                std::move(properties));
    Frame& frame = FrameOf("pods");
    frame.Edge(EdgeKind::kMaintains, job, pod);
    frame.Edge(EdgeKind::kRunsOn, pod, nodes_[program.number % nodes_.size()]);
    WriteContainer(frame, program, pod, "terminated");
  }

  const Plan& plan_;
  const ClusterPlan& cluster_;
  std::string key_;
  EntityRef ref_;
  std::map<std::string, Frame> frames_;  // by plural; the cluster's own first
  std::map<std::string, EntityRef> spaces_;
  std::map<std::string, std::vector<EntityRef>> pods_;  // by namespace/program
  std::vector<EntityRef> nodes_;
};

}  // namespace

std::vector<model::Observation> WriteCluster(const Plan& plan, const ClusterPlan& cluster,
                                             const std::vector<Deployed>& programs) {
  ClusterWriter writer(plan, cluster);
  writer.WriteNodes(kFewestNodes + programs.size() * cluster.replicas / kPodsOnNode);
  writer.WriteVendored();
  for (const Deployed& program : programs) writer.WriteOwn(program);
  return writer.Take();
}

}  // namespace hullmark::sample
