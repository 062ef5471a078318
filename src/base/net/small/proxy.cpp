// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "base/text.h"

namespace hullmark::net {
namespace {

// Address bytes: 4 or 16, none when `text` is no address.
std::vector<std::uint8_t> AddressOf(std::string_view text) {
  const std::string address(text);
  std::vector<std::uint8_t> bytes(16);
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(4);
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return bytes;
  return {};
}

bool IsInBlock(std::span<const std::uint8_t> address, std::string_view block) {
  const std::size_t slash = block.find('/');
  const std::vector<std::uint8_t> base = AddressOf(block.substr(0, slash));
  const std::optional<std::uint64_t> bits = ParseUint(block.substr(slash + 1));
  if (!bits || base.size() != address.size() || *bits > base.size() * 8) return false;
  for (std::size_t i = 0; i < *bits; ++i) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (i % 8));
    if (((base[i / 8] ^ address[i / 8]) & mask) != 0) return false;
  }
  return true;
}

bool Matches(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  const std::vector<std::uint8_t> address = AddressOf(url.host);
  if (entry.contains('/')) return !address.empty() && IsInBlock(address, entry);
  // host:port, [v6]:port, [v6] or v6
  std::string_view port;
  if (entry.starts_with('[')) {
    const std::size_t end = entry.find(']');
    if (end == std::string_view::npos) return false;
    if (entry.substr(end + 1).starts_with(':')) port = entry.substr(end + 2);
    entry = entry.substr(1, end - 1);
  } else if (std::ranges::count(entry, ':') == 1) {
    port = entry.substr(entry.find(':') + 1);
    entry = entry.substr(0, entry.find(':'));
  }
  if (!port.empty() && ParseUint(port) != url.port) return false;
  if (!address.empty()) return address == AddressOf(entry);
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !url.host.ends_with(entry)) return false;
  const std::size_t before = url.host.size() - entry.size();
  return before == 0 || url.host[before - 1] == '.';
}

std::string FirstSet(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return "";
}

int HexValue(char c) {
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return LowerHexValue(c);
}

std::string PercentDecoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool octet = text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
                       HexValue(text[i + 2]) >= 0;
    if (octet) {
      out += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Result<Proxy> ParseProxy(std::string_view text) {
  std::string scheme = "http";
  if (const std::size_t end = text.find("://"); end != std::string_view::npos) {
    scheme = ToLower(text.substr(0, end));
    text.remove_prefix(end + 3);
  }
  if (scheme != "http" && scheme != "https") {
    return Fail(Errc::kUnsupported,
                Cat({"proxy of kind ", Quote(scheme), ": want http://… or https://…"}));
  }
  Proxy proxy;
  // What stands before @ is secret: it is in no message.
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = text.substr(0, at);
    const std::size_t colon = user.find(':');
    const std::string password =
        colon == std::string_view::npos ? "" : PercentDecoded(user.substr(colon + 1));
    const std::string pair = Cat({PercentDecoded(user.substr(0, colon)), ":", password});
    proxy.authorization = Cat({"Basic ", Base64Of(AsBytes(pair))});
    text.remove_prefix(at + 1);
  }
  Result<Url> url = Url::Parse(Cat({scheme, "://", text}));
  if (!url) return Fail(std::move(url).error(), "proxy of the environment");
  proxy.url = *std::move(url);
  return proxy;
}

}  // namespace

std::string ProcessEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool IsListed(std::string_view no_proxy, const Url& url) {
  while (!no_proxy.empty()) {
    const std::size_t end = no_proxy.find_first_of(", \t");
    const std::string entry = ToLower(no_proxy.substr(0, end));
    if (!entry.empty() && Matches(entry, url)) return true;
    if (end == std::string_view::npos) break;
    no_proxy.remove_prefix(end + 1);
  }
  return false;
}

Result<std::optional<Proxy>> ProxyFor(const Url& url, const Environment& environment) {
  if (url.IsLoopback()) return std::nullopt;
  std::string value;
  if (url.scheme == "https") {
    value = FirstSet(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  } else {
    // Where a web server runs us (CGI), HTTP_PROXY is the client's Proxy header (httpoxy).
    const bool cgi = !environment("REQUEST_METHOD").empty();
    value = cgi ? environment("http_proxy") : FirstSet(environment, {"http_proxy", "HTTP_PROXY"});
    if (value.empty()) value = FirstSet(environment, {"all_proxy", "ALL_PROXY"});
  }
  if (value.empty() || IsListed(FirstSet(environment, {"no_proxy", "NO_PROXY"}), url)) {
    return std::nullopt;
  }
  Proxy proxy = HM_TRY(ParseProxy(value));
  return proxy;
}

}  // namespace hullmark::net
