// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a stream of observation frames: what is taken is written and taken again, as the
// same.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "core/model/frame.h"

namespace {

using hullmark::Status;
using hullmark::model::FrameReader;
using hullmark::model::Observation;

Status Read(std::string_view text, std::size_t piece, std::string& written) {
  FrameReader reader([&](Observation frame) -> Status {
    written += WriteFrame(frame);
    return {};
  });
  while (!text.empty()) {
    if (Status status = reader.Feed(text.substr(0, piece)); !status) return status;
    text.remove_prefix(std::min(piece, text.size()));
  }
  return reader.Finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string whole;
  std::string in_pieces;
  const Status first = Read(text, text.size(), whole);
  const Status second = Read(text, 7, in_pieces);
  HM_CHECK(first.has_value() == second.has_value() && whole == in_pieces, "pieces do not matter");
  std::string again;
  HM_CHECK(Read(whole, whole.size() + 1, again), "what was taken is taken again");
  HM_CHECK(again == whole, "and is the same");
  return 0;
}
