// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/request_head.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/text.h"

namespace hullmark::net {
namespace {

Refusal Bad(std::string what) { return {400, std::move(what)}; }

bool IsTokenChar(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").contains(c);
}
bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenChar);
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// RFC 9110 §5.5: visible, blank, tab, or beyond ASCII.
bool IsFieldChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

std::optional<Refusal> CheckFieldLine(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t')) {
    return Bad("a field is folded over two lines: send it on one");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos)
    return Bad(Cat({"field line without a colon: ", Quote(line)}));
  if (!IsToken(line.substr(0, colon))) {
    return Bad(Cat({"bad field name ", Quote(line.substr(0, colon))}));
  }
  if (!std::ranges::all_of(line.substr(colon + 1), IsFieldChar)) {
    return Bad(Cat({"control character in field ", Quote(line.substr(0, colon))}));
  }
  return std::nullopt;
}

std::optional<Refusal> CheckHost(const Headers& headers, int minor_version) {
  const std::vector<std::string_view> hosts = headers.All("Host");
  if (hosts.size() > 1) return Bad("more than one Host");
  if (hosts.empty()) {
    if (minor_version == 0) return std::nullopt;
    return Bad("no Host");
  }
  // The same reader that clients use, so that no two of us see different hosts.
  const bool whole = hosts[0].find_first_of("/?#@\\") == std::string_view::npos;
  if (!whole || !Url::Parse(Cat({"http://", hosts[0], "/"}))) {
    return Bad(Cat({"bad Host ", Quote(hosts[0])}));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> CheckRequestLine(std::string_view line, RequestLine& out) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  const auto bad = [&] { return Bad(Cat({"bad request line ", Quote(line)})); };
  if (first == std::string_view::npos || first == last) return bad();
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(out.method)) return bad();
  const bool visible = std::ranges::all_of(out.target, [](char c) { return c > ' ' && c <= '~'; });
  if (out.target.empty() || !visible) return bad();
  if (version.size() != 8 || !version.starts_with("HTTP/") || !IsDigit(version[5]) ||
      version[6] != '.' || !IsDigit(version[7])) {
    return bad();
  }
  if (version[5] != '1' || version[7] > '1') return Refusal{505, "want HTTP/1.1"};
  out.minor_version = version[7] - '0';
  constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};
  if (std::ranges::find(kMethods, out.method) == kMethods.end()) {
    return Refusal{501, Cat({"method ", Quote(out.method), " is not served"})};
  }
  return std::nullopt;
}

std::optional<Refusal> CheckFieldLines(std::string_view fields, const ReaderLimits& limits) {
  std::size_t count = 0;
  while (!fields.empty()) {
    const std::size_t end = fields.find_first_of("\r\n");
    if (end == std::string_view::npos || fields.substr(end, 2) != "\r\n") {
      return Bad("a line that does not end with CR LF");
    }
    if (std::optional<Refusal> bad = CheckFieldLine(fields.substr(0, end))) return bad;
    if (++count > limits.fields) {
      return Refusal{431, "more than " + std::to_string(limits.fields) + " fields"};
    }
    fields.remove_prefix(end + 2);
  }
  return std::nullopt;
}

std::optional<Refusal> CheckFraming(const Headers& headers, int minor_version) {
  if (std::optional<Refusal> bad = CheckHost(headers, minor_version)) return bad;
  const std::vector<std::string_view> codings = headers.All("Transfer-Encoding");
  const std::vector<std::string_view> lengths = headers.All("Content-Length");
  if (!codings.empty()) {
    if (minor_version == 0) return Bad("Transfer-Encoding in HTTP/1.0");
    if (!lengths.empty()) return Bad("both Transfer-Encoding and Content-Length");
    if (codings.size() > 1 || !EqualsIgnoreCase(codings[0], "chunked")) {
      return Bad("Transfer-Encoding other than chunked");
    }
  }
  if (lengths.size() > 1) return Bad("more than one Content-Length");
  if (!lengths.empty()) {
    // 18 digits are more than any body, and never overflow.
    const bool number =
        !lengths[0].empty() && lengths[0].size() <= 18 && std::ranges::all_of(lengths[0], IsDigit);
    if (!number) return Bad(Cat({"bad Content-Length ", Quote(lengths[0])}));
  }
  for (const std::string_view expectation : headers.All("Expect")) {
    if (!EqualsIgnoreCase(expectation, "100-continue")) {
      return Refusal{417, Cat({"cannot meet Expect: ", Quote(expectation)})};
    }
  }
  return std::nullopt;
}

}  // namespace hullmark::net
