// SPDX-License-Identifier: Apache-2.0
//
// Values are places on the tape; see tape.h.
#include "base/codec/bulk/bulk_json.h"

#include <utility>

#include "base/check.h"
#include "base/codec/bulk/bulk_parse.h"
#include "base/codec/bulk/tape.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace hullmark::bulk {
namespace {

/// Whether a key can stand behind a dot in a path.
bool IsPlainKey(std::string_view key) {
  for (const char c : key) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return !key.empty() && !(key[0] >= '0' && key[0] <= '9');
}

void AppendStep(std::string& path, std::string_view key) {
  if (IsPlainKey(key)) {
    path += Cat({".", key});
    return;
  }
  path += '[';
  AppendJsonString(path, key);
  path += ']';
}

/// Goes from the container at `index` to its item that is or holds the word `target`, and says so
/// in `path`.
std::size_t StepTowards(const BulkTape& tape, std::size_t index, std::size_t target,
                        std::string& path) {
  const bool object = tape.Is(index, '{');
  std::size_t number = 0;
  for (std::size_t at = index + 1; at < tape.EndOf(index); ++number) {
    const std::size_t value = object ? at + 1 : at;
    const std::size_t next = tape.Next(value);
    if (target < next) {
      if (object) {
        AppendStep(path, tape.StringAt(at));
      } else {
        path += Cat({"[", std::to_string(number), "]"});
      }
      return value;
    }
    at = next;
  }
  HM_CHECK(false, "a value stands inside the container that is searched");
}

/// Requires: depth is bounded, as that of a parsed document is.
void Write(const BulkValue& value, JsonWriter& writer) {
  if (value.IsObject()) {
    writer.BeginObject();
    value.ForEachMember([&](std::string_view key, BulkValue member) {
      writer.Key(key);
      Write(member, writer);
    });
    writer.EndObject();
  } else if (value.IsArray()) {
    writer.BeginArray();
    value.ForEachItem([&](BulkValue item) { Write(item, writer); });
    writer.EndArray();
  } else if (const auto text = value.String()) {
    writer.String(*text);
  } else if (const auto integer = value.Int()) {
    writer.Int(*integer);
  } else if (const auto natural = value.Uint()) {
    writer.Uint(*natural);
  } else if (const auto number = value.Number()) {
    writer.Double(*number);
  } else if (const auto boolean = value.Bool()) {
    writer.Bool(*boolean);
  } else {
    writer.Null();
  }
}

}  // namespace

std::string PathTo(const BulkTape& tape, std::size_t target) {
  std::string path = "$";
  std::size_t at = BulkTape::kRoot;
  while (at != target) at = StepTowards(tape, at, target, path);
  return path;
}

bool BulkValue::IsNull() const { return tape_ && tape_->Is(index_, 'n'); }
bool BulkValue::IsObject() const { return tape_ && tape_->Is(index_, '{'); }
bool BulkValue::IsArray() const { return tape_ && tape_->Is(index_, '['); }
bool BulkValue::IsString() const { return tape_ && tape_->Is(index_, '"'); }
bool BulkValue::IsInt() const { return tape_ && tape_->Is(index_, 'l'); }
bool BulkValue::IsBool() const { return Bool().has_value(); }

BulkValue BulkValue::operator[](std::string_view key) const {
  if (!IsObject()) return {};
  const std::size_t end = tape_->EndOf(index_);
  for (std::size_t at = index_ + 1; at < end; at = tape_->Next(at + 1)) {
    if (tape_->StringAt(at) == key) return {tape_, at + 1};
  }
  return {};
}

BulkValue BulkValue::At(std::size_t index) const {
  if (!IsArray()) return {};
  const std::size_t end = tape_->EndOf(index_);
  for (std::size_t at = index_ + 1; at < end; at = tape_->Next(at)) {
    if (index-- == 0) return {tape_, at};
  }
  return {};
}

std::size_t BulkValue::size() const {
  if (!IsObject() && !IsArray()) return 0;
  const std::size_t count = tape_->CountOf(index_);
  if (count < BulkTape::kCountMax) return count;
  std::size_t exact = 0;  // the tape counts to 2^24 - 1 only
  const std::size_t key = IsObject() ? 1 : 0;
  const std::size_t end = tape_->EndOf(index_);
  for (std::size_t at = index_ + 1; at < end; at = tape_->Next(at + key)) ++exact;
  return exact;
}

std::optional<std::string_view> BulkValue::String() const {
  if (!IsString()) return std::nullopt;
  return tape_->StringAt(index_);
}

std::string_view BulkValue::Text() const { return String().value_or(std::string_view()); }

std::optional<std::int64_t> BulkValue::Int() const {
  if (!IsInt()) return std::nullopt;
  return tape_->NumberAt<std::int64_t>(index_);
}

std::optional<std::uint64_t> BulkValue::Uint() const {
  if (tape_ && tape_->Is(index_, 'u')) return tape_->NumberAt<std::uint64_t>(index_);
  const auto integer = Int();
  if (!integer || *integer < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*integer);
}

std::optional<double> BulkValue::Number() const {
  if (const auto integer = Int()) return static_cast<double>(*integer);
  if (const auto natural = Uint()) return static_cast<double>(*natural);
  if (!tape_) return std::nullopt;
  if (tape_->Is(index_, 'd')) return tape_->NumberAt<double>(index_);
  return std::nullopt;
}

std::optional<bool> BulkValue::Bool() const {
  if (!tape_) return std::nullopt;
  if (tape_->Is(index_, 't')) return true;
  if (tape_->Is(index_, 'f')) return false;
  return std::nullopt;
}

Status BulkValue::TryEachMember(const std::function<Status(std::string_view, BulkValue)>& f) const {
  if (!IsObject()) return {};
  const std::size_t end = tape_->EndOf(index_);
  for (std::size_t at = index_ + 1; at < end; at = tape_->Next(at + 1)) {
    if (Status status = f(tape_->StringAt(at), BulkValue(tape_, at + 1)); !status) return status;
  }
  return {};
}

Status BulkValue::TryEachItem(const std::function<Status(BulkValue)>& f) const {
  if (!IsArray()) return {};
  const std::size_t end = tape_->EndOf(index_);
  for (std::size_t at = index_ + 1; at < end; at = tape_->Next(at)) {
    if (Status status = f(BulkValue(tape_, at)); !status) return status;
  }
  return {};
}

void BulkValue::ForEachMember(const std::function<void(std::string_view, BulkValue)>& f) const {
  if (!IsObject()) return;
  const std::size_t end = tape_->EndOf(index_);
  for (std::size_t at = index_ + 1; at < end; at = tape_->Next(at + 1)) {
    f(tape_->StringAt(at), BulkValue(tape_, at + 1));
  }
}

void BulkValue::ForEachItem(const std::function<void(BulkValue)>& f) const {
  if (!IsArray()) return;
  const std::size_t end = tape_->EndOf(index_);
  for (std::size_t at = index_ + 1; at < end; at = tape_->Next(at)) f(BulkValue(tape_, at));
}

std::string BulkValue::Path() const { return missing() ? "" : PathTo(*tape_, index_); }

std::string BulkValue::Dump() const {
  if (missing()) return "";
  JsonWriter writer;
  Write(*this, writer);
  return writer.Take();
}

Result<BulkDocument> BulkDocument::Parse(std::string bytes, const BulkLimits& limits) {
  std::shared_ptr<const BulkTape> tape = HM_TRY(ParseTape(std::move(bytes), limits));
  return BulkDocument(std::move(tape));
}

BulkValue BulkDocument::root() const { return {tape_.get(), BulkTape::kRoot}; }

}  // namespace hullmark::bulk
