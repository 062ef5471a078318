// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses is walked whole within the limits' budget, and every value knows its place.
#include <cstdint>

#include "base/check.h"
#include "base/codec/yaml.h"
#include "base/text.h"

namespace {

using hullmark::codec::Yaml;

constexpr std::size_t kMaxValues = 20'000;

std::size_t Walk(Yaml value, std::size_t depth) {
  HM_CHECK(depth <= 48 && value.Line() >= 1 && value.Column() >= 1, "bounded, and somewhere");
  std::size_t count = 1;
  value.ForEachMember([&](std::string_view key, Yaml member) {
    HM_CHECK(!value.PlaceOfKey(key).empty(), "a key has a place");
    count += Walk(member, depth + 1);
  });
  value.ForEachItem([&](Yaml item) { count += Walk(item, depth + 1); });
  HM_CHECK(!(value.IsInt() && value.IsString()), "one type");
  return count;
}

}  // namespace

// libfyaml 0.7.12 loses a few kilobytes for each single-quoted scalar with dozens of '' in it.
// Known, and bounded by the text's own size; what our code loses is still found.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __lsan_default_suppressions() { return "leak:libfyaml"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hullmark::codec::YamlLimits limits;
  limits.max_values = kMaxValues;
  limits.max_bytes = 1 << 16;
  const auto stream =
      hullmark::codec::YamlDocument::ParseStream(hullmark::AsText({data, size}), limits);
  if (!stream) {
    HM_CHECK(stream.error().message().starts_with("yaml"), "says what was read");
    return 0;
  }
  std::size_t count = 0;
  for (const hullmark::codec::YamlDocument& document : *stream) count += Walk(document.root(), 0);
  HM_CHECK(count <= kMaxValues, "a walk stays within the budget");
  return 0;
}
