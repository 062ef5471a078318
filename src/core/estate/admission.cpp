// SPDX-License-Identifier: Apache-2.0
#include "core/estate/admission.h"

#include <algorithm>

#include "base/text.h"

namespace hullmark::estate {

Result<Verdict> Admit(const std::optional<LastFrame>& last, const model::FrameHeader& header,
                      std::string_view content) {
  if (!last || header.sequence > last->sequence) return Verdict::kApply;
  if (header.sequence == last->sequence && content == last->content) return Verdict::kRepeated;
  const std::string where = Cat({"source ", Quote(header.source), ", extent ", Quote(header.extent),
                                 ": sequence ", std::to_string(header.sequence)});
  if (header.sequence == last->sequence) {
    return Fail(Errc::kConflict,
                Cat({where, " was taken by a frame with other content; give each frame its own"}));
  }
  return Fail(Errc::kConflict, Cat({where, " is lower than the last one taken, ",
                                    std::to_string(last->sequence), "; count upwards from there"}));
}

FrameTimes TimesOf(const model::FrameHeader& header, Timestamp received,
                   const std::optional<LastFrame>& last) {
  FrameTimes times;
  times.received = received;
  times.seen = std::min(header.observed_at, received);
  times.at = last ? std::max(times.seen, last->as_of) : times.seen;
  return times;
}

}  // namespace hullmark::estate
