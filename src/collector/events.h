// SPDX-License-Identifier: Apache-2.0
//
// The engine's event stream: JSON objects, one a line (NDJSON) or each after an RS character (RFC
// 7464), in pieces that heed no boundary.  The engine keeps its last 256 events of any kind and
// forgets older ones.  Thread-compatible.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hullmark::collector {

/// What happened to an image.  `actor` is an image id for "tag", "load", "import", "delete" and
/// "untag", but for "push" and "pull" a reference: the engine does not say a digest (daemon/images
/// and daemon/containerd of moby).
struct ImageEvent {
  std::string action;
  std::string actor;
  std::string name;  ///< of "tag": the reference that now means `actor`
  std::int64_t at_nanos = 0;

  friend bool operator==(const ImageEvent&, const ImageEvent&) = default;
};

struct EventLimits {
  std::size_t max_record_bytes = 1 << 20;
  std::size_t max_events = 100'000;
};

class EventParser {
 public:
  explicit EventParser(EventLimits limits = {}) : limits_(limits) {}

  /// False once `max_events` are reached; the rest is not looked at.
  bool Feed(std::string_view bytes);
  /// The stream has ended; what is left over is a last record or was cut.
  void Finish();

  const std::vector<ImageEvent>& events() const { return events_; }  ///< of images, as they came
  std::size_t records() const { return records_; }                   ///< of any kind
  std::size_t unreadable() const { return unreadable_; }             ///< records that were no event

 private:
  void Record(std::string_view text);

  EventLimits limits_;
  std::string pending_;
  bool too_long_ = false;  // the record being read is over its limit: skip to its end
  std::vector<ImageEvent> events_;
  std::size_t records_ = 0;
  std::size_t unreadable_ = 0;
};

/// The engine's history holds so many events; an answer with as many may have lost earlier ones.
inline constexpr std::size_t kEngineHistory = 256;

}  // namespace hullmark::collector
