// SPDX-License-Identifier: Apache-2.0
//
// A document that parses is dumped, and the dump parses to the same dump.
#include <cstdint>

#include "base/check.h"
#include "base/codec/json.h"
#include "base/text.h"

namespace {

std::size_t Walk(hullmark::codec::Json value) {
  std::size_t count = 1 + value.Text().size();
  value.ForEachMember([&](std::string_view key, hullmark::codec::Json member) {
    HM_CHECK(!value[key].missing(), "a member is found by its key");
    count += Walk(member);
  });
  value.ForEachItem([&](hullmark::codec::Json item) { count += Walk(item); });
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hullmark::codec::JsonDocument;
  const auto document = JsonDocument::Parse(hullmark::AsText({data, size}));
  if (!document) {
    HM_CHECK(hullmark::IsValidUtf8(document.error().message()), "a message can be shown");
    return 0;
  }
  Walk(document->root());
  const std::string dumped = document->root().Dump();
  const auto again = JsonDocument::Parse(dumped);
  HM_CHECK(again.has_value() && again->root().Dump() == dumped, "what we write we read");
  return 0;
}
