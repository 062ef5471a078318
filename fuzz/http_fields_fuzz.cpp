// SPDX-License-Identifier: Apache-2.0
//
// What servers answer with and clients follow: challenges, links, locations.  A URL that is taken
// reads the same when written out again, alone and resolved against another.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/net/http.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hullmark::net::Url;
  const std::string_view text = hullmark::AsText({data, size});
  for (const auto& challenge : hullmark::net::ParseChallenges(text)) {
    HM_CHECK(!challenge.scheme.empty(), "a challenge has a scheme");
  }
  const auto check = [](const hullmark::Result<Url>& url) {
    if (!url) return;
    const auto again = Url::Parse(url->ToString());
    HM_CHECK(again && again->ToString() == url->ToString(), "a URL reads as it is written");
    HM_CHECK(again->IsLoopback() == url->IsLoopback(), "and leads to the same place");
  };
  check(Url::Parse(text));
  const Url base = Url::Parse("https://registry.example:5000/v2/a/tags/list?n=1").value();
  check(hullmark::net::ResolveUrl(base, text));
  if (const auto link = hullmark::net::FindLink(text, "next")) {
    check(hullmark::net::ResolveUrl(base, *link));
  }
  return 0;
}
