// SPDX-License-Identifier: Apache-2.0
//
// Evidence of origin, and the level the server computes from it: who speaks, how the digest is
// bound to that speech, and which checks passed (DESIGN.md §3 "Evidence of origin").  No source
// ever sends a level.  Thread-compatible values.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/graph/snapshot.h"

namespace hullmark::origin {

/// Strongest first.
enum class Level : std::uint8_t { kVerified, kReported, kAsserted, kDeclared, kInferred };
std::string_view NameOf(Level level);

struct NamedKey {
  std::string key;
  std::string name;
};

struct Binding {
  std::string push;   ///< "witnessed", "named" or "unconfirmed"
  bool body = false;  ///< whether the token is bound to the report's body
};

/// One thing somebody said that bears on where an image is from.
struct Evidence {
  std::string kind;  ///< "ci-report", "image-labels", …
  Level level = Level::kInferred;
  Binding binding;
  std::string source;
  Timestamp observed_at;
  std::string subject;  ///< the digest that was spoken of
  std::string detail;
  std::string who_could_have_lied;  ///< one sentence
};

/// How an image got another's evidence: DESIGN.md §3, joins of origin.
struct Via {
  std::string rule;  ///< "index-member", "config-digest", "config-fingerprint"
  std::string from;  ///< the digest the evidence is about
  bool layers_checked = false;
};

struct Run {
  std::string id;
  std::int64_t attempt = 0;
  std::string url;
  std::string actor;
  std::string event;
};

/// One candidate answer to "where is this image from": a repository, a commit and a run, with all
/// that speaks for it.
struct Origin {
  std::string image;
  Level level = Level::kInferred;
  std::string how;  ///< "built", "assembled", "republished", "unknown"
  std::string why;  ///< one sentence
  NamedKey repository;
  std::string commit;
  std::string ref;
  std::string pipeline;
  Run run;
  std::string job;
  std::vector<Via> via;
  std::vector<Evidence> evidence;
};

/// The origins of one image, best first; empty when nothing speaks for it.  `person_name`: see
/// Trace.
std::vector<Origin> OriginsOf(const graph::Snapshot& snapshot, model::NodeId image,
                              const std::function<std::string(std::string_view)>& person_name);

}  // namespace hullmark::origin
