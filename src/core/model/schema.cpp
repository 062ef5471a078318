// SPDX-License-Identifier: Apache-2.0
#include "core/model/schema.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace hullmark::model {
namespace {

// Tables are in the order of their enumerators, so that a look-up by number is an index.
template <class Table, class Id>
const auto& RowOf(const Table& table, Id id) {
  const auto index = static_cast<std::size_t>(id);
  HM_CHECK(index < table.size(), "a number outside the schema");
  return table[index];
}

constexpr bool IsImageLike(EntityKind kind) {
  return kind == EntityKind::kImage || kind == EntityKind::kImageIndex;
}

bool Fits(EntityKind wanted, EntityKind given) {
  return wanted == given || (given == EntityKind::kDigest && IsImageLike(wanted));
}

// Property names in alphabetical order: observations name properties far more often than anything
// else.
using PropertyIndex = std::array<std::pair<std::string_view, PropertyId>, kPropertyCount>;
const PropertyIndex& PropertiesByName() {
  static const PropertyIndex kIndex = [] {
    PropertyIndex index;
    for (const PropertyInfo& info : Properties()) {
      index[static_cast<std::size_t>(info.id)] = {info.name, info.id};
    }
    std::ranges::sort(index);
    return index;
  }();
  return kIndex;
}

}  // namespace

const KindInfo& InfoOf(EntityKind kind) { return RowOf(Kinds(), kind); }
const EdgeInfo& InfoOf(EdgeKind kind) { return RowOf(Edges(), kind); }
const PropertyInfo& InfoOf(PropertyId id) { return RowOf(Properties(), id); }
const SourceKindInfo& InfoOf(SourceKind kind) { return RowOf(SourceKinds(), kind); }

std::optional<EntityKind> KindByName(std::string_view name) {
  for (const KindInfo& info : Kinds()) {
    if (info.name == name) return info.kind;
  }
  return std::nullopt;
}

std::optional<EdgeKind> EdgeByName(std::string_view name) {
  for (const EdgeInfo& info : Edges()) {
    if (info.name == name) return info.kind;
  }
  return std::nullopt;
}

std::optional<PropertyId> PropertyByName(std::string_view name) {
  const PropertyIndex& index = PropertiesByName();
  const auto at = std::ranges::lower_bound(index, name, {}, &PropertyIndex::value_type::first);
  if (at == index.end() || at->first != name) return std::nullopt;
  return at->second;
}

std::optional<SourceKind> SourceKindByName(std::string_view name) {
  for (const SourceKindInfo& info : SourceKinds()) {
    if (info.name == name) return info.kind;
  }
  return std::nullopt;
}

bool MayConnect(EdgeKind kind, EntityKind from, EntityKind to) {
  return std::ranges::any_of(InfoOf(kind).ends, [&](const EdgeEnds& ends) {
    return Fits(ends.from, from) && Fits(ends.to, to);
  });
}

bool MayWrite(SourceKind source, EntityKind kind) {
  return std::ranges::find(InfoOf(source).entities, kind) != InfoOf(source).entities.end();
}

bool MayWrite(SourceKind source, EdgeKind kind) {
  return std::ranges::find(InfoOf(source).edges, kind) != InfoOf(source).edges.end();
}

}  // namespace hullmark::model
