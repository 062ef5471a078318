// SPDX-License-Identifier: Apache-2.0
//
// What the engine's events say about a job: which references it pushed, which image each meant at
// that moment, and how that image came to be in the engine.  Pure; asks nobody.  Thread-compatible.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/image_reference.h"
#include "collector/engine.h"
#include "collector/events.h"
#include "collector/state.h"

namespace hullmark::collector {

struct SeenPush {
  codec::ImageReference reference;  ///< with its tag
  std::string image_id;  ///< what it meant when pushed; empty when the events do not tell
  std::int64_t at_nanos = 0;
};

/// How an image that was pushed came to be (DESIGN.md §3, edge PUSHED).
struct Told {
  std::string how;     ///< built, assembled, republished or unknown
  std::string detail;  ///< from what that was told
};

class History {
 public:
  /// `start` is null when the job ran no `start`.  `now` are the engine's images, for a push of all
  /// tags of a repository, which is one event without a tag.
  History(const State* start, const std::vector<ImageEvent>& events,
          const std::vector<EngineImage>& now);

  /// Whether some event speaks of a whole repository, so that `now` matters.
  static bool NeedsImages(const std::vector<ImageEvent>& events);

  /// By reference, then time; of several pushes of one image to one reference the last.
  const std::vector<SeenPush>& pushes() const { return pushes_; }

  /// References that were pulled and still mean what was pulled: the engine knows their ids.
  std::vector<std::string> PulledReferences() const;
  void SetPulled(const std::string& reference, const std::string& image_id);

  /// How `image` came to be before it was pushed.  `image.created` helps where a reference was
  /// pulled and then made to mean something else.
  Told Tell(const EngineImage& image, std::int64_t pushed_at_nanos) const;
  /// Whether the engine held this image, or an index's platform image, before the job made any.
  bool Existed(const std::string& digest) const;

 private:
  struct Pull {
    std::string reference;  // host/path:tag, host/path@digest, or host/path for all of its tags
    std::size_t index = 0;
    std::int64_t at_nanos = 0;
    bool current = false;  // nothing took the reference over since
    std::string image_id;
  };
  void Note(const ImageEvent& event, std::size_t index, const std::vector<EngineImage>& now);
  void NotePush(const ImageEvent& event, const codec::ImageReference& reference,
                const std::vector<EngineImage>& now);
  void AddPush(codec::ImageReference reference, std::string image_id, std::int64_t at_nanos);

  bool started_ = false;
  std::set<std::string, std::less<>> held_;
  std::map<std::string, std::string, std::less<>>
      meaning_;  // reference → image id, "" after a pull
  std::map<std::string, std::size_t, std::less<>> first_tag_;
  std::map<std::string, std::size_t, std::less<>> loaded_;
  std::map<std::string, std::size_t, std::less<>> imported_;
  std::vector<Pull> pulls_;
  std::vector<std::int64_t> times_;  // of each event
  std::vector<SeenPush> pushes_;
};

}  // namespace hullmark::collector
