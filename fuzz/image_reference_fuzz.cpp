// SPDX-License-Identifier: Apache-2.0
//
// A reference that parses is written back in one spelling, which parses to the same.
#include <cstdint>

#include "base/check.h"
#include "base/codec/image_reference.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hullmark::codec::ImageReference;
  const std::string_view text = hullmark::AsText({data, size});
  if (const auto reference = ImageReference::Parse(text)) {
    const std::string written = reference->ToString();
    const auto again = ImageReference::Parse(written);
    HM_CHECK(again.has_value(), "what we write we read");
    HM_CHECK(again->ToString() == written, "there is one spelling");
    HM_CHECK(again->digest == reference->digest, "the digest is kept");
  }
  if (const auto id = hullmark::codec::ParseRuntimeImageId(text)) {
    HM_CHECK(id->repository.empty() || ImageReference::Parse(id->repository).has_value(),
             "the hint is a repository");
  }
  return 0;
}
