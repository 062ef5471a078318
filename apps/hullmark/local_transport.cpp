// SPDX-License-Identifier: Apache-2.0
#include "local_transport.h"

#include "base/text.h"

namespace hullmark::app {
namespace {

/// What PercentEncode made, undone.
std::string PercentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto hex = [&](std::size_t at) {
      return at < text.size() ? LowerHexValue(static_cast<char>(text[at] | 0x20)) : -1;
    };
    if (text[i] == '%' && hex(i + 1) >= 0 && hex(i + 2) >= 0) {
      out += static_cast<char>(hex(i + 1) * 16 + hex(i + 2));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

Result<net::HttpResponse> LocalTransport::Send(const net::HttpRequest& request, Deadline,
                                               std::stop_token) {
  const net::Url url = HM_TRY(net::Url::Parse(request.url));
  net::ServerRequest local;
  local.method = request.method;
  local.path = PercentDecode(url.path);
  if (!url.query.empty()) {
    for (const std::string_view pair : Split(url.query, '&')) {
      const std::size_t equals = pair.find('=');
      local.query.emplace_back(
          PercentDecode(pair.substr(0, equals)),
          equals == std::string_view::npos ? "" : PercentDecode(pair.substr(equals + 1)));
    }
  }
  local.headers = request.headers;
  local.body = request.body;
  local.peer = "local";
  net::ServerResponse answered = api_.HandleLocally(local);
  net::HttpResponse response;
  response.status = answered.status;
  response.headers = std::move(answered.headers);
  response.body = std::move(answered.body);
  response.effective_url = request.url;
  return response;
}

}  // namespace hullmark::app
