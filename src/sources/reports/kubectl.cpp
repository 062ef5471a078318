// SPDX-License-Identifier: Apache-2.0
#include "sources/reports/kubectl.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "sources/reports/kube_cluster.h"
#include "sources/reports/kube_lists.h"
#include "sources/reports/kube_network.h"
#include "sources/reports/kube_pods.h"

namespace hullmark::reports {
namespace {

// Stable id of a cluster: the uid of a namespace that every cluster has and none can delete.
constexpr std::string_view kUidSpace = "kube-system";

Status ReadItem(KubeCluster& cluster, const KubeItem& item, const PodsByLabel& pods,
                PodCounts& counts) {
  switch (item.kind) {
    case KubeKind::kNamespace:
      return ReadNamespace(cluster, item);
    case KubeKind::kNode:
      return ReadNode(cluster, item);
    case KubeKind::kPod:
      return ReadPod(cluster, item, counts);
    case KubeKind::kService:
      return ReadService(cluster, item, pods);
    case KubeKind::kIngress:
      return ReadIngress(cluster, item);
    case KubeKind::kNetworkPolicy:
      return {};  // asked for so that the answer need not be fetched again; not part of the schema
                  // yet
    default:
      return ReadWorkload(cluster, item);
  }
}

// What the lists show about what was asked for.  kubectl does not say it: a list of the kind `List`
// has no trace of kinds without objects, nor of `-n` instead of `-A`.
class Evidence {
 public:
  explicit Evidence(const KubeLists& lists) : lists_(lists) {
    std::set<std::string_view> spaces;
    for (const KubeItem& item : lists.items) {
      if (item.kind == KubeKind::kNamespace && item.name == kUidSpace) uid_ = item.uid;
      if (item.kind == KubeKind::kNamespace && item.name == "default") has_default_ = true;
      if (!item.space.empty() && spaces.size() < 2) spaces.insert(item.space);
    }
    all_namespaces_ = spaces.size() >= 2;
    // Every cluster has some of these.  Where all are there the whole command was given, and a kind
    // without objects has none.
    constexpr KubeKind kEverywhere[] = {
        KubeKind::kNamespace,  KubeKind::kNode,      KubeKind::kPod,    KubeKind::kDeployment,
        KubeKind::kReplicaSet, KubeKind::kDaemonSet, KubeKind::kService};
    whole_command_ = std::ranges::all_of(
        kEverywhere, [&](KubeKind kind) { return lists.listing(kind).items > 0; });
  }

  std::string_view uid() const { return uid_; }

  /// Whether anything is known of this kind.
  bool Asked(KubeKind kind) const {
    const KubeListing& listing = lists_.listing(kind);
    return listing.listed || listing.items > 0 || whole_command_;
  }

  /// Empty, or why this kind may have more objects than are here.
  std::string WhyPartial(KubeKind kind) const {
    const KubeListing& listing = lists_.listing(kind);
    if (!listing.missing_pages.empty()) return listing.missing_pages;
    if (listing.promised > 0) return "its last page is missing";
    if (listing.one_alone) return "it has objects outside a list";
    if (uid_.empty())
      return "the namespace kube-system is not there, whose uid is the cluster's key";
    if (kind == KubeKind::kNamespace && !has_default_) return "the namespace default is not there";
    if (InfoOf(kind).namespaced && !all_namespaces_) {
      return "all objects are of one namespace, as without `-A`";
    }
    return {};
  }

 private:
  const KubeLists& lists_;
  std::string_view uid_;
  bool has_default_ = false;
  bool all_namespaces_ = false;
  bool whole_command_ = false;
};

void Judge(const Evidence& evidence, KubeCluster& cluster, std::vector<std::string>& notes) {
  cluster.own_frame().header.complete = evidence.WhyPartial(KubeKind::kNamespace).empty();
  for (const KubeKindInfo& info : KubeKinds()) {
    if (!evidence.Asked(info.kind)) continue;
    const std::string why = evidence.WhyPartial(info.kind);
    cluster.frame(info.kind).header.complete = why.empty();
    if (!why.empty()) {
      notes.push_back(Cat({info.plural, ": taken as a part, nothing is closed: ", why}));
    }
  }
}

void NoteTheRest(const KubeLists& lists, const PodCounts& counts, std::vector<std::string>& notes) {
  for (const auto& [kind, count] : lists.passed_over) {
    notes.push_back(Cat({std::to_string(count), " of kind ", Quote(kind), " passed over"}));
  }
  if (lists.repeated > 0) {
    notes.push_back(
        Cat({std::to_string(lists.repeated), " objects were there twice and taken once"}));
  }
  if (counts.unreadable_image_ids > 0) {
    notes.push_back(
        Cat({std::to_string(counts.unreadable_image_ids),
             " containers have an image id without a digest and are not linked, the first is ",
             counts.first_unreadable}));
  }
}

// What was said under the cluster's name is now said under its key: the same pods must not stand
// twice.
void CloseByName(const KubectlOptions& options, std::vector<model::Observation>& out) {
  const std::string of_cluster = out.front().header.extent;
  const std::string by_name = "cluster:" + options.cluster;
  if (of_cluster == by_name) return;
  for (std::size_t i = 0, count = out.size(); i < count; ++i) {
    if (!out[i].header.complete) continue;
    model::Observation closing;
    closing.header = out[i].header;
    closing.header.extent = by_name + closing.header.extent.substr(of_cluster.size());
    out.push_back(std::move(closing));
  }
}

Status CheckOptions(const KubectlOptions& options) {
  if (options.cluster.empty()) {
    return Fail(Errc::kInvalidArgument, "the cluster has no name: give it with --cluster NAME");
  }
  return model::CheckHeader({options.source, model::SourceKind::kKubernetes,
                             "cluster:" + options.cluster, options.sequence, options.observed_at,
                             false});
}

}  // namespace

Result<std::vector<model::Observation>> ReadKubectlList(std::string bytes,
                                                        const KubectlOptions& options,
                                                        std::vector<std::string>* notes) {
  HM_TRY(CheckOptions(options));
  const KubeLists lists = HM_TRY(ReadKubeLists(std::move(bytes), options.limits));
  const Evidence evidence(lists);
  const PodsByLabel pods = HM_TRY(PodsByLabel::Of(lists.items));
  const std::string_view key = evidence.uid().empty() ? options.known_key : evidence.uid();
  KubeCluster cluster(options, key == options.cluster ? std::string_view() : key, lists.items);
  HM_TRY(cluster.StateCluster());
  PodCounts counts;
  for (const KubeItem& item : lists.items) {
    if (Status status = ReadItem(cluster, item, pods, counts); !status) {
      return Fail(std::move(status).error(), item.Label());
    }
  }
  std::vector<std::string> said;
  Judge(evidence, cluster, said);
  NoteTheRest(lists, counts, said);

  std::vector<model::Observation> out;
  out.push_back(std::move(cluster.own_frame()));
  for (const KubeKindInfo& info : KubeKinds()) {
    if (info.kind == KubeKind::kNetworkPolicy || !evidence.Asked(info.kind)) continue;
    out.push_back(std::move(cluster.frame(info.kind)));
  }
  if (options.known_by_name) CloseByName(options, out);
  if (notes != nullptr) *notes = std::move(said);
  return out;
}

}  // namespace hullmark::reports
