// SPDX-License-Identifier: Apache-2.0
//
// Frames as the registry connector makes them.
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

constexpr std::chrono::minutes kSyncedAgo{10};
constexpr std::size_t kMirrored = 2;  // of each repository, the newest releases

Frame FrameOf(const Plan& plan, std::string_view host, std::string_view path) {
  return {Cat({"registry:", host}), model::SourceKind::kRegistry, Cat({"repository:", path}),
          plan.now() + -kSyncedAgo, true};
}

EntityRef WriteImage(Frame& frame, const Image& image) {
  PropertyMap properties;
  properties.SetText(PropertyId::kImageMediaType, "application/vnd.oci.image.manifest.v1+json");
  properties.SetText(PropertyId::kImageConfigDigest, image.config_digest);
  properties.SetText(PropertyId::kImageConfigFingerprint, image.fingerprint);
  properties.Set(PropertyId::kImageDiffIds, image.diff_ids);
  properties.Set(PropertyId::kImageLayerDigests, image.layer_digests);
  properties.SetText(PropertyId::kImagePlatform, image.platform);
  if (!image.labels.empty()) properties.Set(PropertyId::kImageLabels, image.labels);
  properties.Set(PropertyId::kImageSize, image.size);
  properties.Set(PropertyId::kImageCreated, image.created);
  return frame.Entity(EntityKind::kImage, image.digest, {}, std::move(properties));
}

/// The release's images, its index, and its tags.
void WriteRelease(Frame& frame, const EntityRef& repository, const Release& release,
                  const std::vector<std::string>& tags) {
  std::vector<EntityRef> images;
  for (const Image& image : release.images) {
    images.push_back(WriteImage(frame, image));
    frame.Edge(EdgeKind::kContains, repository, images.back());
  }
  EntityRef tagged = images[0];
  if (!release.index_digest.empty()) {
    PropertyMap of_index;
    of_index.SetText(PropertyId::kImageMediaType, "application/vnd.oci.image.index.v1+json");
    tagged = frame.Entity(EntityKind::kImageIndex, release.index_digest, {}, std::move(of_index));
    frame.Edge(EdgeKind::kContains, repository, tagged);
    for (const EntityRef& image : images) frame.Edge(EdgeKind::kIncludes, tagged, image);
  }
  for (const std::string& name : tags) {
    PropertyMap of_tag;
    of_tag.SetText(PropertyId::kName, name);
    const EntityRef tag =
        frame.Entity(EntityKind::kTag, Cat({repository.key, ":", name}), {}, std::move(of_tag));
    frame.Edge(EdgeKind::kContains, repository, tag);
    frame.Edge(EdgeKind::kTagged, tag, tagged);
  }
}

EntityRef WriteHome(Frame& frame, std::string_view host, const std::string& path) {
  PropertyMap properties;
  properties.SetText(PropertyId::kName, path);
  return frame.Entity(EntityKind::kImageRepository, Cat({host, "/", path}), {},
                      std::move(properties));
}

}  // namespace

model::Observation RegistryWriter::WriteRepository(const Repository& repository,
                                                   const std::vector<Release>& releases,
                                                   const Release* also) {
  const std::string& host = repository.organization->registry;
  const std::string path = repository.ImagePath();
  paths_by_host_[host].push_back(path);
  Frame frame = FrameOf(plan_, host, path);
  const EntityRef home = WriteHome(frame, host, path);
  for (const Release& release : releases) {
    std::vector<std::string> tags = {release.version};
    if (&release == &releases.back()) tags.emplace_back("latest");
    WriteRelease(frame, home, release, tags);
  }
  if (also != nullptr) WriteRelease(frame, home, *also, {"shared-" + also->version});
  return frame.Take();
}

model::Observation RegistryWriter::WriteMirror(const Repository& repository,
                                               const std::vector<Release>& releases) {
  const std::string path = repository.ImagePath();
  paths_by_host_[std::string(kMirrorHost)].push_back(path);
  Frame frame = FrameOf(plan_, kMirrorHost, path);
  const EntityRef home = WriteHome(frame, kMirrorHost, path);
  const std::size_t first = releases.size() > kMirrored ? releases.size() - kMirrored : 0;
  for (std::size_t i = first; i < releases.size(); ++i) {
    Release copy = releases[i];
    if (Plan::IsRecompressed(repository)) {
      for (Image& image : copy.images) image = plan_.Recompressed(image);
    }
    WriteRelease(frame, home, copy, {copy.version});
  }
  return frame.Take();
}

std::vector<model::Observation> RegistryWriter::WriteCatalogs() const {
  std::vector<model::Observation> catalogs;
  for (const auto& [host, paths] : paths_by_host_) {
    Frame frame(Cat({"registry:", host}), model::SourceKind::kRegistry, "catalog",
                plan_.now() + -kSyncedAgo, true);
    PropertyMap properties;
    properties.SetText(PropertyId::kName, host);
    properties.SetText(PropertyId::kUrl, Cat({"https://", host}));
    const EntityRef registry = frame.Entity(EntityKind::kRegistry, host, {}, std::move(properties));
    for (const std::string& path : paths)
      frame.Edge(EdgeKind::kContains, registry, WriteHome(frame, host, path));
    catalogs.push_back(frame.Take());
  }
  return catalogs;
}

}  // namespace hullmark::sample
