// SPDX-License-Identifier: Apache-2.0
#include "core/origin/readings.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "core/origin/reader.h"

namespace hullmark::origin {
namespace {

constexpr std::string_view kForms =
    "want an image (host/path:tag, path@sha256:…), a digest, a pod (namespace/name or "
    "pod:CLUSTER/NAMESPACE/NAME), a "
    "commit or a run's URL";

bool IsHex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return LowerHexValue(c) >= 0; });
}

/// The parsers judge documents; here their words are the caller's own argument.
std::unexpected<Error> Unreadable(const Error& error) {
  return Fail(Errc::kInvalidArgument, error.message());
}

bool IsNameOf(std::string_view text, std::string_view more) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           more.find(c) != std::string_view::npos;
  });
}

/// [CLUSTER/]NAMESPACE/NAME.  A namespace is an RFC 1123 label, a pod's name a subdomain; clusters
/// are called anything (an EKS cluster may go by its ARN, with slashes in it).
bool IsPodPath(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, '/');
  if (parts.size() < 2) return false;
  return IsNameOf(parts[parts.size() - 2], "-") && IsNameOf(parts.back(), "-.") &&
         std::ranges::none_of(parts, &std::string_view::empty);
}

}  // namespace

Result<Readings> Read(const graph::Snapshot& snapshot, std::string_view ref,
                      const ReadingLimits& limits) {
  ref = Trim(ref);
  if (ref.empty()) return Fail(Errc::kInvalidArgument, Cat({"the reference is empty; ", kForms}));
  if (ref.size() > limits.max_bytes) {
    return Fail(Errc::kInvalidArgument,
                Cat({"the reference is longer than ", std::to_string(limits.max_bytes), " bytes"}));
  }
  Reader reader(snapshot, limits);
  constexpr std::string_view kPod = "pod:";
  if (ref.starts_with(kPod)) {
    const std::string_view pod = ref.substr(kPod.size());
    if (!IsPodPath(pod)) {
      return Fail(Errc::kInvalidArgument,
                  Cat({Quote(ref), ": want pod:CLUSTER/NAMESPACE/NAME or pod:NAMESPACE/NAME"}));
    }
    reader.ReadPod(pod);
    return reader.Finish();
  }
  if (const std::size_t scheme = ref.find("://"); scheme != std::string_view::npos) {
    const std::string name = ToLower(ref.substr(0, scheme));
    if (name == "https" || name == "http") {
      // As copied from a browser: the page's query and fragment are not the run's.
      const std::string_view rest = ref.substr(scheme, ref.find_first_of("?#") - scheme);
      reader.ReadRunUrl(Cat({name, rest}));
      return reader.Finish();
    }
  }
  if (ref.starts_with("sha256:")) {
    const auto digest = Digest::Parse(ref);
    if (!digest) return Unreadable(digest.error());
    reader.ReadDigest(digest->ToString());
    return reader.Finish();
  }
  if (ref.find("://") != std::string_view::npos) {
    // As runtimes write it: docker-pullable://repo@sha256:…
    const auto id = codec::ParseRuntimeImageId(ref);
    if (!id) return Unreadable(id.error());
    if (!id->digest) return Fail(Errc::kInvalidArgument, Cat({Quote(ref), " names no digest"}));
    reader.ReadDigest(id->digest->ToString());
    return reader.Finish();
  }

  bool readable = false;
  constexpr std::size_t kShortestPrefix = 7;
  if (IsHex(ref) && ref.size() == 64) {
    readable = true;
    reader.ReadDigest(Cat({"sha256:", ref}));
  }
  if (IsHex(ref) && ref.size() >= kShortestPrefix && (ref.size() <= 40 || ref.size() == 64)) {
    readable = true;
    reader.ReadCommit(ref);
  }
  const bool is_key = ref.find('#') != std::string_view::npos;
  if (is_key || ref.find('/') != std::string_view::npos) {
    readable = reader.ReadKey(ref) || is_key || readable;
  }
  if (IsPodPath(ref)) {
    readable = true;
    reader.ReadPod(ref);
  }
  if (const auto reference = codec::ImageReference::Parse(ref)) {
    readable = true;
    reader.ReadImageReference(*reference, ref);
  }
  if (!readable)
    return Fail(Errc::kInvalidArgument, Cat({Quote(ref), " reads as nothing known; ", kForms}));
  return reader.Finish();
}

}  // namespace hullmark::origin
