// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as what kubectl printed: what is taken gives frames that the observation format takes.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "core/model/frame.h"
#include "sources/reports/kubectl.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hullmark::reports::KubectlOptions options;
  options.cluster = "c";
  options.environment = "e";
  options.source = "kubectl:c";
  options.limits.max_documents = 8;
  options.limits.max_records = 10'000;
  const auto read = hullmark::reports::ReadKubectlList(
      std::string(reinterpret_cast<const char*>(data), size), options);
  if (!read) return 0;
  hullmark::model::FrameReader reader(
      [](hullmark::model::Observation) { return hullmark::Status(); });
  for (const auto& frame : *read) {
    HM_CHECK(reader.Feed(hullmark::model::WriteFrame(frame)),
             "every frame is one that may be submitted");
  }
  HM_CHECK(reader.Finish(), "every frame has its end");
  return 0;
}
