// SPDX-License-Identifier: Apache-2.0
//
// The request target (RFC 9112 §3.2) by Boost.URL: origin form, or absolute form for our own host.
#include <algorithm>
#include <boost/url/decode_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/net/server/request_head.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

constexpr std::size_t kMaxParameters = 256;

Refusal Bad(std::string what) { return {400, std::move(what)}; }

std::string_view View(boost::urls::string_view text) { return {text.data(), text.size()}; }

std::string Decoded(boost::urls::pct_string_view text, bool plus_is_blank) {
  boost::urls::encoding_opts options;
  options.space_as_plus = plus_is_blank;
  const boost::urls::decode_view decoded(text, options);
  return {decoded.begin(), decoded.end()};
}

// Text that later readers may cut short or show wrongly does not get in.
bool IsCleanText(std::string_view text) { return !text.contains('\0') && IsValidUtf8(text); }

std::optional<Refusal> ReadPath(boost::urls::pct_string_view encoded, ServerRequest& request) {
  const std::string_view raw = View(encoded);
  // Our decoded path could not tell it from a separator, and a proxy before us might.
  if (raw.contains("%2F") || raw.contains("%2f")) return Bad("an encoded / in the path");
  request.path = Decoded(encoded, false);
  if (request.path.empty()) request.path = "/";
  if (!request.path.starts_with('/')) return Bad("the path does not start with /");
  if (!IsCleanText(request.path)) return Bad("the path holds NUL or broken UTF-8");
  for (const std::string_view segment : Split(request.path, '/')) {
    if (segment == "." || segment == "..") return Bad("a dot segment in the path");
  }
  return std::nullopt;
}

std::optional<Refusal> ReadQuery(const boost::urls::url_view& url, ServerRequest& request) {
  if (!url.has_query() || url.encoded_query().empty()) return std::nullopt;
  for (const auto& parameter : url.encoded_params()) {
    if (request.query.size() == kMaxParameters) return Bad("more than 256 query parameters");
    std::string key = Decoded(parameter.key, true);
    std::string value = Decoded(parameter.value, true);
    if (!IsCleanText(key) || !IsCleanText(value)) {
      return Bad("the query holds NUL or broken UTF-8");
    }
    request.query.emplace_back(std::move(key), std::move(value));
  }
  return std::nullopt;
}

// RFC 9112 §3.2.2: absolute form must be understood.  Its host must be the one in Host, so that no
// two readers can be told different ones.
std::optional<Refusal> CheckAbsolute(std::string_view target, const ServerRequest& request) {
  const Result<Url> url = Url::Parse(target);
  if (!url) return Bad(Cat({"bad request target ", Quote(target)}));
  const std::string* host = request.headers.Find("Host");
  if (host == nullptr) return std::nullopt;
  const Result<Url> said = Url::Parse(Cat({url->scheme, "://", *host, "/"}));
  if (!said || said->Authority() != url->Authority()) {
    return Bad("the request target and Host name different hosts");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> ReadTarget(std::string_view target, ServerRequest& request) {
  const bool absolute = !target.starts_with('/');
  if (absolute) {
    if (std::optional<Refusal> bad = CheckAbsolute(target, request)) return bad;
  }
  const boost::urls::string_view text(target.data(), target.size());
  const auto url = absolute ? boost::urls::parse_uri(text) : boost::urls::parse_origin_form(text);
  if (!url) return Bad(Cat({"bad request target ", Quote(target)}));
  if (std::optional<Refusal> bad = ReadPath(url->encoded_path(), request)) return bad;
  return ReadQuery(*url, request);
}

}  // namespace hullmark::net
