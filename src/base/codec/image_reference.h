// SPDX-License-Identifier: Apache-2.0
//
// References to images as people and runtimes write them: distribution's reference grammar
// (distribution-spec "Pulling manifests") with Docker's defaults, and the imageID forms of
// container runtimes. Thread-compatible values.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace hullmark::codec {

struct ImageReference {
  std::string host;  ///< `docker.io` for Docker Hub; with its port
  std::string path;  ///< `library/nginx`
  std::string tag;   ///< empty when absent
  std::optional<Digest> digest;

  /// `nginx` is docker.io/library/nginx; the first component is a host only with a `.`, a `:` or as
  /// `localhost`. The tag is not defaulted.
  static Result<ImageReference> Parse(std::string_view text);

  /// host/path
  std::string Repository() const;
  /// host/path[:tag][@digest]
  std::string ToString() const;
};

/// A container status's imageID (facts of kubelet, containerd, CRI-O and dockershim): any of
/// `repo@sha256:…`, `repo:tag@sha256:…`, bare `sha256:…` or 64 hex characters, each with
/// `docker-pullable://`, `docker://`, `containerd://` or `cri-o://` before it.  Empty text: nothing
/// pulled yet.
struct RuntimeImageId {
  std::optional<Digest> digest;
  std::string
      repository;  ///< a hint only: runtimes pair digests with repositories that never held them
};
Result<RuntimeImageId> ParseRuntimeImageId(std::string_view text);

}  // namespace hullmark::codec
