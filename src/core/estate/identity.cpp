// SPDX-License-Identifier: Apache-2.0
#include "core/estate/identity.h"

namespace hullmark::estate {

using model::EntityKind;
using model::PropertyId;

KnownKind KindSaid(EntityKind named, model::SourceKind source) {
  if (named == EntityKind::kDigest) return {};
  return {named, source == model::SourceKind::kRegistry ? KindRank::kChecked : KindRank::kNamed};
}

KnownKind LearnKind(KnownKind known, KnownKind said) {
  return said.rank > known.rank ? said : known;
}

bool IsUnresolved(const model::PropertyMap& properties) {
  const model::Value* value = properties.Find(PropertyId::kUnresolved);
  const bool* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  return flag != nullptr && *flag;
}

bool HasAliases(EntityKind kind) { return !model::InfoOf(kind).alias_format.empty(); }

std::optional<model::NodeId> HolderAt(std::span<const Holding> holdings, Timestamp at) {
  const Holding* now = nullptr;     // the newest interval that holds `at`
  const Holding* before = nullptr;  // the last to end by then
  const Holding* after = nullptr;   // the first to begin later
  for (const Holding& holding : holdings) {
    if (holding.from > at) {
      if (after == nullptr || holding.from < after->from) after = &holding;
    } else if (holding.to && *holding.to <= at) {
      if (before == nullptr || *holding.to > *before->to) before = &holding;
    } else if (now == nullptr || holding.from >= now->from) {
      now = &holding;
    }
  }
  if (now != nullptr) return now->entity;
  if (after == nullptr || (before != nullptr && before->entity != after->entity)) {
    return std::nullopt;
  }
  return after->entity;
}

bool IsKeptApart(EntityKind kind, PropertyId property) {
  if (kind != EntityKind::kPerson) return false;
  // A profile's address carries the login.
  return property == PropertyId::kUserName || property == PropertyId::kName ||
         property == PropertyId::kUrl;
}

}  // namespace hullmark::estate
