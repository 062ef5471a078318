// SPDX-License-Identifier: Apache-2.0
//
// URLs (RFC 3986), read strictly: whoever checks a host and whoever connects to it must see the
// same one, so every spelling that readers are known to disagree about is refused.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

constexpr std::size_t kMaxUrl = 8 << 10;
constexpr std::size_t kMaxHost = 253;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::uint16_t DefaultPort(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool IsIpv4(const std::string& host, std::array<std::uint8_t, 4>& bytes) {
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1;
}
bool IsIpv6(const std::string& host, std::array<std::uint8_t, 16>& bytes) {
  return inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

// Resolvers take "127.1", "0x7f.1" and "2130706433" for addresses; other readers take them for
// names.
bool LooksLikeANumber(std::string_view label) {
  if (label.starts_with("0x")) return true;
  return std::ranges::all_of(label, IsDigit);
}

Status CheckHost(const std::string& host) {
  if (host.empty()) return Fail(Errc::kInvalidArgument, "no host");
  if (host.size() > kMaxHost) return Fail(Errc::kInvalidArgument, "host over 253 bytes");
  std::array<std::uint8_t, 4> address{};
  if (IsIpv4(host, address)) return {};
  const bool dot_at_end = host.size() > 1 && host.back() == '.';
  const std::string_view name(host.data(), host.size() - (dot_at_end ? 1 : 0));
  const std::vector<std::string_view> labels = Split(name, '.');
  for (const std::string_view label : labels) {
    const bool good =
        !label.empty() && label.size() <= 63 &&
        std::ranges::all_of(label, [](char c) { return IsAlnum(c) || c == '-' || c == '_'; });
    if (!good) return Fail(Errc::kInvalidArgument, Cat({"host ", Quote(host), " is no name"}));
  }
  if (LooksLikeANumber(labels.back())) {
    return Fail(Errc::kInvalidArgument,
                Cat({"host ", Quote(host), " is neither a name nor a.b.c.d"}));
  }
  return {};
}

// Visible ASCII without what RFC 3986 leaves out; every % starts an octet.
Status CheckPathOrQuery(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool octet = i + 2 < text.size() && IsHex(text[i + 1]) && IsHex(text[i + 2]);
    if (c == '%' && !octet) return Fail(Errc::kInvalidArgument, "% without two hex digits");
    if (c <= ' ' || c > '~' || std::string_view("\"<>\\^`{|}").contains(c)) {
      return Fail(Errc::kInvalidArgument, "a character that must be percent-encoded");
    }
  }
  return {};
}

struct HostAndPort {
  std::string host;
  std::uint16_t port = 0;
};

Result<HostAndPort> ParseAuthority(std::string_view text, std::string_view scheme) {
  if (text.contains('@')) return Fail(Errc::kInvalidArgument, "user names have no place in it");
  HostAndPort out;
  std::string_view port_text;
  bool has_port = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return Fail(Errc::kInvalidArgument, "[ without ]");
    out.host = ToLower(text.substr(1, end - 1));
    std::array<std::uint8_t, 16> address{};
    if (!IsIpv6(out.host, address)) {
      return Fail(Errc::kInvalidArgument, Cat({Quote(out.host), " is no IPv6 address"}));
    }
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return Fail(Errc::kInvalidArgument, "text after ]");
    has_port = !rest.empty();
    if (has_port) port_text = rest.substr(1);
  } else {
    const std::size_t colon = text.find(':');
    has_port = colon != std::string_view::npos;
    out.host = ToLower(text.substr(0, colon));
    if (has_port) port_text = text.substr(colon + 1);
    HM_TRY(CheckHost(out.host));
  }
  out.port = DefaultPort(scheme);
  if (has_port && !port_text.empty()) {  // RFC 3986 §3.2.3: an empty port is the default
    const std::optional<std::uint64_t> port = ParseUint(port_text);
    if (!port || *port == 0 || *port > 65535) {
      return Fail(Errc::kInvalidArgument, Cat({"port ", Quote(port_text), " is not 1 to 65535"}));
    }
    out.port = static_cast<std::uint16_t>(*port);
  }
  return out;
}

// RFC 3986 §5.2.4.
std::string RemoveDotSegments(std::string_view path) {
  std::vector<std::string_view> kept;
  std::vector<std::string_view> segments = Split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "." || segments[i] == "..") {
      if (segments[i] == ".." && !kept.empty()) kept.pop_back();
      if (last) kept.emplace_back();
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  return out.empty() ? "/" : out;
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrl) return Fail(Errc::kInvalidArgument, "over 8 KiB");
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return Fail(Errc::kInvalidArgument, "want http://… or https://…");
  }
  Url url;
  url.scheme = ToLower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return Fail(Errc::kInvalidArgument, "want http://… or https://…");
  }
  text.remove_prefix(scheme_end + 3);
  text = text.substr(0, text.find('#'));  // a fragment is the reader's own
  const std::size_t authority_end = text.find_first_of("/?");
  const HostAndPort at = HM_TRY(ParseAuthority(text.substr(0, authority_end), url.scheme));
  url.host = at.host;
  url.port = at.port;
  const std::string_view rest =
      authority_end == std::string_view::npos ? "" : text.substr(authority_end);
  HM_TRY(CheckPathOrQuery(rest));
  const std::size_t question = rest.find('?');
  url.path = rest.substr(0, question);
  if (url.path.empty()) url.path = "/";
  if (question != std::string_view::npos) url.query = rest.substr(question + 1);
  return url;
}

bool HasScheme(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  return colon != std::string_view::npos && colon < reference.find_first_of("/?#");
}

}  // namespace

Result<Url> Url::Parse(std::string_view text) {
  Result<Url> url = ParseUrl(text);
  if (url) return url;
  // What stands before @ may be a password, and errors go to logs.
  const std::size_t at = text.rfind('@');
  const std::string shown =
      at == std::string_view::npos ? Quote(text) : Quote(Cat({"...", text.substr(at)}));
  return Fail(std::move(url).error(), Cat({"url ", shown}));
}

std::string Url::Authority() const {
  const bool is_v6 = host.contains(':');
  std::string out = is_v6 ? Cat({"[", host, "]"}) : host;
  if (port != DefaultPort(scheme)) out.append(":").append(std::to_string(port));
  return out;
}

std::string Url::ToString() const {
  std::string out = Cat({scheme, "://", Authority(), path});
  if (!query.empty()) out.append("?").append(query);
  return out;
}

bool Url::IsLoopback() const {
  if (host == "localhost") return true;
  std::array<std::uint8_t, 4> v4{};
  if (IsIpv4(host, v4)) return v4[0] == 127;
  std::array<std::uint8_t, 16> v6{};
  if (!IsIpv6(host, v6)) return false;
  return std::all_of(v6.begin(), v6.end() - 1, [](auto byte) { return byte == 0; }) && v6[15] == 1;
}

Result<Url> ResolveUrl(const Url& base, std::string_view reference) {
  if (HasScheme(reference)) return Url::Parse(reference);
  if (reference.starts_with("//")) return Url::Parse(Cat({base.scheme, ":", reference}));
  reference = reference.substr(0, reference.find('#'));
  Url url = base;
  if (reference.empty()) return url;
  const std::size_t question = reference.find('?');
  const std::string_view path = reference.substr(0, question);
  url.query = question == std::string_view::npos ? "" : reference.substr(question + 1);
  if (path.starts_with('/')) {
    url.path = RemoveDotSegments(path);
  } else if (!path.empty()) {
    const std::string_view folder = std::string_view(base.path).substr(0, base.path.rfind('/') + 1);
    url.path = RemoveDotSegments(Cat({folder, path}));
  }
  if (Status good = CheckPathOrQuery(reference); !good) {
    return Fail(std::move(good).error(), Cat({"reference ", Quote(reference)}));
  }
  if (url.ToString().size() > kMaxUrl) return Fail(Errc::kInvalidArgument, "url over 8 KiB");
  return url;
}

}  // namespace hullmark::net
