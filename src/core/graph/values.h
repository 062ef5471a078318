// SPDX-License-Identifier: Apache-2.0
//
// Values: the graph's dictionary.  Every key, name, qualifier and property value is kept once and
// known by a 4-byte number; so is every set of properties.  Append-only: numbers stay valid,
// addresses stay put. Thread-safety: Intern… by one writer; everything const from any thread at any
// time, without waiting.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/chunked_pool.h"
#include "core/graph/views.h"
#include "core/model/value.h"

namespace hullmark::graph {

/// A hash set of numbers that only grows: one writer inserts, readers search without locks.  What a
/// number stands for is the caller's affair.
class GrowingIndex {
 public:
  GrowingIndex();

  /// The number with this hash for which `is_it` holds, or 0.  Numbers are never 0.
  template <class IsIt>
  std::uint32_t Find(std::uint32_t hash, IsIt&& is_it) const {
    const Table* table = table_.load(std::memory_order_acquire);
    for (std::uint32_t i = hash & table->mask;; i = (i + 1) & table->mask) {
      const std::uint64_t slot = table->slots[i].load(std::memory_order_acquire);
      if (slot == 0) return 0;
      if ((slot >> 32) == hash && is_it(static_cast<std::uint32_t>(slot))) {
        return static_cast<std::uint32_t>(slot);
      }
    }
  }

  /// Requires: Find does not find it.
  void Insert(std::uint32_t hash, std::uint32_t number);

 private:
  struct Table {
    explicit Table(std::uint32_t size);
    std::uint32_t mask;
    std::unique_ptr<std::atomic<std::uint64_t>[]>
        slots;  // high half: the hash; low half: the number
  };
  static void Put(Table& table, std::uint64_t slot);

  std::vector<std::unique_ptr<Table>> tables_;  // outgrown ones stay: a reader may be in one
  std::atomic<const Table*> table_;
  std::uint32_t count_ = 0;
};

class Values {
 public:
  using Item = PropertyView::Item;
  /// The empty text, and the empty set of properties.
  static constexpr std::uint32_t kEmpty = 0;

  Values();

  /// What is new is moved in.
  std::uint32_t Intern(model::Value&& value);
  std::uint32_t InternText(std::string&& text);
  std::uint32_t InternText(std::string_view text);
  std::uint32_t InternText(const char* text) { return InternText(std::string_view(text)); }
  /// Requires: `items` sorted by property.
  std::uint32_t InternSet(std::span<const Item> items);

  const model::Value& operator[](std::uint32_t value) const { return values_[value]; }
  /// Empty when it is not a text.
  std::string_view Text(std::uint32_t value) const;
  std::span<const Item> Set(std::uint32_t set) const;
  std::optional<std::uint32_t> FindText(std::string_view text) const;

  std::uint32_t value_count() const { return values_.size(); }

 private:
  /// The text's number, or 0 and its hash for Add.
  std::pair<std::uint32_t, std::uint32_t> Look(std::string_view text) const;
  std::uint32_t Add(std::uint32_t hash, model::Value&& value);

  ChunkedPool<model::Value> values_;
  ChunkedPool<Item> sets_;  // each set: one item that carries its length, then its items
  GrowingIndex value_index_;
  GrowingIndex set_index_;
};

}  // namespace hullmark::graph
