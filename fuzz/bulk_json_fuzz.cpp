// SPDX-License-Identifier: Apache-2.0
//
// Two readers judge the same text: simdjson behind our walk, and jansson.  What one takes the other
// takes, but for numbers, on whose range they differ; paths lead back to their values; refusals
// have their place.
#include <cstdint>

#include "base/check.h"
#include "base/codec/bulk/bulk_json.h"
#include "base/codec/bulk/flaw.h"
#include "base/codec/json.h"
#include "base/text.h"

namespace {

using hullmark::bulk::BulkValue;

void Walk(BulkValue value, std::size_t depth) {
  if (depth < 3) HM_CHECK(value.Path().starts_with('$'), "a value has a path");
  std::size_t count = 0;
  value.ForEachMember([&](std::string_view key, BulkValue member) {
    ++count;
    if (count < 100) HM_CHECK(value[key].Path() == member.Path(), "a member is found by its key");
    Walk(member, depth + 1);
  });
  value.ForEachItem([&](BulkValue item) {
    ++count;
    Walk(item, depth + 1);
  });
  HM_CHECK(count == value.size(), "as many as it says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hullmark::AsText({data, size});
  const auto bulk = hullmark::bulk::BulkDocument::Parse(std::string(text));
  const auto flaw = hullmark::bulk::FindFlaw(text, hullmark::bulk::BulkLimits().max_depth);
  const auto small = hullmark::codec::JsonDocument::Parse(text);
  if (bulk) {
    HM_CHECK(!flaw, "what parses has no flaw");
    Walk(bulk->root(), 0);
    const auto again = hullmark::bulk::BulkDocument::Parse(bulk->root().Dump());
    HM_CHECK(again.has_value(), "what we write we read");
    if (!small) {
      const std::string& why = small.error().message();
      HM_CHECK(why.find("range") != why.npos || why.find("bytes") != why.npos, why.c_str());
    }
  } else {
    HM_CHECK(hullmark::IsValidUtf8(bulk.error().message()), "a message can be shown");
    const std::string& why = bulk.error().message();
    HM_CHECK(!small || why.find("number") != why.npos, why.c_str());
  }
  if (flaw) HM_CHECK(flaw->offset <= text.size(), "a place is in the text");
  return 0;
}
