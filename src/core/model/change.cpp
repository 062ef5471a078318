// SPDX-License-Identifier: Apache-2.0
//
// Form of a batch: version byte, number of changes, then each change as its alternative's number
// and its members in the order of the struct.  Numbers are unsigned LEB128 (signed ones zigzag
// first), texts are length and bytes.
#include "core/model/change.h"

#include <limits>

namespace hullmark::model {
namespace {

constexpr char kVersion = 1;

class Writer {
 public:
  Writer() { out_.push_back(kVersion); }

  void Number(std::uint64_t n) {
    while (n >= 0x80) {
      out_.push_back(static_cast<char>((n & 0x7f) | 0x80));
      n >>= 7;
    }
    out_.push_back(static_cast<char>(n));
  }
  void Signed(std::int64_t n) {
    const auto bits = static_cast<std::uint64_t>(n);
    Number((bits << 1) ^ (n < 0 ? ~std::uint64_t{0} : 0));
  }
  void Text(std::string_view text) {
    Number(text.size());
    out_ += text;
  }
  void Write(NodeId id) { Number(id.value); }
  void Write(SourceId id) { Number(id.value); }
  void Write(StatementId id) { Number(id.value); }
  void Write(Timestamp time) { Signed(time.micros); }
  void Write(bool flag) { Number(flag ? 1 : 0); }
  void Write(EntityKind kind) { Number(static_cast<std::uint64_t>(kind)); }
  void Write(EdgeKind kind) { Number(static_cast<std::uint64_t>(kind)); }
  void Write(SourceKind kind) { Number(static_cast<std::uint64_t>(kind)); }
  void Write(const std::string& text) { Text(text); }
  void Write(const Value& value) {
    Number(value.index());
    switch (TypeOf(value)) {
      case ValueType::kString:
        return Text(std::get<std::string>(value));
      case ValueType::kInt:
        return Signed(std::get<std::int64_t>(value));
      case ValueType::kBool:
        return Write(std::get<bool>(value));
      case ValueType::kTime:
        return Write(std::get<Timestamp>(value));
      case ValueType::kStrings: {
        const auto& items = std::get<std::vector<std::string>>(value);
        Number(items.size());
        for (const std::string& item : items) Text(item);
      }
    }
  }
  void Write(const PropertyMap& properties) {
    Number(properties.size());
    for (const auto& [id, value] : properties) {
      Number(static_cast<std::uint64_t>(id));
      Write(value);
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

// Once something is off it stays off and every further read yields zero, so that decoding can be
// written as a list.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {
    if (rest_.empty() || rest_.front() != kVersion) {
      Off("not in a version this program reads");
    } else {
      rest_.remove_prefix(1);
    }
  }

  std::uint64_t Number() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return Off("cut short");
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      const std::uint64_t bits = byte & 0x7fU;
      if (shift == 63 && bits > 1) break;
      n |= bits << shift;
      if (byte < 0x80) return n;
    }
    return Off("a number beyond 64 bits");
  }
  // How many of something follow; each takes a byte at least, so a damaged count cannot ask for
  // memory.
  std::size_t Count() {
    const std::uint64_t n = Number();
    return static_cast<std::size_t>(n > rest_.size() ? Off("cut short") : n);
  }
  template <class Enum>
  void Read(Enum& out, std::uint64_t count)
    requires std::is_enum_v<Enum>
  {
    const std::uint64_t n = Number();
    out = static_cast<Enum>(n < count ? n : Off("a kind this program does not know"));
  }
  void Read(EntityKind& kind) { Read(kind, kEntityKindCount); }
  void Read(EdgeKind& kind) { Read(kind, kEdgeKindCount); }
  void Read(SourceKind& kind) { Read(kind, kSourceKindCount); }
  void Read(NodeId& id) { id.value = Number32(); }
  void Read(SourceId& id) { id.value = Number32(); }
  void Read(StatementId& id) { id.value = Number(); }
  void Read(Timestamp& time) { time.micros = Signed(); }
  void Read(bool& flag) {
    const std::uint64_t n = Number();
    flag = (n <= 1 ? n : Off("a flag that is neither 0 nor 1")) == 1;
  }
  void Read(std::string& text) {
    const std::size_t size = Count();
    text.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  void Read(Value& value) {
    switch (Number()) {
      case 0:
        return Read(value.emplace<std::string>());
      case 1:
        value = Signed();
        return;
      case 2:
        return Read(value.emplace<bool>());
      case 3:
        return Read(value.emplace<Timestamp>());
      case 4: {
        auto& items = value.emplace<std::vector<std::string>>(Count());
        for (std::string& item : items) Read(item);
        return;
      }
      default:
        Off("a value of unknown type");
    }
  }
  void Read(PropertyMap& properties) {
    std::uint64_t least = 0;
    for (std::size_t left = Count(); left > 0 && ok(); --left) {
      const std::uint64_t id = Number();
      if (id < least || id >= kPropertyCount) {
        Off("properties out of order or unknown");
        return;
      }
      least = id + 1;
      Value value;
      Read(value);
      properties.Set(static_cast<PropertyId>(id), std::move(value));
    }
  }

  bool ok() const { return why_ == nullptr; }
  Status Finish() {
    if (ok() && !rest_.empty()) Off("more bytes than it should have");
    if (ok()) return {};
    return Fail(Errc::kDataLoss, std::string("change log entry: ") + why_);
  }

  std::uint64_t Off(const char* why) {
    if (why_ == nullptr) why_ = why;
    rest_ = {};
    return 0;
  }

 private:
  std::int64_t Signed() {
    const std::uint64_t n = Number();
    return static_cast<std::int64_t>((n >> 1) ^ ((n & 1) != 0 ? ~std::uint64_t{0} : 0));
  }
  std::uint32_t Number32() {
    const std::uint64_t n = Number();
    return static_cast<std::uint32_t>(
        n <= std::numeric_limits<std::uint32_t>::max() ? n : Off("an id beyond 32 bits"));
  }

  std::string_view rest_;
  const char* why_ = nullptr;
};

// One list of members per change serves both directions: `f` reads or writes them.
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, SourceSeen>
void Members(C& c, F f) {
  f(c.source, c.name, c.kind);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, ExtentSeen>
void Members(C& c, F f) {
  f(c.source, c.extent, c.as_of, c.complete);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, EntityAdded>
void Members(C& c, F f) {
  f(c.node, c.kind, c.key);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, KindLearned>
void Members(C& c, F f) {
  f(c.node, c.kind);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, Merged>
void Members(C& c, F f) {
  f(c.from, c.into);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, NameChanged>
void Members(C& c, F f) {
  f(c.node, c.name, c.current);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, EntityStated>
void Members(C& c, F f) {
  f(c.statement, c.node, c.source, c.since, c.properties);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, EntityUnstated>
void Members(C& c, F f) {
  f(c.statement, c.node);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, EdgeStated>
void Members(C& c, F f) {
  f(c.statement, c.kind, c.from, c.to, c.qualifier, c.source, c.since, c.properties);
}
template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, EdgeUnstated>
void Members(C& c, F f) {
  f(c.statement, c.kind, c.from, c.to);
}

template <std::size_t kIndex = 0>
void ReadChange(Reader& in, std::uint64_t index, std::vector<Change>& out) {
  if constexpr (kIndex == std::variant_size_v<Change>) {
    in.Off("a change this program does not know");
  } else if (index == kIndex) {
    std::variant_alternative_t<kIndex, Change> change{};
    Members(change, [&](auto&... members) { (in.Read(members), ...); });
    out.emplace_back(std::move(change));
  } else {
    ReadChange<kIndex + 1>(in, index, out);
  }
}

}  // namespace

std::string EncodeChanges(const std::vector<Change>& changes) {
  Writer out;
  out.Number(changes.size());
  for (const Change& change : changes) {
    out.Number(change.index());
    std::visit(
        [&](const auto& c) {
          Members(c, [&](const auto&... members) { (out.Write(members), ...); });
        },
        change);
  }
  return out.Take();
}

Result<std::vector<Change>> DecodeChanges(std::string_view bytes) {
  Reader in(bytes);
  std::vector<Change> changes;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    ReadChange(in, in.Number(), changes);
  }
  HM_TRY(in.Finish());
  return changes;
}

std::string EncodeProperties(const PropertyMap& properties) {
  Writer out;
  out.Write(properties);
  return out.Take();
}

Result<PropertyMap> DecodeProperties(std::string_view bytes) {
  Reader in(bytes);
  PropertyMap properties;
  in.Read(properties);
  HM_TRY(in.Finish());
  return properties;
}

}  // namespace hullmark::model
