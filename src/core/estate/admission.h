// SPDX-License-Identifier: Apache-2.0
//
// Whether a frame may be applied, and which times its words bear.  Thread-safety: pure functions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "core/model/observation.h"

namespace hullmark::estate {

/// What is kept of the last frame taken from a (source, extent).
struct LastFrame {
  std::uint64_t sequence = 0;
  Timestamp as_of;
  std::string content;  ///< fingerprint, see prepare.h
};

enum class Verdict : std::uint8_t {
  kApply,
  kRepeated,  ///< the very same frame was applied before: answer well, do nothing
};
/// kConflict for a sequence that was passed already, or taken by another frame.
Result<Verdict> Admit(const std::optional<LastFrame>& last, const model::FrameHeader& header,
                      std::string_view content);

struct FrameTimes {
  Timestamp received;
  /// When it was seen: the header's time, never after receipt.  Names are looked up at this time.
  Timestamp seen;
  /// From when and until when its words hold: `seen`, but never before what the same extent said
  /// last, so that no interval is negative.  A later frame is the later word, whatever the clock of
  /// its source says.
  Timestamp at;
};
FrameTimes TimesOf(const model::FrameHeader& header, Timestamp received,
                   const std::optional<LastFrame>& last);

}  // namespace hullmark::estate
