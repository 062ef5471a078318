// SPDX-License-Identifier: Apache-2.0
//
// Random values of the model that the schema permits, for the laws of this room's tests.
#pragma once
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "core/model/change.h"
#include "core/model/observation.h"
#include "core/model/schema.h"

namespace hullmark::model::arbitrary {

inline std::string Word() {
  static const std::vector<std::string> kPieces = {"a", "shop", "é",  "\"", "\\", "/",
                                                   " ", "漢",   "😀", "#",  "@1"};
  std::string out = "w";
  for (const auto& piece :
       *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces))) {
    out += piece;
  }
  return out;
}

inline std::string Hex(std::size_t size) {
  return *rc::gen::container<std::string>(size,
                                          rc::gen::elementOf(std::string("0123456789abcdef")));
}

inline Timestamp Time() {
  return {*rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000'000)};  // 1970 to 2100
}

inline Value ValueOf(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return Word() + "\n\t";
    case ValueType::kInt:
      return *rc::gen::arbitrary<std::int64_t>();
    case ValueType::kBool:
      return *rc::gen::arbitrary<bool>();
    case ValueType::kTime:
      return Time();
    case ValueType::kStrings:
      break;
  }
  std::vector<std::string> items(*rc::gen::inRange<std::size_t>(0, 4));
  for (std::string& item : items) item = Word();
  return items;
}

inline PropertyMap Properties() {
  PropertyMap out;
  for (int left = *rc::gen::inRange(0, 6); left > 0; --left) {
    const PropertyInfo& info = *rc::gen::elementOf(
        std::vector<PropertyInfo>(model::Properties().begin(), model::Properties().end()));
    out.Set(info.id, ValueOf(info.type));
  }
  return out;
}

inline EntityRef Ref(EntityKind kind) {
  if (SpaceOf(kind) == KeySpace::kDigest) return {kind, "sha256:" + Hex(64)};
  if (kind == EntityKind::kCommit) return {kind, Word() + "@" + Hex(40)};
  return {kind, Word()};
}

template <class T>
T OneOf(std::span<const T> items) {
  return items[*rc::gen::inRange<std::size_t>(0, items.size())];
}

inline Record RecordOf(SourceKind source) {
  const SourceKindInfo& info = InfoOf(source);
  const int what = *rc::gen::inRange(0, 3);
  const EntityRef entity = Ref(OneOf(info.entities));
  if (what == 0) return UnchangedRecord{entity};
  if (what == 1) {
    std::vector<std::string> names;
    if (!InfoOf(entity.kind).alias_format.empty()) names.push_back("host/" + Word());
    return EntityRecord{entity.kind, entity.key, names, Properties()};
  }
  const EdgeKind kind = OneOf(info.edges);
  EdgeEnds ends = OneOf(InfoOf(kind).ends);
  while (!MayWrite(source, ends.from)) ends = OneOf(InfoOf(kind).ends);
  return EdgeRecord{kind, Ref(ends.from), Ref(ends.to), *rc::gen::arbitrary<bool>() ? Word() : "",
                    Properties()};
}

inline Observation Frame() {
  Observation out;
  out.header = {Word(), OneOf(SourceKinds()).kind,
                Word(), *rc::gen::inRange<std::uint64_t>(1, 1'000'000),
                Time(), *rc::gen::arbitrary<bool>()};
  for (int left = *rc::gen::inRange(0, 8); left > 0; --left) {
    out.records.push_back(RecordOf(out.header.source_kind));
  }
  return out;
}

}  // namespace hullmark::model::arbitrary
