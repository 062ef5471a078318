// SPDX-License-Identifier: Apache-2.0
#include "core/origin/images.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "core/origin/claims.h"
#include "core/origin/names.h"

namespace hullmark::origin {

using graph::Snapshot;
using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;

namespace {

constexpr int kMaxIndexDepth = 3;
constexpr std::size_t kMaxWithConfig = 256;

void AddMembers(const Snapshot& snapshot, NodeId index, int depth, std::set<NodeId>& images) {
  for (const NodeId member : snapshot.Out(index, EdgeKind::kIncludes)) {
    const EntityKind kind = snapshot.KindOf(member);
    if (kind == EntityKind::kImage) images.insert(member);
    if (kind == EntityKind::kImageIndex && depth < kMaxIndexDepth) {
      AddMembers(snapshot, member, depth + 1, images);
    }
  }
}

void AddIndexes(const Snapshot& snapshot, NodeId image, int depth, std::set<NodeId>& indexes) {
  for (const NodeId index : snapshot.In(image, EdgeKind::kIncludes)) {
    if (indexes.insert(index).second && depth < kMaxIndexDepth) {
      AddIndexes(snapshot, index, depth + 1, indexes);
    }
  }
}

/// `linux/arm64`, without a variant: nodes do not tell theirs.
std::string PlatformOfNode(const Snapshot& snapshot, NodeId container) {
  const NodeId pod = ParentOf(snapshot, container, EdgeKind::kContains, EntityKind::kPod);
  for (const NodeId node : snapshot.Out(pod, EdgeKind::kRunsOn)) {
    const std::string_view architecture = snapshot.Text(node, PropertyId::kNodeArchitecture);
    if (architecture.empty()) continue;
    const std::string_view os = snapshot.Text(node, PropertyId::kNodeOs);
    return Cat({os.empty() ? std::string_view("linux") : os, "/", architecture});
  }
  return {};
}

/// Whether a registry gave its bytes, so that its kind is known.  A job's word is not proof: it may
/// call another's config an image or an index.
bool IsRead(const Snapshot& snapshot, NodeId digest) {
  return std::ranges::any_of(
      snapshot.StatementsOf(digest), [&](const graph::StatementView& statement) {
        const graph::SourceIdentity* source = snapshot.Source(statement.source);
        return source != nullptr && source->kind == model::SourceKind::kRegistry;
      });
}

/// Adds the images that have the digest as their config, where it may be one.
DigestMeaning AsConfigToo(const Snapshot& snapshot, NodeId digest, DigestMeaning meaning) {
  if (IsRead(snapshot, digest)) return meaning;
  for (const NodeId image : ImagesWithConfig(snapshot, snapshot.KeyOf(digest)).images) {
    if (std::ranges::find(meaning.images, image) == meaning.images.end()) {
      meaning.images.push_back(image);
    }
  }
  return meaning;
}

bool MayRunOn(const Snapshot& snapshot, NodeId image, std::string_view platform) {
  const std::string_view own = snapshot.Text(image, PropertyId::kImagePlatform);
  if (own.empty() || platform.empty() || own == platform) return true;
  return own.starts_with(platform) && own.substr(platform.size()).starts_with("/");
}

}  // namespace

DigestMeaning ImagesWithConfig(const Snapshot& snapshot, std::string_view digest) {
  if (digest == kEmptyConfigDigest) return {};
  std::vector<NodeId> images =
      snapshot.FindByShared(PropertyId::kImageConfigDigest, digest, kMaxWithConfig);
  std::erase_if(images, [&](NodeId image) {
    return snapshot.Text(image, PropertyId::kImageConfigDigest) != digest;
  });
  if (images.empty()) return {};
  return {std::move(images), "config digest"};
}

DigestMeaning MeaningOf(const Snapshot& snapshot, NodeId digest) {
  switch (snapshot.KindOf(digest)) {
    case EntityKind::kImage:
      return AsConfigToo(snapshot, digest, {{digest}, "manifest digest"});
    case EntityKind::kImageIndex: {
      std::set<NodeId> images;
      AddMembers(snapshot, digest, 0, images);
      if (images.empty()) images.insert(digest);
      return AsConfigToo(snapshot, digest, {{images.begin(), images.end()}, "index digest"});
    }
    case EntityKind::kDigest: {
      DigestMeaning by_config = ImagesWithConfig(snapshot, snapshot.KeyOf(digest));
      if (!by_config.images.empty()) return by_config;
      const bool is_known = snapshot.IsStated(digest) ||
                            !snapshot.In(digest, EdgeKind::kPushed).empty() ||
                            !snapshot.In(digest, EdgeKind::kTagged).empty() ||
                            !snapshot.In(digest, EdgeKind::kIncludes).empty();
      if (is_known) return {{digest}, "digest"};
      return {};
    }
    default:
      return {};
  }
}

DigestMeaning ImagesOfContainer(const Snapshot& snapshot, NodeId container) {
  const std::string platform = PlatformOfNode(snapshot, container);
  DigestMeaning all;
  for (const NodeId digest : snapshot.Out(container, EdgeKind::kIsRunning)) {
    DigestMeaning meaning = MeaningOf(snapshot, digest);
    if (meaning.by == "index digest") {
      std::vector<NodeId> fitting;
      std::ranges::copy_if(meaning.images, std::back_inserter(fitting),
                           [&](NodeId image) { return MayRunOn(snapshot, image, platform); });
      if (!fitting.empty()) meaning.images = std::move(fitting);
    }
    all.by = meaning.by;
    all.images.insert(all.images.end(), meaning.images.begin(), meaning.images.end());
  }
  std::ranges::sort(all.images);
  const auto rest = std::ranges::unique(all.images);
  all.images.erase(rest.begin(), rest.end());
  return all;
}

std::vector<NodeId> IndexesOf(const Snapshot& snapshot, NodeId image) {
  std::set<NodeId> indexes;
  AddIndexes(snapshot, image, 0, indexes);
  return {indexes.begin(), indexes.end()};
}

TracedImage DescribeImage(const Snapshot& snapshot, NodeId image) {
  TracedImage traced;
  traced.digest = snapshot.KeyOf(image);
  traced.config_digest = snapshot.Text(image, PropertyId::kImageConfigDigest);
  traced.platform = snapshot.Text(image, PropertyId::kImagePlatform);
  std::vector<NodeId> digests = IndexesOf(snapshot, image);
  for (const NodeId index : digests) traced.indexes.emplace_back(snapshot.KeyOf(index));
  std::ranges::sort(traced.indexes);
  digests.push_back(image);
  std::set<std::string> locations;
  std::set<std::string, std::less<>> repositories;
  for (const NodeId digest : digests) {
    for (const NodeId tag : snapshot.In(digest, EdgeKind::kTagged)) {
      locations.emplace(snapshot.KeyOf(tag));
    }
    for (const NodeId repository : snapshot.In(digest, EdgeKind::kContains)) {
      if (snapshot.KindOf(repository) != EntityKind::kImageRepository) continue;
      repositories.emplace(snapshot.KeyOf(repository));
      if (digest == image) locations.insert(Cat({snapshot.KeyOf(repository), "@", traced.digest}));
    }
  }
  // What no registry was asked about is known from who pushed it there; a registry's own word is
  // newer.
  for (const NodeId digest : digests) {
    for (const graph::EdgeView& push : snapshot.InEdges(digest, EdgeKind::kPushed)) {
      const std::string_view place = push.qualifier;
      const std::size_t end =
          place.find('@') != std::string_view::npos ? place.find('@') : place.rfind(':');
      const auto repository = snapshot.Find(EntityKind::kImageRepository, place.substr(0, end));
      if (!place.empty() && (!repository || !snapshot.IsStated(*repository))) {
        locations.emplace(place);
      }
    }
  }
  traced.locations.assign(locations.begin(), locations.end());
  return traced;
}

std::vector<RunningContainer> ContainersOf(const Snapshot& snapshot, NodeId image,
                                           std::size_t most) {
  std::vector<RunningContainer> found;
  const auto add = [&](NodeId digest, bool is_index) {
    const bool only_one = !is_index || MeaningOf(snapshot, digest).images.size() == 1;
    for (const NodeId container : snapshot.In(digest, EdgeKind::kIsRunning)) {
      if (found.size() >= most) return;
      if (!snapshot.IsStated(container)) continue;
      bool certain = true;
      if (!only_one) {
        const std::string platform = PlatformOfNode(snapshot, container);
        if (!MayRunOn(snapshot, image, platform)) continue;
        certain = !platform.empty();
      }
      found.push_back({container, digest, certain});
    }
  };
  add(image, false);
  for (const NodeId index : IndexesOf(snapshot, image)) add(index, true);
  const std::string_view config = snapshot.Text(image, PropertyId::kImageConfigDigest);
  if (const auto digest = snapshot.Find(EntityKind::kDigest, config);
      !config.empty() && digest && *digest != image &&
      (snapshot.KindOf(*digest) == EntityKind::kDigest || !IsRead(snapshot, *digest))) {
    add(*digest, false);
  }
  return found;
}

Running DescribeRunning(const Snapshot& snapshot, NodeId image, const RunningContainer& running) {
  Running out;
  out.image = snapshot.KeyOf(running.certain ? image : running.reported);
  out.container = ShortNameOf(snapshot, running.container);
  const NodeId pod = ParentOf(snapshot, running.container, EdgeKind::kContains, EntityKind::kPod);
  if (pod.value == 0) return out;
  out.pod = ShortNameOf(snapshot, pod);
  out.workload = WorkloadNameOf(snapshot, pod);
  const NodeId space = ParentOf(snapshot, pod, EdgeKind::kContains, EntityKind::kNamespace);
  if (space.value == 0) return out;
  out.namespace_name = ShortNameOf(snapshot, space);
  const NodeId cluster = ParentOf(snapshot, space, EdgeKind::kContains, EntityKind::kCluster);
  if (cluster.value != 0) out.cluster = NamedKeyOf(snapshot, cluster).name;
  return out;
}

}  // namespace hullmark::origin
