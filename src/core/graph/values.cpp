// SPDX-License-Identifier: Apache-2.0
//
// The dictionary: hashing by content, and the two lookups.
#include "core/graph/values.h"

#include <algorithm>
#include <functional>
#include <string>

namespace hullmark::graph {
namespace {

std::uint64_t Mix(std::uint64_t hash) {
  // The finaliser of splitmix64 (public domain): integers as they come would cluster in the table.
  hash ^= hash >> 30;
  hash *= 0xbf58476d1ce4e5b9U;
  hash ^= hash >> 27;
  hash *= 0x94d049bb133111ebU;
  return hash ^ (hash >> 31);
}

std::uint32_t Short(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

std::uint64_t HashText(std::string_view text) { return Mix(std::hash<std::string_view>()(text)); }

struct HashValue {
  std::uint64_t operator()(const std::string& text) const { return HashText(text); }
  std::uint64_t operator()(std::int64_t number) const {
    return Mix(static_cast<std::uint64_t>(number) + 1);
  }
  std::uint64_t operator()(bool flag) const { return Mix(flag ? 0xb001U : 0xb000U); }
  std::uint64_t operator()(Timestamp time) const {
    return Mix(static_cast<std::uint64_t>(time.micros) ^ 0x7100000000000000U);
  }
  std::uint64_t operator()(const std::vector<std::string>& list) const {
    std::uint64_t hash = 0x115700U + list.size();
    for (const std::string& text : list) hash = Mix(hash ^ HashText(text));
    return hash;
  }
};

std::uint64_t HashSet(std::span<const Values::Item> items) {
  std::uint64_t hash = items.size();
  for (const Values::Item& item : items) {
    hash = Mix(hash ^ (static_cast<std::uint64_t>(item.id) << 32 | item.value));
  }
  return hash;
}

}  // namespace

GrowingIndex::Table::Table(std::uint32_t size)
    : mask(size - 1), slots(std::make_unique<std::atomic<std::uint64_t>[]>(size)) {}

GrowingIndex::GrowingIndex() {
  tables_.push_back(std::make_unique<Table>(1024));
  table_.store(tables_.back().get(), std::memory_order_release);
}

void GrowingIndex::Put(Table& table, std::uint64_t slot) {
  std::uint32_t i = static_cast<std::uint32_t>(slot >> 32) & table.mask;
  while (table.slots[i].load(std::memory_order_relaxed) != 0) i = (i + 1) & table.mask;
  table.slots[i].store(slot, std::memory_order_release);
}

void GrowingIndex::Insert(std::uint32_t hash, std::uint32_t number) {
  const std::uint32_t size = tables_.back()->mask + 1;
  if ((count_ + 1) * std::uint64_t{8} > size * std::uint64_t{5}) {
    auto larger = std::make_unique<Table>(size * 2);
    for (std::uint32_t i = 0; i < size; ++i) {
      const std::uint64_t slot = tables_.back()->slots[i].load(std::memory_order_relaxed);
      if (slot != 0) Put(*larger, slot);
    }
    tables_.push_back(std::move(larger));
    table_.store(tables_.back().get(), std::memory_order_release);
  }
  Put(*tables_.back(), static_cast<std::uint64_t>(hash) << 32 | number);
  ++count_;
}

Values::Values() {
  values_.Append(std::string());
  sets_.Append(Item{PropertyId{}, 0});
}

std::pair<std::uint32_t, std::uint32_t> Values::Look(std::string_view text) const {
  const std::uint32_t hash = Short(HashText(text));
  return {value_index_.Find(hash, [&](std::uint32_t number) { return Text(number) == text; }),
          hash};
}

std::uint32_t Values::Add(std::uint32_t hash, model::Value&& value) {
  const std::uint32_t number = values_.Append(std::move(value));
  value_index_.Insert(hash, number);
  return number;
}

std::uint32_t Values::InternText(std::string_view text) {
  if (text.empty()) return kEmpty;
  const auto [found, hash] = Look(text);
  return found != 0 ? found : Add(hash, std::string(text));
}

std::uint32_t Values::InternText(std::string&& text) {
  if (text.empty()) return kEmpty;
  const auto [found, hash] = Look(text);
  if (found != 0) return found;
  text.shrink_to_fit();
  return Add(hash, std::move(text));
}

std::uint32_t Values::Intern(model::Value&& value) {
  if (auto* text = std::get_if<std::string>(&value)) return InternText(std::move(*text));
  const std::uint32_t hash = Short(std::visit(HashValue(), value));
  const std::uint32_t found =
      value_index_.Find(hash, [&](std::uint32_t number) { return values_[number] == value; });
  return found != 0 ? found : Add(hash, std::move(value));
}

std::uint32_t Values::InternSet(std::span<const Item> items) {
  if (items.empty()) return kEmpty;
  const std::uint32_t hash = Short(HashSet(items));
  const auto same = [](const Item& a, const Item& b) { return a.id == b.id && a.value == b.value; };
  const std::uint32_t found = set_index_.Find(
      hash, [&](std::uint32_t number) { return std::ranges::equal(Set(number), items, same); });
  if (found != 0) return found;
  const auto [number, run] = sets_.AppendRun(static_cast<std::uint32_t>(items.size()) + 1);
  run[0] = Item{PropertyId{}, static_cast<std::uint32_t>(items.size())};
  std::ranges::copy(items, run + 1);
  set_index_.Insert(hash, number);
  return number;
}

std::string_view Values::Text(std::uint32_t value) const {
  const auto* text = std::get_if<std::string>(&values_[value]);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::span<const Values::Item> Values::Set(std::uint32_t set) const {
  const Item* head = &sets_[set];
  return {head + 1, head->value};
}

std::optional<std::uint32_t> Values::FindText(std::string_view text) const {
  if (text.empty()) return kEmpty;
  const std::uint32_t found = Look(text).first;
  return found == 0 ? std::nullopt : std::optional(found);
}

}  // namespace hullmark::graph
