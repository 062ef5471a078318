// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a connection: read whole and in pieces they give the same requests and the same refusal,
// and what gets through keeps the promises of ServerRequest.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/net/server/request_reader.h"
#include "base/text.h"

namespace {

using hullmark::net::RequestReader;
using hullmark::net::ServerRequest;

void CheckPromises(const ServerRequest& request) {
  HM_CHECK(request.path.starts_with('/') && !request.path.contains('\0'), "a path is a path");
  HM_CHECK(hullmark::IsValidUtf8(request.path), "a path can be shown");
  for (const std::string_view segment : hullmark::Split(request.path, '/')) {
    HM_CHECK(segment != "." && segment != "..", "no dot segments");
  }
  HM_CHECK(request.headers.All("Host").size() <= 1, "one Host");
  const bool chunked = request.headers.Find("Transfer-Encoding") != nullptr;
  const std::string* length = request.headers.Find("Content-Length");
  HM_CHECK(!chunked || length == nullptr, "one way to tell the body's end");
  HM_CHECK(length == nullptr || hullmark::ParseUint(*length) == request.body.size(), "its length");
}

std::string Read(std::string_view raw, std::size_t step) {
  RequestReader reader({.head_bytes = 2048, .fields = 20, .chunk_head_bytes = 256});
  std::string out;
  for (std::size_t at = 0; at < raw.size(); at += step) {
    reader.Feed(raw.substr(at, step));
    while (true) {
      if (reader.state() == RequestReader::State::kAdmit) {
        reader.Admit(1000);
      } else if (reader.state() == RequestReader::State::kDone) {
        CheckPromises(reader.request());
        const ServerRequest request = reader.Take();
        out += hullmark::Cat({request.method, " ", request.path, " ", request.body, "\n"});
        reader.Next();
      } else {
        break;
      }
    }
    if (reader.state() == RequestReader::State::kRefused) {
      HM_CHECK(hullmark::IsValidUtf8(reader.refusal().what), "a refusal can be shown");
      return out + std::to_string(reader.refusal().status);
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw = hullmark::AsText({data, size});
  const std::string whole = Read(raw, std::max<std::size_t>(size, 1));
  HM_CHECK(Read(raw, 1) == whole && Read(raw, 5) == whole, "pieces make no difference");
  return 0;
}
