// SPDX-License-Identifier: Apache-2.0
#include "core/model/observation.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "core/model/schema.h"

namespace hullmark::model {
namespace {

std::unexpected<Error> Refuse(std::string_view path, std::string_view what) {
  return Fail(Errc::kInputRefused, Cat({path, ": ", what}));
}

bool HasControlCharacter(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

// Keys, names and qualifiers are compared byte by byte and printed to terminals.
Status CheckWord(std::string_view path, std::string_view word, std::size_t max_bytes) {
  if (word.empty()) return Refuse(path, "empty; give it a value");
  if (word.size() > max_bytes) {
    return Refuse(path, Cat({"longer than ", std::to_string(max_bytes), " bytes; shorten it"}));
  }
  if (!IsValidUtf8(word)) return Refuse(path, "not valid UTF-8; encode it as UTF-8");
  if (HasControlCharacter(word)) {
    return Refuse(path, Cat({Quote(word), " has a control character; leave it out"}));
  }
  return {};
}

bool IsFullSha(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::ranges::all_of(text, [](char c) { return LowerHexValue(c) >= 0; });
}

Status CheckKeyShape(std::string_view path, EntityKind kind, std::string_view key) {
  if (SpaceOf(kind) == KeySpace::kDigest && !Digest::Parse(key)) {
    return Refuse(path, Cat({Quote(key),
                             " is not a digest; write sha256: and 64 lower-case hex characters"}));
  }
  if (kind == EntityKind::kCommit) {
    const std::size_t at = key.rfind('@');
    if (at == std::string_view::npos || at == 0 || !IsFullSha(key.substr(at + 1))) {
      return Refuse(path,
                    Cat({Quote(key),
                         " is not a commit; write <repository key>@<full sha in lower-case hex>"}));
    }
  }
  return {};
}

Status CheckEntityRef(const std::string& path, EntityKind kind, std::string_view key,
                      const ObservationLimits& limits) {
  if (static_cast<std::size_t>(kind) >= kEntityKindCount)
    return Refuse(path + ".kind", "no such kind");
  HM_TRY(CheckWord(path + ".key", key, limits.max_key_bytes));
  return CheckKeyShape(path + ".key", kind, key);
}

// An alias must not look like an id: `github.com#101` given as the name of another repository would
// take its place.
bool LooksLikeId(std::string_view name) {
  return name.substr(0, name.find('/')).find('#') != std::string_view::npos;
}

Status CheckNames(const EntityRecord& entity, const ObservationLimits& limits) {
  const KindInfo& info = InfoOf(entity.kind);
  if (entity.names.empty()) return {};
  if (info.alias_format.empty()) {
    return Refuse("$.entity.names",
                  Cat({info.name, " is named by its key alone; leave `names` out"}));
  }
  if (entity.names.size() > limits.max_names) {
    return Refuse("$.entity.names", Cat({"more than ", std::to_string(limits.max_names),
                                         " names; keep those that still name it"}));
  }
  for (std::size_t i = 0; i < entity.names.size(); ++i) {
    const std::string path = Cat({"$.entity.names[", std::to_string(i), "]"});
    HM_TRY(CheckWord(path, entity.names[i], limits.max_key_bytes));
    if (LooksLikeId(entity.names[i]) && entity.names[i] != entity.key) {
      return Refuse(path, Cat({Quote(entity.names[i]), " has the form of an id; a name is ",
                               info.alias_format}));
    }
  }
  return {};
}

std::string PropertyPath(std::string_view path, PropertyId id) {
  return Cat({path, ".properties[\"", InfoOf(id).name, "\"]"});
}

Status CheckText(std::string_view text) {
  if (!IsValidUtf8(text)) return Fail(Errc::kInputRefused, "not valid UTF-8; encode it as UTF-8");
  if (text.find('\0') != std::string_view::npos) {
    return Fail(Errc::kInputRefused, "has a NUL character; leave it out");
  }
  return {};
}

Status CheckValue(const Value& value, const ObservationLimits& limits) {
  std::size_t bytes = 0;
  if (const auto* text = std::get_if<std::string>(&value)) {
    HM_TRY(CheckText(*text));
    bytes = text->size();
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& item : *texts) {
      HM_TRY(CheckText(item));
      bytes += item.size() + 1;  // so that many empty ones count as well
    }
  }
  if (bytes > limits.max_value_bytes) {
    return Fail(Errc::kInputRefused, Cat({"longer than ", std::to_string(limits.max_value_bytes),
                                          " bytes; leave it out or shorten it"}));
  }
  return {};
}

Status CheckProperties(std::string_view path, const PropertyMap& properties,
                       const ObservationLimits& limits) {
  constexpr std::string_view kTypeNames[] = {"a string", "an integer", "true or false",
                                             "a time as RFC 3339 text", "a list of strings"};
  for (const auto& [id, value] : properties) {
    if (static_cast<std::size_t>(id) >= kPropertyCount) {
      return Refuse(Cat({path, ".properties"}), "a property outside the schema");
    }
    const PropertyInfo& info = InfoOf(id);
    if (TypeOf(value) != info.type) {
      return Refuse(PropertyPath(path, id),
                    Cat({"wrong type; give ", kTypeNames[static_cast<std::size_t>(info.type)]}));
    }
    if (Status status = CheckValue(value, limits); !status) {
      return Fail(std::move(status).error(), PropertyPath(path, id));
    }
  }
  return {};
}

Status Check(const EntityRecord& entity, SourceKind source, const ObservationLimits& limits) {
  HM_TRY(CheckEntityRef("$.entity", entity.kind, entity.key, limits));
  if (!MayWrite(source, entity.kind)) {
    return Refuse("$.entity.kind", Cat({"a source of kind ", InfoOf(source).name, " may not state ",
                                        InfoOf(entity.kind).name, "; leave it out"}));
  }
  HM_TRY(CheckNames(entity, limits));
  return CheckProperties("$.entity", entity.properties, limits);
}

std::string PermittedEnds(const EdgeInfo& info) {
  std::string out;
  for (const EdgeEnds& ends : info.ends) {
    if (!out.empty()) out += ", ";
    out += Cat({InfoOf(ends.from).name, " to ", InfoOf(ends.to).name});
  }
  return out;
}

Status Check(const EdgeRecord& edge, SourceKind source, const ObservationLimits& limits) {
  if (static_cast<std::size_t>(edge.kind) >= kEdgeKindCount)
    return Refuse("$.edge.kind", "no such edge");
  HM_TRY(CheckEntityRef("$.edge.from", edge.from.kind, edge.from.key, limits));
  HM_TRY(CheckEntityRef("$.edge.to", edge.to.kind, edge.to.key, limits));
  const EdgeInfo& info = InfoOf(edge.kind);
  if (info.derived) {
    return Refuse("$.edge.kind", Cat({info.name, " is computed by the server; leave it out"}));
  }
  if (!MayConnect(edge.kind, edge.from.kind, edge.to.kind)) {
    const bool from_ok = std::ranges::any_of(info.ends, [&](const EdgeEnds& ends) {
      return MayConnect(edge.kind, edge.from.kind, ends.to);
    });
    return Refuse(from_ok ? "$.edge.to.kind" : "$.edge.from.kind",
                  Cat({info.name, " may not lead from ", InfoOf(edge.from.kind).name, " to ",
                       InfoOf(edge.to.kind).name, "; it leads from ", PermittedEnds(info)}));
  }
  if (!MayWrite(source, edge.kind) || !MayWrite(source, edge.from.kind)) {
    return Refuse("$.edge.kind",
                  Cat({"a source of kind ", InfoOf(source).name, " may not state ", info.name,
                       " of ", InfoOf(edge.from.kind).name, "; leave it out"}));
  }
  if (!edge.qualifier.empty()) {
    HM_TRY(CheckWord("$.edge.qualifier", edge.qualifier, limits.max_key_bytes));
  }
  return CheckProperties("$.edge", edge.properties, limits);
}

Status Check(const UnchangedRecord& unchanged, SourceKind source, const ObservationLimits& limits) {
  const EntityRef& entity = unchanged.entity;
  HM_TRY(CheckEntityRef("$.unchanged", entity.kind, entity.key, limits));
  if (!MayWrite(source, entity.kind)) {
    return Refuse("$.unchanged.kind",
                  Cat({"a source of kind ", InfoOf(source).name, " may not state ",
                       InfoOf(entity.kind).name, "; leave it out"}));
  }
  return {};
}

}  // namespace

Status CheckRecord(const Record& record, SourceKind source, const ObservationLimits& limits) {
  return std::visit([&](const auto& r) { return Check(r, source, limits); }, record);
}

Status CheckHeader(const FrameHeader& header, const ObservationLimits& limits) {
  HM_TRY(CheckWord("$.begin.source", header.source, limits.max_key_bytes));
  if (static_cast<std::size_t>(header.source_kind) >= kSourceKindCount) {
    return Refuse("$.begin.source_kind", "no such kind of source");
  }
  HM_TRY(CheckWord("$.begin.extent", header.extent, limits.max_key_bytes));
  if (header.sequence == 0) {
    return Refuse("$.begin.sequence", "0; count from 1, one more for each frame of an extent");
  }
  return {};
}

}  // namespace hullmark::model
