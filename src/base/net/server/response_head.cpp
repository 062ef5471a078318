// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/response_head.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>

#include "base/text.h"

namespace hullmark::net {
namespace {

bool IsOurs(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOurs = {"Content-Length", "Transfer-Encoding",
                                                     "Connection", "Date"};
  return std::ranges::any_of(kOurs, [&](auto ours) { return EqualsIgnoreCase(ours, name); });
}

}  // namespace

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::optional<std::string> ResponseHead(const ServerResponse& response, std::string_view date,
                                        bool keep_alive) {
  if (response.status < 200 || response.status > 599) return std::nullopt;
  std::string out;
  out.reserve(256);
  const auto status = static_cast<unsigned>(response.status);
  const boost::beast::string_view reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason.data(), reason.size()).append("\r\nDate: ").append(date).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (!IsSafeField(name, value)) return std::nullopt;
    if (IsOurs(name)) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (HasBody(response.status)) {
    out.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  if (!keep_alive) out.append("Connection: close\r\n");
  out.append("\r\n");
  return out;
}

}  // namespace hullmark::net
