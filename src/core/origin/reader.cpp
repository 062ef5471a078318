// SPDX-License-Identifier: Apache-2.0
#include "core/origin/reader.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "core/model/schema.h"
#include "core/origin/names.h"
#include "core/origin/unknown.h"

namespace hullmark::origin {

using graph::EdgeView;
using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;

void Reader::Match(NodeId node, std::string_view by) {
  Matched matched{std::string(model::InfoOf(snapshot_.KindOf(node)).name),
                  std::string(snapshot_.KeyOf(node)), std::string(by)};
  const bool known = std::ranges::any_of(out_.matched, [&](const Matched& other) {
    return other.kind == matched.kind && other.key == matched.key && other.by == matched.by;
  });
  if (!known) out_.matched.push_back(std::move(matched));
}

void Reader::Miss(std::string_view kind, std::string_view key, std::string reason,
                  std::string mend) {
  missed_.push_back({std::string(kind), std::string(key), std::move(reason), std::move(mend)});
}

void Reader::AddImages(const std::vector<NodeId>& images) {
  for (const NodeId image : images) {
    if (IsFull()) return;
    if (std::ranges::find(out_.images, image) == out_.images.end()) out_.images.push_back(image);
  }
}

void Reader::ReadDigest(const std::string& digest) {
  bool found = false;
  if (const auto node = snapshot_.Find(EntityKind::kDigest, digest)) {
    const DigestMeaning meaning = MeaningOf(snapshot_, *node);
    if (meaning.by == "config digest") {
      for (const NodeId image : meaning.images) Match(image, meaning.by);
    } else if (!meaning.by.empty()) {
      Match(*node, meaning.by);
    }
    AddImages(meaning.images);
    found = !meaning.images.empty() || AddContainersOf(*node);
  } else {
    const DigestMeaning by_config = ImagesWithConfig(snapshot_, digest);
    for (const NodeId image : by_config.images) Match(image, by_config.by);
    AddImages(by_config.images);
    found = !by_config.images.empty();
  }
  if (AddDiffId(digest) || found) return;
  Miss("Digest", digest, "no source has seen this digest",
       Cat({"connect the registry that holds it with `hullmark connect registry URL`, or ",
            kReportMend}));
}

bool Reader::AddContainersOf(NodeId digest) {
  bool any = false;
  for (const NodeId container : snapshot_.In(digest, EdgeKind::kIsRunning)) {
    if (!snapshot_.IsStated(container) || out_.containers.size() >= limits_.max_images) continue;
    out_.containers.push_back(container);
    any = true;
  }
  if (any) Match(digest, "running digest");
  return any;
}

bool Reader::AddDiffId(const std::string& digest) {
  // Base layers are in very many images; those that end with the layer must not be lost among them.
  constexpr std::size_t kMostCandidates = 20'000;
  const std::vector<NodeId> images =
      snapshot_.FindByShared(PropertyId::kImageDiffIds, digest, kMostCandidates);
  std::vector<NodeId> last;
  for (const NodeId image : images) {
    const model::Value* value = snapshot_.Property(image, PropertyId::kImageDiffIds);
    const auto* list = value == nullptr ? nullptr : std::get_if<std::vector<std::string>>(value);
    if (list != nullptr && !list->empty() && list->back() == digest) {
      last.push_back(image);
    } else if (out_.only_shown.size() < limits_.max_images) {
      out_.only_shown.push_back(image);
    }
  }
  for (const std::vector<NodeId>& some : {last, out_.only_shown}) {
    for (const NodeId image : some) {
      if (out_.matched.size() < limits_.max_images) Match(image, "diff id");
    }
  }
  AddImages(last);
  if (!images.empty() && last.empty()) {
    out_.notes.push_back({"Digest", digest,
                          "it is the last layer of no image, and a layer below the last one says "
                          "nothing of an image's origin",
                          "trace one of the images that have it"});
  }
  return !images.empty();
}

bool Reader::ReadTag(const std::string& key) {
  if (const auto tag = snapshot_.Find(EntityKind::kTag, key)) {
    const std::vector<NodeId> digests = snapshot_.Out(*tag, EdgeKind::kTagged);
    Match(*tag, "tag");
    for (const NodeId digest : digests) AddImages(MeaningOf(snapshot_, digest).images);
    if (digests.empty()) {
      out_.notes.push_back({"Tag", key, "the tag was there once and points to nothing now",
                            "ask for the digest that it pointed to"});
    }
    return true;
  }
  // No registry told of it; a job may have said that it pushed there.  The last one counts.
  std::optional<EdgeView> newest;
  for (const NodeId digest : snapshot_.FindByDestination(key)) {
    for (const EdgeView& push : snapshot_.InEdges(digest, EdgeKind::kPushed)) {
      if (push.qualifier == key && (!newest || push.since >= newest->since)) newest.emplace(push);
    }
  }
  if (!newest) return false;
  Match(newest->to, "push destination");
  AddImages(MeaningOf(snapshot_, newest->to).images);
  return true;
}

void Reader::NoteMovedTag(const std::string& tag_key, const std::string& digest) {
  const auto tag = snapshot_.Find(EntityKind::kTag, tag_key);
  if (!tag) return;
  Match(*tag, "tag");
  for (const NodeId now : snapshot_.Out(*tag, EdgeKind::kTagged)) {
    if (snapshot_.KeyOf(now) == digest) return;
    out_.notes.push_back({"Tag", tag_key,
                          Cat({"the tag points to ", snapshot_.KeyOf(now),
                               " now; the digest was followed, as runtimes do"}),
                          "ask for the tag alone to trace what it points to"});
  }
}

void Reader::ReadImageReference(const codec::ImageReference& reference, std::string_view text) {
  const std::string repository = reference.Repository();
  if (reference.digest) {
    const std::string digest = reference.digest->ToString();
    ReadDigest(digest);
    if (!reference.tag.empty()) NoteMovedTag(Cat({repository, ":", reference.tag}), digest);
    return;
  }
  const std::string_view tag = reference.tag.empty() ? std::string_view("latest") : reference.tag;
  const std::string key = Cat({repository, ":", tag});
  // A search through all tags is for what means nothing else.
  if (ReadTag(key) || !out_.matched.empty() ||
      ReadTagByItsEnd(reference.tag.empty() ? Cat({text, ":latest"}) : std::string(text))) {
    return;
  }
  missed_.push_back(WhyNotInRegistry(snapshot_, "Tag", key, reference.host));
}

bool Reader::ReadTagByItsEnd(const std::string& text) {
  constexpr std::size_t kMostNamed = 5;
  const std::string end = Cat({"/", text});
  std::vector<NodeId> tags;
  snapshot_.VisitKeys(EntityKind::kTag, [&](NodeId tag, std::string_view key) {
    if (key.ends_with(end)) tags.push_back(tag);
  });
  if (tags.empty()) return false;
  if (tags.size() == 1) return ReadTag(std::string(snapshot_.KeyOf(tags.front())));
  std::string names;
  for (std::size_t i = 0; i < tags.size() && i < kMostNamed; ++i) {
    names += Cat({i == 0 ? "" : ", ", snapshot_.KeyOf(tags[i])});
  }
  if (tags.size() > kMostNamed) names += ", …";
  Miss("Tag", text, Cat({std::to_string(tags.size()), " known tags end like this: ", names}),
       "ask for one of them by its whole name");
  return true;
}

void Reader::ReadPod(std::string_view text) {
  std::vector<NodeId> pods = snapshot_.FindByName(EntityKind::kPod, text);
  if (const auto by_key = snapshot_.Find(EntityKind::kPod, text)) pods.push_back(*by_key);
  if (Split(text, '/').size() == 2) {
    for (const NodeId cluster : snapshot_.NodesOf(EntityKind::kCluster)) {
      std::vector<std::string> names{std::string(snapshot_.KeyOf(cluster))};
      for (const std::string_view name : snapshot_.NamesOf(cluster)) names.emplace_back(name);
      for (const std::string& name : names) {
        const auto named = snapshot_.FindByName(EntityKind::kPod, Cat({name, "/", text}));
        pods.insert(pods.end(), named.begin(), named.end());
      }
    }
  }
  for (const NodeId pod : pods) {
    Match(pod, "pod");
    for (const NodeId container : snapshot_.Out(pod, EdgeKind::kContains)) {
      if (!snapshot_.IsStated(container)) continue;
      if (std::ranges::find(out_.containers, container) == out_.containers.end()) {
        out_.containers.push_back(container);
      }
      AddImages(ImagesOfContainer(snapshot_, container).images);
    }
  }
  if (!pods.empty()) return;
  Miss(
      "Pod", text, "no cluster that was imported has such a pod",
      "check namespace and name, or import the cluster again: kubectl get "
      "namespaces,nodes,pods,deployments,replicasets -A -o json | hullmark import - --cluster NAME "
      "--environment production");
}

Readings Reader::Finish() {
  if (out_.matched.empty()) {
    out_.notes.insert(out_.notes.end(), missed_.begin(), missed_.end());
  }
  if (IsFull()) {
    out_.notes.push_back({"Image", "",
                          Cat({"only the first ", std::to_string(limits_.max_images),
                               " images that match are answered"}),
                          "ask for one of their tags or digests"});
  }
  return std::move(out_);
}

}  // namespace hullmark::origin
