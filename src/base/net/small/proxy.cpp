// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/proxy.h"

#include "base/text.h"

namespace hullmark::net::small {
namespace {

std::string Variable(const Environment& environment, const char* lower, const char* upper) {
  for (const char* name : {lower, upper}) {
    if (name == nullptr) continue;
    if (const char* value = environment(name); value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

bool IsExempt(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  for (std::string_view entry : Split(no_proxy, ',')) {
    entry = Trim(entry);
    if (entry.empty()) continue;
    if (entry == "*") return true;
    if (const std::size_t colon = entry.rfind(':');
        colon != std::string_view::npos && entry.find(':') == colon) {
      if (entry.substr(colon + 1) != std::to_string(port)) continue;
      entry = entry.substr(0, colon);
    }
    const std::string name = ToLower(entry.starts_with('.') ? entry.substr(1) : entry);
    if (host == name) return true;
    if (host.size() > name.size() && host.ends_with(name) &&
        host[host.size() - name.size() - 1] == '.')
      return true;
  }
  return false;
}

Result<std::optional<Proxy>> ProxyFor(const Url& url, const Environment& environment) {
  if (url.IsLoopback()) return std::nullopt;
  std::string text = url.scheme == "https" ? Variable(environment, "https_proxy", "HTTPS_PROXY")
                                           : Variable(environment, "http_proxy", nullptr);
  if (text.empty()) text = Variable(environment, "all_proxy", "ALL_PROXY");
  if (text.empty()) return std::nullopt;
  if (IsExempt(Variable(environment, "no_proxy", "NO_PROXY"), url.host, url.port))
    return std::nullopt;

  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  Proxy proxy;
  const std::size_t start = text.find("://") + 3;
  const std::size_t end = text.find('/', start);
  if (const std::size_t at = text.rfind('@', end); at != std::string::npos && at > start) {
    proxy.authorization =
        "Basic " + Base64Of(AsBytes(std::string_view(text).substr(start, at - start)));
    text.erase(start, at + 1 - start);
  }
  const Result<Url> parsed = Url::Parse(text);
  if (!parsed || parsed->scheme != "http") {
    return Fail(Errc::kInvalidArgument,
                "the proxy variable is no http:// URL; want http://HOST:PORT");
  }
  proxy.host = parsed->host;
  proxy.port = parsed->port;
  return proxy;
}

}  // namespace hullmark::net::small
