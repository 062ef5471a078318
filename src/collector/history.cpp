// SPDX-License-Identifier: Apache-2.0
#include "collector/history.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "base/time.h"

namespace hullmark::collector {

namespace {

/// One spelling for each reference; empty when it is none (an image id in `docker save`, say).
std::string Spell(std::string_view text) {
  const auto reference = codec::ImageReference::Parse(text);
  return reference ? reference->ToString() : std::string();
}

bool IsWhole(const codec::ImageReference& reference) {
  return reference.tag.empty() && !reference.digest;
}

}  // namespace

bool History::NeedsImages(const std::vector<ImageEvent>& events) {
  return std::ranges::any_of(events, [](const ImageEvent& event) {
    if (event.action != "push") return false;
    const auto reference = codec::ImageReference::Parse(event.actor);
    return reference && IsWhole(*reference);
  });
}

History::History(const State* start, const std::vector<ImageEvent>& events,
                 const std::vector<EngineImage>& now)
    : started_(start != nullptr) {
  if (start != nullptr) {
    for (const EngineImage& image : start->images) {
      held_.insert(image.id);
      held_.insert(image.manifests.begin(), image.manifests.end());
      for (const std::string& tag : image.tags) meaning_[Spell(tag)] = image.id;
    }
  }
  for (std::size_t i = 0; i < events.size(); ++i) Note(events[i], i, now);
  for (Pull& pull : pulls_) {
    const auto found = meaning_.find(pull.reference);
    pull.current =
        pull.reference.contains('@') || (found != meaning_.end() && found->second.empty());
  }
  std::ranges::sort(pushes_, [](const SeenPush& a, const SeenPush& b) {
    return std::tuple(a.reference.ToString(), a.at_nanos) <
           std::tuple(b.reference.ToString(), b.at_nanos);
  });
}

void History::Note(const ImageEvent& event, std::size_t index,
                   const std::vector<EngineImage>& now) {
  times_.push_back(event.at_nanos);
  if (event.action == "tag") {
    first_tag_.emplace(event.actor, index);
    if (const std::string reference = Spell(event.name); !reference.empty()) {
      meaning_[reference] = event.actor;
    }
    return;
  }
  if (event.action == "load") loaded_.emplace(event.actor, index);
  if (event.action == "import") imported_.emplace(event.actor, index);
  if (event.action != "pull" && event.action != "push") return;
  auto reference = codec::ImageReference::Parse(event.actor);
  if (!reference) return;
  if (event.action == "push") return NotePush(event, *reference, now);

  pulls_.push_back({reference->ToString(), index, event.at_nanos, false, ""});
  if (IsWhole(*reference)) {
    std::erase_if(meaning_, [&](const auto& entry) {
      return entry.first.starts_with(reference->Repository() + ":");
    });
  } else if (!reference->digest) {
    meaning_[reference->ToString()] = "";
  }
}

void History::NotePush(const ImageEvent& event, const codec::ImageReference& reference,
                       const std::vector<EngineImage>& now) {
  if (!IsWhole(reference)) {
    const auto found = meaning_.find(reference.ToString());
    return AddPush(reference, found == meaning_.end() ? "" : found->second, event.at_nanos);
  }
  // `docker push --all-tags`: every tag that the repository has in the engine.
  std::map<std::string, std::string> tags;
  for (const EngineImage& image : now) {
    for (const std::string& tag : image.tags) tags.emplace(Spell(tag), image.id);
  }
  for (const auto& [name, id] : meaning_) {
    if (!id.empty()) tags[name] = id;
  }
  for (const auto& [name, id] : tags) {
    auto tagged = codec::ImageReference::Parse(name);
    if (tagged && tagged->Repository() == reference.Repository()) {
      AddPush(*std::move(tagged), id, event.at_nanos);
    }
  }
}

void History::AddPush(codec::ImageReference reference, std::string image_id,
                      std::int64_t at_nanos) {
  for (SeenPush& push : pushes_) {
    if (push.image_id == image_id && push.reference.ToString() == reference.ToString()) {
      push.at_nanos = std::max(push.at_nanos, at_nanos);
      return;
    }
  }
  pushes_.push_back({std::move(reference), std::move(image_id), at_nanos});
}

std::vector<std::string> History::PulledReferences() const {
  std::vector<std::string> result;
  for (const Pull& pull : pulls_) {
    if (pull.current && std::ranges::find(result, pull.reference) == result.end()) {
      result.push_back(pull.reference);
    }
  }
  return result;
}

void History::SetPulled(const std::string& reference, const std::string& image_id) {
  for (Pull& pull : pulls_) {
    if (pull.current && pull.reference == reference) pull.image_id = image_id;
  }
}

bool History::Existed(const std::string& digest) const {
  return held_.contains(digest) ||
         std::ranges::any_of(pulls_, [&](const Pull& pull) { return pull.image_id == digest; });
}

Told History::Tell(const EngineImage& image, std::int64_t pushed_at_nanos) const {
  if (!started_) return {"unknown", "hullmark-ci start did not run before the push"};
  if (held_.contains(image.id)) {
    return {"republished", "the engine held this image when the job started"};
  }
  const auto index_of = [&](const auto& map) {
    const auto found = map.find(image.id);
    return found == map.end() ? times_.size() : found->second;
  };
  // An image that was tagged here first cannot have come by a later pull or load.
  std::size_t first = index_of(first_tag_);
  for (std::size_t i = 0; i < times_.size(); ++i) {
    if (times_[i] >= pushed_at_nanos) first = std::min(first, i);
  }
  if (imported_.contains(image.id)) {
    return {"unknown", "imported into the engine during the job; what made it was not seen"};
  }
  if (index_of(loaded_) < first) {
    return {"unknown", "loaded into the engine during the job; what made it was not seen"};
  }
  const auto created = Timestamp::Parse(image.created);
  std::string possible;
  for (const Pull& pull : pulls_) {
    if (pull.index >= first) break;
    if (!pull.image_id.empty() && pull.image_id != image.id) continue;
    if (created && created->micros > pull.at_nanos / 1000) continue;  // younger than the pull
    if (pull.image_id == image.id) {
      return {"republished", "pulled during the job as " + pull.reference};
    }
    possible = pull.reference;
  }
  if (!possible.empty()) {
    return {"unknown", possible + " was pulled during the job and may be this image"};
  }
  return {"built", "new since the job started; not pulled, loaded or imported"};
}

}  // namespace hullmark::collector
