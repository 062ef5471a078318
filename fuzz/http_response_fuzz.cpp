// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a server, as the collector reads them: whole and in pieces they give the same response,
// and never more of a body than the limit.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/net/small/response_reader.h"
#include "base/text.h"

namespace {

constexpr std::size_t kMaxBody = 1000;

std::string Read(std::string_view raw, std::size_t step) {
  using hullmark::net::HttpResponse;
  std::string body;
  hullmark::net::ResponseReader reader(
      {.head_bytes = 2048, .body_bytes = kMaxBody, .chunk_head_bytes = 256}, false,
      [&](const HttpResponse&, std::string_view piece) {
        body += piece;
        return true;
      });
  hullmark::Status status;
  for (std::size_t at = 0; at < raw.size() && status && !reader.done(); at += step) {
    status = reader.Feed(raw.substr(at, step));
    HM_CHECK(body.size() <= kMaxBody, "a body keeps to its limit");
  }
  if (status && !reader.done()) status = reader.Finish();
  if (!status) return std::string(hullmark::InfoOf(status.error().code()).name);
  return std::to_string(reader.response().status) + " " + body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw = hullmark::AsText({data, size});
  const std::string whole = Read(raw, std::max<std::size_t>(size, 1));
  HM_CHECK(Read(raw, 1) == whole && Read(raw, 5) == whole, "pieces make no difference");
  return 0;
}
