// SPDX-License-Identifier: Apache-2.0
//
// The schema: one table each for kinds, edges, properties and source kinds.  Validation, the
// observation format's documentation, the API's /schema and the explorer are made from it. Property
// names follow OpenTelemetry semantic conventions 1.36 where they exist (vcs.*, cicd.*, k8s.*,
// container.*, oci.*, deployment.environment.name).  Thread-safety: constants.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/model/kinds.h"

namespace hullmark::model {

inline constexpr std::string_view kSemanticConventionsVersion = "1.36.0";

struct KindInfo {
  EntityKind kind;
  std::string_view name;        ///< as in observations and answers: "Image"
  std::string_view display;     ///< for people, plural: "Container images"
  std::string_view key_format;  ///< in words
  std::string_view
      alias_format;  ///< in words; empty: the key is its only name and no alias is taken
};

/// One permitted pair of ends.
struct EdgeEnds {
  EntityKind from;
  EntityKind to;
};

struct EdgeInfo {
  EdgeKind kind;
  std::string_view name;      ///< "PUSHED"
  std::string_view forward;   ///< "pushed"
  std::string_view backward;  ///< "pushed by"
  std::span<const EdgeEnds> ends;
  bool derived;  ///< computed by us: no source may write it
};

struct PropertyInfo {
  PropertyId id;
  std::string_view name;     ///< "oci.config.digest"
  std::string_view display;  ///< "config digest"
  ValueType type;
  bool shared_identifier;  ///< look-up and joins of origin only; never merges entities (DESIGN.md
                           ///< §3)
};

struct SourceKindInfo {
  SourceKind kind;
  std::string_view name;  ///< "registry"
  std::span<const EntityKind> entities;
  std::span<const EdgeKind> edges;
  bool server_only;  ///< made by the server from what it verified: a frame from outside that says
                     ///< so is refused at the door
};

const KindInfo& InfoOf(EntityKind kind);
const EdgeInfo& InfoOf(EdgeKind kind);
const PropertyInfo& InfoOf(PropertyId id);
const SourceKindInfo& InfoOf(SourceKind kind);

std::span<const KindInfo> Kinds();
std::span<const EdgeInfo> Edges();
std::span<const PropertyInfo> Properties();
std::span<const SourceKindInfo> SourceKinds();

std::optional<EntityKind> KindByName(std::string_view name);
std::optional<EdgeKind> EdgeByName(std::string_view name);
std::optional<PropertyId> PropertyByName(std::string_view name);
std::optional<SourceKind> SourceKindByName(std::string_view name);

/// Whether `from` and `to` may be joined by `kind`.  A kDigest end may stand wherever an Image or
/// ImageIndex may.
bool MayConnect(EdgeKind kind, EntityKind from, EntityKind to);
/// What a source may state.  The `from` end of an edge must be a kind it may state, too
/// (CheckRecord).
bool MayWrite(SourceKind source, EntityKind kind);
bool MayWrite(SourceKind source, EdgeKind kind);

/// Kinds that share one space of keys: an image, an index and a digest of unknown kind are all
/// found by `sha256:…`.
enum class KeySpace : std::uint8_t { kDigest, kOwnKind };
inline KeySpace SpaceOf(EntityKind kind) {
  return kind == EntityKind::kDigest || kind == EntityKind::kImage ||
                 kind == EntityKind::kImageIndex
             ? KeySpace::kDigest
             : KeySpace::kOwnKind;
}

}  // namespace hullmark::model
