// SPDX-License-Identifier: Apache-2.0
#include "core/model/frame.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/codec/json.h"
#include "base/text.h"
#include "core/model/schema.h"

namespace hullmark::model {
namespace {

using codec::Json;

std::unexpected<Error> Refuse(std::string_view path, std::string_view what) {
  return Fail(Errc::kInputRefused, Cat({path, ": ", what}));
}

// "unknown member "knd"; did you mean "kind"?": the nearest of `known`, else all of them.
std::string Unknown(std::string_view what, std::string_view word,
                    std::span<const std::string_view> known) {
  std::string out = Cat({"unknown ", what, " ", Quote(word)});
  constexpr std::size_t kLongestGuess = 64;  // guessing costs the product of both lengths
  if (const auto nearest = word.size() <= kLongestGuess ? Nearest(word, known) : std::nullopt) {
    return Cat({out, "; did you mean ", Quote(*nearest), "?"});
  }
  if (known.size() > 24) return out + "; see the schema";
  out += "; it is one of";
  for (const std::string_view name : known) out += Cat({" ", name});
  return out;
}

template <class Infos>
std::vector<std::string_view> NamesOf(const Infos& infos) {
  std::vector<std::string_view> names;
  for (const auto& info : infos) names.push_back(info.name);
  return names;
}

// An object whose members are all known and of which `required` are there.
Status CheckMembers(const std::string& path, Json object, std::span<const std::string_view> known,
                    std::size_t required) {
  if (!object.IsObject()) return Refuse(path, "not an object; write {…}");
  std::string stranger;
  object.ForEachMember([&](std::string_view key, Json) {
    if (stranger.empty() && std::ranges::find(known, key) == known.end()) stranger = Quote(key);
    // Quoted, so that an empty name counts as well.
  });
  if (!stranger.empty()) {
    return Refuse(
        path, Unknown("member", std::string_view(stranger).substr(1, stranger.size() - 2), known));
  }
  for (const std::string_view name : known.first(required)) {
    if (object[name].missing())
      return Refuse(path, Cat({"member ", Quote(name), " is missing; add it"}));
  }
  return {};
}

Result<std::string> ReadString(const std::string& path, Json value) {
  const auto text = value.String();
  if (!text) return Refuse(path, "not a string; write it in quotes");
  return std::string(*text);
}

Result<std::vector<std::string>> ReadStrings(const std::string& path, Json value) {
  if (!value.IsArray()) return Refuse(path, "not a list; write [\"…\"]");
  std::vector<std::string> out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string item = HM_TRY(ReadString(Cat({path, "[", std::to_string(i), "]"}), value.At(i)));
    out.push_back(std::move(item));
  }
  return out;
}

Result<Timestamp> ReadTime(const std::string& path, Json value) {
  const std::string text = HM_TRY(ReadString(path, value));
  const auto time = Timestamp::Parse(text);
  if (!time)
    return Refuse(path, Cat({Quote(text), " is not a time; write it as 2026-11-21T10:00:00Z"}));
  return *time;
}

Result<EntityKind> ReadKind(const std::string& path, Json value) {
  const std::string name = HM_TRY(ReadString(path, value));
  const auto kind = KindByName(name);
  if (!kind) return Refuse(path, Unknown("kind", name, NamesOf(Kinds())));
  return *kind;
}

Result<EntityRef> ReadRef(const std::string& path, Json value) {
  constexpr std::string_view kMembers[] = {"kind", "key"};
  HM_TRY(CheckMembers(path, value, kMembers, 2));
  EntityRef ref;
  ref.kind = HM_TRY(ReadKind(path + ".kind", value["kind"]));
  ref.key = HM_TRY(ReadString(path + ".key", value["key"]));
  return ref;
}

Result<Value> ReadValue(const std::string& path, const PropertyInfo& info, Json value) {
  switch (info.type) {
    case ValueType::kString: {
      std::string text = HM_TRY(ReadString(path, value));
      return Value(std::move(text));
    }
    case ValueType::kInt: {
      const auto number = value.Int();
      if (!number) return Refuse(path, "not an integer; write a number of at most 64 bits");
      return Value(*number);
    }
    case ValueType::kBool: {
      const auto flag = value.Bool();
      if (!flag) return Refuse(path, "not a flag; write true or false");
      return Value(*flag);
    }
    case ValueType::kTime: {
      const Timestamp time = HM_TRY(ReadTime(path, value));
      return Value(time);
    }
    case ValueType::kStrings: {
      std::vector<std::string> texts = HM_TRY(ReadStrings(path, value));
      return Value(std::move(texts));
    }
  }
  return Fail(Errc::kInternal, "a property type without a reader");
}

Status ReadProperties(const std::string& path, Json object, PropertyMap& out) {
  if (object.missing()) return {};
  if (!object.IsObject()) return Refuse(path, "not an object; write {…}");
  Status status;
  object.ForEachMember([&](std::string_view name, Json value) {
    if (!status) return;
    const auto id = PropertyByName(name);
    if (!id) {
      status = Refuse(path, Unknown("property", name, NamesOf(Properties())));
      return;
    }
    auto read = ReadValue(Cat({path, "[\"", name, "\"]"}), InfoOf(*id), value);
    if (read) {
      out.Set(*id, *std::move(read));
    } else {
      status = std::unexpected(std::move(read).error());
    }
  });
  return status;
}

Result<EntityRecord> ReadEntity(Json value) {
  constexpr std::string_view kMembers[] = {"kind", "key", "names", "properties"};
  HM_TRY(CheckMembers("$.entity", value, kMembers, 2));
  EntityRecord entity;
  entity.kind = HM_TRY(ReadKind("$.entity.kind", value["kind"]));
  entity.key = HM_TRY(ReadString("$.entity.key", value["key"]));
  if (!value["names"].missing()) {
    entity.names = HM_TRY(ReadStrings("$.entity.names", value["names"]));
  }
  HM_TRY(ReadProperties("$.entity.properties", value["properties"], entity.properties));
  return entity;
}

Result<EdgeRecord> ReadEdge(Json value) {
  constexpr std::string_view kMembers[] = {"kind", "from", "to", "qualifier", "properties"};
  HM_TRY(CheckMembers("$.edge", value, kMembers, 3));
  EdgeRecord edge;
  const std::string name = HM_TRY(ReadString("$.edge.kind", value["kind"]));
  const auto kind = EdgeByName(name);
  if (!kind) return Refuse("$.edge.kind", Unknown("edge", name, NamesOf(Edges())));
  edge.kind = *kind;
  edge.from = HM_TRY(ReadRef("$.edge.from", value["from"]));
  edge.to = HM_TRY(ReadRef("$.edge.to", value["to"]));
  if (!value["qualifier"].missing()) {
    edge.qualifier = HM_TRY(ReadString("$.edge.qualifier", value["qualifier"]));
  }
  HM_TRY(ReadProperties("$.edge.properties", value["properties"], edge.properties));
  return edge;
}

Result<std::uint64_t> ReadCount(const std::string& path, Json value) {
  const auto number = value.Int();
  if (!number || *number < 0) return Refuse(path, "not a count; write an integer of 0 or more");
  return static_cast<std::uint64_t>(*number);
}

Result<FrameHeader> ReadHeader(Json value) {
  constexpr std::string_view kMembers[] = {"version",  "source",      "source_kind", "extent",
                                           "sequence", "observed_at", "complete"};
  HM_TRY(CheckMembers("$.begin", value, kMembers, std::size(kMembers)));
  if (value["version"].Int() != std::optional<std::int64_t>(kObservationVersion)) {
    return Refuse("$.begin.version", Cat({"not a version this program reads; write ",
                                          std::to_string(kObservationVersion)}));
  }
  FrameHeader header;
  header.source = HM_TRY(ReadString("$.begin.source", value["source"]));
  const std::string kind_name = HM_TRY(ReadString("$.begin.source_kind", value["source_kind"]));
  const auto kind = SourceKindByName(kind_name);
  if (!kind) {
    return Refuse("$.begin.source_kind",
                  Unknown("kind of source", kind_name, NamesOf(SourceKinds())));
  }
  header.source_kind = *kind;
  header.extent = HM_TRY(ReadString("$.begin.extent", value["extent"]));
  header.sequence = HM_TRY(ReadCount("$.begin.sequence", value["sequence"]));
  header.observed_at = HM_TRY(ReadTime("$.begin.observed_at", value["observed_at"]));
  const auto complete = value["complete"].Bool();
  if (!complete) return Refuse("$.begin.complete", "not a flag; write true or false");
  header.complete = *complete;
  return header;
}

enum class LineKind : std::uint8_t { kBegin, kEntity, kEdge, kUnchanged, kEnd };
constexpr std::string_view kLineNames[] = {"begin", "entity", "edge", "unchanged", "end"};

struct Line {
  LineKind kind;
  Json body;
};

// Every line is an object of one member, which says what it is.
Result<Line> ReadLineKind(Json root) {
  HM_TRY(CheckMembers("$", root, kLineNames, 0));
  if (root.size() != 1) {
    return Refuse("$", Cat({std::to_string(root.size()),
                            " members; write exactly one of begin, "
                            "entity, edge, unchanged, end"}));
  }
  for (std::size_t i = 0; i < std::size(kLineNames); ++i) {
    const Json body = root[kLineNames[i]];
    if (!body.missing()) return Line{static_cast<LineKind>(i), body};
  }
  return Fail(Errc::kInternal, "a member was known and is gone");
}

Result<Record> ReadBody(const Line& line) {
  if (line.kind == LineKind::kEntity) {
    EntityRecord entity = HM_TRY(ReadEntity(line.body));
    return Record(std::move(entity));
  }
  if (line.kind == LineKind::kEdge) {
    EdgeRecord edge = HM_TRY(ReadEdge(line.body));
    return Record(std::move(edge));
  }
  EntityRef entity = HM_TRY(ReadRef("$.unchanged", line.body));
  return Record(UnchangedRecord{std::move(entity)});
}

}  // namespace

FrameReader::FrameReader(OnFrame on_frame, ObservationLimits limits)
    : on_frame_(std::move(on_frame)), limits_(limits) {}

Status FrameReader::Feed(std::string_view bytes) {
  if (stopped_) return Fail(Errc::kInputRefused, "the stream was refused already; start a new one");
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (pending_.size() + piece.size() > limits_.max_line_bytes) {
      stopped_ = true;
      return Fail(Errc::kInputRefused,
                  Cat({"record ", std::to_string(line_ + 1), ": longer than ",
                       std::to_string(limits_.max_line_bytes), " bytes; split it up"}));
    }
    if (end == std::string_view::npos) {
      pending_ += piece;
      return {};
    }
    Status status;
    if (pending_.empty()) {
      status = ReadLine(piece);
    } else {
      pending_ += piece;
      status = ReadLine(pending_);
      pending_.clear();
    }
    if (!status) {
      stopped_ = true;
      return status;
    }
    bytes.remove_prefix(end + 1);
  }
  return {};
}

Status FrameReader::Finish() {
  if (stopped_) return Fail(Errc::kInputRefused, "the stream was refused already; start a new one");
  stopped_ = true;
  if (!pending_.empty()) {
    HM_TRY(ReadLine(pending_));
    pending_.clear();
  }
  if (open_) {
    return Fail(Errc::kInputRefused,
                Cat({"record ", std::to_string(line_ + 1),
                     ": the input is over and the frame has no `end`; write {\"end\":{\"count\":",
                     std::to_string(frame_.records.size()), "}} after its last record"}));
  }
  return {};
}

Status FrameReader::ReadLine(std::string_view line) {
  ++line_;
  if (Trim(line).empty()) return {};
  frame_bytes_ += line.size();
  if (Status status = ReadRecord(line); !status) {
    return Fail(std::move(status).error(), Cat({"record ", std::to_string(line_)}));
  }
  return {};
}

Status FrameReader::ReadRecord(std::string_view text) {
  codec::JsonLimits json_limits;
  json_limits.max_bytes = limits_.max_line_bytes;
  json_limits.max_depth = 8;
  auto document = codec::JsonDocument::Parse(text, json_limits);
  if (!document) return Fail(Errc::kInputRefused, document.error().message());
  const Line line = HM_TRY(ReadLineKind(document->root()));

  if (line.kind == LineKind::kBegin) {
    if (open_) return Refuse("$.begin", "the frame before has no `end`; end it first");
    frame_ = {};
    frame_.header = HM_TRY(ReadHeader(line.body));
    HM_TRY(CheckHeader(frame_.header, limits_));
    frame_bytes_ = text.size();
    open_ = true;
    return {};
  }
  if (!open_) {
    return Refuse(Cat({"$.", kLineNames[static_cast<std::size_t>(line.kind)]}),
                  "outside a frame; write a `begin` first");
  }
  if (line.kind == LineKind::kEnd) {
    constexpr std::string_view kMembers[] = {"count"};
    HM_TRY(CheckMembers("$.end", line.body, kMembers, 1));
    const std::uint64_t count = HM_TRY(ReadCount("$.end.count", line.body["count"]));
    if (count != frame_.records.size()) {
      return Refuse(
          "$.end.count",
          Cat({std::to_string(count), ", but the frame has ", std::to_string(frame_.records.size()),
               " records; send those that are missing, or correct the count"}));
    }
    open_ = false;
    return on_frame_(std::exchange(frame_, {}));
  }
  if (frame_.records.size() >= limits_.max_records) {
    return Refuse("$", Cat({"more than ", std::to_string(limits_.max_records),
                            " records in a frame; use smaller extents"}));
  }
  if (frame_bytes_ > limits_.max_frame_bytes) {
    return Refuse("$", Cat({"a frame of more than ", std::to_string(limits_.max_frame_bytes),
                            " bytes; use smaller extents"}));
  }
  Record record = HM_TRY(ReadBody(line));
  HM_TRY(CheckRecord(record, frame_.header.source_kind, limits_));
  frame_.records.push_back(std::move(record));
  return {};
}

}  // namespace hullmark::model
