// SPDX-License-Identifier: Apache-2.0
//
// The NDJSON form of observations: reading frames strictly and writing them.  Format:
// docs/formats/observation.md.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "core/model/observation.h"

namespace hullmark::model {

/// Reads NDJSON line by line and hands over each frame when its `end` came with the right count.  A
/// bad line refuses the frame it stands in: the error names the record's number in the stream, the
/// JSON path and the mend; frames before it were handed over already.  Input may come in pieces of
/// any size.  Thread-compatible.
class FrameReader {
 public:
  using OnFrame = std::function<Status(Observation)>;
  explicit FrameReader(OnFrame on_frame, ObservationLimits limits = {});

  Status Feed(std::string_view bytes);
  /// The input is over: an unfinished line or frame is an error.
  Status Finish();

 private:
  Status ReadLine(std::string_view line);
  Status ReadRecord(std::string_view line);

  OnFrame on_frame_;
  ObservationLimits limits_;
  std::string pending_;
  std::uint64_t line_ = 0;
  std::size_t frame_bytes_ = 0;
  bool open_ = false;
  bool stopped_ = false;  // by an error; nothing after it is read
  Observation frame_;
};

/// The frame as NDJSON: begin, records, end; each line ends with "\n".
std::string WriteFrame(const Observation& observation);
/// One record as the line that WriteFrame gives it, without "\n".
std::string WriteRecord(const Record& record);

}  // namespace hullmark::model
