// SPDX-License-Identifier: Apache-2.0
//
// Trace: from any reference (tag, digest, pod, commit, run) to the code, run and people it is from,
// with every piece of evidence.  Pure functions over one snapshot.  The JSON form is a promise:
// docs/formats/trace.md.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/graph/snapshot.h"
#include "core/origin/evidence.h"

namespace hullmark::origin {

struct Matched {
  std::string kind;  ///< schema name of the entity's kind
  std::string key;
  std::string by;  ///< which reading of the reference found it: "tag", "manifest digest", "config
                   ///< digest", "pod" …
};

struct UnknownSubject {
  std::string kind;
  std::string key;
  std::string reason;
  std::string mend;
};

struct Conflict {
  std::string image;
  std::vector<NamedKey> repositories;
  std::string why;
};

struct TracedImage {
  std::string digest;
  std::vector<std::string> indexes;
  std::string config_digest;
  std::string platform;
  std::vector<std::string> locations;
};

struct Running {
  std::string image;  ///< the image's digest, or what the node reports where that is not known
  std::string cluster, namespace_name, workload, pod, container;
};

struct Freshness {
  std::string source;
  Timestamp as_of;  ///< of its oldest extent; of its newest where a source only tells of what
                    ///< happened (CI reports)
  bool complete = false;
};

struct TraceAnswer {
  std::string ref;
  Timestamp at;
  std::vector<Freshness> freshness;
  std::vector<Matched> matched;
  std::vector<Origin> origins;
  std::vector<UnknownSubject> unknown;  ///< on the first page
  std::vector<Conflict> conflicts;      ///< on the first page
  std::vector<TracedImage> images;
  std::vector<Running> running;
  std::size_t total = 0;              ///< origins in all, before paging
  std::optional<std::string> cursor;  ///< the next page's, when there is more
};

struct TraceOptions {
  std::size_t limit = 100;           ///< origins, images and running containers on one page, each
  std::string cursor;                ///< of the page before; empty for the first one
  std::size_t max_images = 1'000;    ///< considered in all
  std::size_t max_running = 20'000;  ///< containers considered for each image
};

/// Every reading of an ambiguous reference is answered.  kInvalidArgument when `ref` reads as
/// nothing we know; a reference that reads well and matches nothing gives an answer with `matched`
/// empty and the reason in `unknown`. `person_name` gives the name of a person key, or empty.
Result<TraceAnswer> Trace(const graph::Snapshot& snapshot, std::string_view ref, Timestamp now,
                          const TraceOptions& options,
                          const std::function<std::string(std::string_view)>& person_name);

/// The promised JSON (DESIGN.md §5; docs/formats/trace.md).
std::string ToJson(const TraceAnswer& answer);

}  // namespace hullmark::origin
