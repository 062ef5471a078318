// SPDX-License-Identifier: Apache-2.0
#include "base/codec/image_reference.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hullmark::codec {
namespace {

// The grammar's own limits: 255 for a repository's path, 128 for a tag; a DNS name has at most 253
// characters.
constexpr std::size_t kMaxHost = 253;
constexpr std::size_t kMaxPath = 255;
constexpr std::size_t kMaxTag = 128;
constexpr std::size_t kMaxReference = 1024;

constexpr std::string_view kDefaultHost = "docker.io";
constexpr std::string_view kOldDefaultHost = "index.docker.io";
constexpr std::string_view kDefaultFolder = "library/";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAlphanumeric(char c) { return IsDigit(c) || IsLower(c) || IsUpper(c); }

bool IsPort(std::string_view text) {
  const auto port = ParseUint(text);
  return text.size() <= 5 && port && *port >= 1 && *port <= 65535;
}

bool IsIpv6(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return false;  // where the C function would stop reading
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool IsHostLabel(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

bool IsHost(std::string_view text) {
  if (text.size() > kMaxHost) return false;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || !IsIpv6(text.substr(1, close - 1))) return false;
    const std::string_view rest = text.substr(close + 1);
    return rest.empty() || (rest.starts_with(':') && IsPort(rest.substr(1)));
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && !IsPort(text.substr(colon + 1))) return false;
  return std::ranges::all_of(Split(text.substr(0, colon), '.'), IsHostLabel);
}

// Runs of lower-case letters and digits with `.`, `_`, `__` or any number of `-` between two of
// them.
bool IsPathComponent(std::string_view text) {
  const auto is_word = [](char c) { return IsLower(c) || IsDigit(c); };
  if (text.empty() || !is_word(text.front()) || !is_word(text.back())) return false;
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_word(text[i])) {
      ++i;
      continue;
    }
    const std::size_t end = static_cast<std::size_t>(
        std::find_if(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), is_word) -
        text.begin());
    const std::string_view separator = text.substr(i, end - i);
    if (separator != "." && separator != "_" && separator != "__" &&
        separator.find_first_not_of('-') != std::string_view::npos) {
      return false;
    }
    i = end;
  }
  return true;
}

bool IsTag(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTag && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(
             text, [](char c) { return IsAlphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

// Docker's rule: what stands before the first slash is a host only when no path component could
// look like it.
bool LooksLikeHost(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
}

std::unexpected<Error> Refuse(std::string_view text, std::string_view why) {
  return Fail(Errc::kInvalidArgument, Cat({"image reference ", Quote(text), ": ", why}));
}

}  // namespace

Result<ImageReference> ImageReference::Parse(std::string_view text) {
  if (text.empty()) return Refuse(text, "is empty");
  if (text.size() > kMaxReference) return Refuse(text, "is longer than 1024 bytes");
  if (text.find("://") != std::string_view::npos) return Refuse(text, "has a scheme; leave it out");
  ImageReference reference;
  std::string_view name = text;
  if (const std::size_t at = name.find('@'); at != std::string_view::npos) {
    Result<Digest> digest = Digest::Parse(name.substr(at + 1));
    if (!digest) return Fail(std::move(digest).error(), Cat({"image reference ", Quote(text)}));
    reference.digest = *digest;
    name = name.substr(0, at);
  }
  const std::size_t last_slash = name.rfind('/');
  const std::size_t colon = name.rfind(':');
  if (colon != std::string_view::npos &&
      (last_slash == std::string_view::npos || colon > last_slash)) {
    const std::string_view tag = name.substr(colon + 1);
    if (!IsTag(tag)) {
      return Refuse(text,
                    "the tag wants 1 to 128 letters, digits, `_`, `.` and `-`, and begins with "
                    "none of the last two");
    }
    reference.tag = tag;
    name = name.substr(0, colon);
  }
  std::string_view path = name;
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos && LooksLikeHost(name.substr(0, slash))) {
    const std::string_view host = name.substr(0, slash);
    if (!IsHost(host)) return Refuse(text, Cat({"the host ", Quote(host), " is none"}));
    reference.host =
        ToLower(host);  // names of hosts have no case (RFC 4343); one registry is one entity
    path = name.substr(slash + 1);
  }
  if (reference.host.empty() || reference.host == kOldDefaultHost) reference.host = kDefaultHost;
  if (path.size() > kMaxPath) return Refuse(text, "the repository is longer than 255 bytes");
  if (!std::ranges::all_of(Split(path, '/'), IsPathComponent)) {
    return Refuse(text,
                  "the repository wants lower-case letters and digits, with `/` or single `.`, "
                  "`_`, `__` or `-` between");
  }
  if (Digest::ParseHex(text).has_value() || Digest::Parse(text).has_value()) {
    return Refuse(text, "is an image id or digest, which names no repository");
  }
  const bool official = reference.host == kDefaultHost && path.find('/') == std::string_view::npos;
  reference.path = official ? Cat({kDefaultFolder, path}) : std::string(path);
  return reference;
}

std::string ImageReference::Repository() const { return Cat({host, "/", path}); }

std::string ImageReference::ToString() const {
  std::string out = Repository();
  if (!tag.empty()) out += ":" + tag;
  if (digest) out += "@" + digest->ToString();
  return out;
}

Result<RuntimeImageId> ParseRuntimeImageId(std::string_view text) {
  constexpr std::array<std::string_view, 4> kSchemes = {"docker-pullable://", "docker://",
                                                        "containerd://", "cri-o://"};
  const std::string_view whole = text;
  for (const std::string_view scheme : kSchemes) {
    if (text.starts_with(scheme)) {
      text.remove_prefix(scheme.size());
      break;
    }
  }
  RuntimeImageId id;
  if (text.empty()) return id;
  const std::size_t at = text.rfind('@');
  const std::string_view digest_text = at == std::string_view::npos ? text : text.substr(at + 1);
  if (Result<Digest> digest = Digest::Parse(digest_text); digest) {
    id.digest = *digest;
  } else if (Result<Digest> hex = Digest::ParseHex(text); hex) {
    id.digest = *hex;
    return id;
  }
  if (id.digest && at == std::string_view::npos) return id;
  const Result<ImageReference> reference = ImageReference::Parse(text);
  if (reference && (id.digest || !text.starts_with("sha256:"))) {
    id.repository = reference->Repository();
  } else if (!id.digest) {
    return Fail(Errc::kInputRefused,
                Cat({"image id ", Quote(whole),
                     ": want repository@sha256:…, sha256:… or 64 hex characters"}));
  }
  return id;  // a repository that cannot be read (`<none>`) is no reason to lose the digest
}

}  // namespace hullmark::codec
