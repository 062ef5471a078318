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
  const Holding* first = nullptr;
  const Holding* found = nullptr;
  for (const Holding& holding : holdings) {
    if (first == nullptr || holding.from < first->from) first = &holding;
    if (holding.from <= at && (!holding.to || at < *holding.to) &&
        (found == nullptr || found->from <= holding.from)) {
      found = &holding;
    }
  }
  if (found != nullptr) return found->entity;
  if (first != nullptr && at < first->from) return first->entity;
  return std::nullopt;
}

bool IsKeptApart(EntityKind kind, PropertyId property) {
  if (kind != EntityKind::kPerson) return false;
  // A profile's address carries the login.
  return property == PropertyId::kUserName || property == PropertyId::kName ||
         property == PropertyId::kUrl;
}

}  // namespace hullmark::estate
