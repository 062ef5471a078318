// SPDX-License-Identifier: Apache-2.0
#include "base/net/redirect.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hullmark::net {
namespace {

bool IsSafeElsewhere(std::string_view name) {
  constexpr std::array<std::string_view, 6> kSafe = {
      "Accept", "Accept-Encoding", "User-Agent", "Range", "If-None-Match", "If-Modified-Since"};
  return std::ranges::any_of(kSafe, [&](auto safe) { return EqualsIgnoreCase(safe, name); });
}

bool IsAboutBody(std::string_view name) {
  return name.size() > 8 && EqualsIgnoreCase(name.substr(0, 8), "content-");
}

}  // namespace

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<std::optional<HttpRequest>> FollowRedirect(const HttpRequest& request,
                                                  const HttpResponse& response) {
  const std::string* location = response.headers.Find("Location");
  if (!IsRedirect(response.status) || location == nullptr || request.max_redirects <= 0 ||
      !request.unix_socket.empty()) {
    return std::nullopt;
  }
  const Url from = HM_TRY(Url::Parse(request.url));
  const Result<Url> to = ResolveUrl(from, *location);
  const auto refuse = [&](std::string_view why) {
    return Fail(Errc::kUnavailable, Cat({"redirect of ", from.Authority(), ": ", why}));
  };
  if (!to) return refuse(to.error().message());
  if (from.scheme == "https" && to->scheme != "https") {
    return refuse(Cat({"leaves https for ", to->Authority()}));
  }
  const bool same = from.scheme == to->scheme && from.Authority() == to->Authority();
  HttpRequest next = request;
  next.url = to->ToString();
  --next.max_redirects;
  const bool drop_body =
      response.status <= 303 && request.method != "GET" && request.method != "HEAD";
  if (drop_body) {  // RFC 9110 §15.4: what browsers have always done
    next.method = "GET";
    next.body.clear();
  }
  if (!same && !next.body.empty()) {
    return refuse(Cat({"would send the body on to ", to->Authority()}));
  }
  next.headers = {};
  for (const auto& [name, value] : request.headers) {
    if (drop_body && IsAboutBody(name)) continue;
    if (same || IsSafeElsewhere(name)) next.headers.Add(name, value);
  }
  return next;
}

}  // namespace hullmark::net
