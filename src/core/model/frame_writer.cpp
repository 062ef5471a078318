// SPDX-License-Identifier: Apache-2.0
//
// The writing half of frame.h.
#include "base/json_writer.h"
#include "core/model/frame.h"
#include "core/model/schema.h"

namespace hullmark::model {
namespace {

void WriteValue(JsonWriter& out, const Value& value) {
  switch (TypeOf(value)) {
    case ValueType::kString:
      out.String(std::get<std::string>(value));
      return;
    case ValueType::kInt:
      out.Int(std::get<std::int64_t>(value));
      return;
    case ValueType::kBool:
      out.Bool(std::get<bool>(value));
      return;
    case ValueType::kTime:
      out.String(std::get<Timestamp>(value).ToString());
      return;
    case ValueType::kStrings:
      out.BeginArray();
      for (const std::string& item : std::get<std::vector<std::string>>(value)) out.String(item);
      out.EndArray();
      return;
  }
}

void WriteProperties(JsonWriter& out, const PropertyMap& properties) {
  if (properties.empty()) return;
  out.Key("properties").BeginObject();
  for (const auto& [id, value] : properties) {
    out.Key(InfoOf(id).name);
    WriteValue(out, value);
  }
  out.EndObject();
}

void WriteRef(JsonWriter& out, std::string_view member, const EntityRef& ref) {
  out.Key(member).BeginObject();
  out.Field("kind", InfoOf(ref.kind).name).Field("key", ref.key);
  out.EndObject();
}

void Write(JsonWriter& out, const EntityRecord& entity) {
  out.Key("entity").BeginObject();
  out.Field("kind", InfoOf(entity.kind).name).Field("key", entity.key);
  if (!entity.names.empty()) {
    out.Key("names").BeginArray();
    for (const std::string& name : entity.names) out.String(name);
    out.EndArray();
  }
  WriteProperties(out, entity.properties);
  out.EndObject();
}

void Write(JsonWriter& out, const EdgeRecord& edge) {
  out.Key("edge").BeginObject();
  out.Field("kind", InfoOf(edge.kind).name);
  WriteRef(out, "from", edge.from);
  WriteRef(out, "to", edge.to);
  if (!edge.qualifier.empty()) out.Field("qualifier", edge.qualifier);
  WriteProperties(out, edge.properties);
  out.EndObject();
}

void Write(JsonWriter& out, const UnchangedRecord& unchanged) {
  WriteRef(out, "unchanged", unchanged.entity);
}

}  // namespace

std::string WriteRecord(const Record& record) {
  JsonWriter out;
  out.BeginObject();
  std::visit([&](const auto& r) { Write(out, r); }, record);
  out.EndObject();
  return out.Take();
}

std::string WriteFrame(const Observation& observation) {
  const FrameHeader& header = observation.header;
  JsonWriter out;
  out.BeginObject().Key("begin").BeginObject();
  out.Field("version", kObservationVersion);
  out.Field("source", header.source);
  out.Field("source_kind", InfoOf(header.source_kind).name);
  out.Field("extent", header.extent);
  out.Field("sequence", header.sequence);
  out.Field("observed_at", header.observed_at.ToString());
  out.Field("complete", header.complete);
  out.EndObject().EndObject();
  std::string text = out.Take() + "\n";
  for (const Record& record : observation.records) {
    text += WriteRecord(record);
    text += '\n';
  }
  out.BeginObject().Key("end").BeginObject();
  out.Field("count", std::uint64_t{observation.records.size()});
  out.EndObject().EndObject();
  return text + out.Take() + "\n";
}

}  // namespace hullmark::model
