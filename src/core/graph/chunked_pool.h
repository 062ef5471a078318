// SPDX-License-Identifier: Apache-2.0
//
// An append-only pool whose elements never move, so that readers of published snapshots may keep
// references while the writer appends.  Chunks double in size; their memory is touched only as it
// fills. Thread-safety: one writer; any thread may read an element whose index it got from
// something published after it.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/check.h"

namespace hullmark::graph {

template <class T>
class ChunkedPool {
 public:
  ChunkedPool() = default;
  ChunkedPool(const ChunkedPool&) = delete;
  ChunkedPool& operator=(const ChunkedPool&) = delete;
  ~ChunkedPool() {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      for (std::uint32_t i = 0; i < size_; ++i) std::destroy_at(At(i));
    }
    for (unsigned c = 0; c < kChunks; ++c) {
      if (chunks_[c] != nullptr) std::allocator<T>().deallocate(chunks_[c], ChunkSize(c));
    }
  }

  std::uint32_t size() const { return size_; }
  const T& operator[](std::uint32_t index) const { return *At(index); }

  template <class... Args>
  std::uint32_t Append(Args&&... args) {
    const std::uint32_t index = Reserve(1);
    std::construct_at(At(index), std::forward<Args>(args)...);
    return index;
  }

  /// `count` neighbouring elements, not yet written; returns the first one's index and address.
  /// Elements may be skipped to keep a run whole, so only plain data can have runs.
  std::pair<std::uint32_t, T*> AppendRun(std::uint32_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::uint32_t index = Reserve(count);
    return {index, At(index)};
  }

 private:
  static constexpr unsigned kFirstBits = 12;
  static constexpr unsigned kChunks = 32 - kFirstBits;
  static constexpr std::size_t ChunkSize(unsigned chunk) {
    return std::size_t{1} << (chunk + kFirstBits);
  }
  static unsigned ChunkOf(std::uint64_t index) {
    return static_cast<unsigned>(std::bit_width(index + ChunkSize(0))) - 1 - kFirstBits;
  }
  static std::uint64_t StartOf(unsigned chunk) { return ChunkSize(chunk) - ChunkSize(0); }

  T* At(std::uint32_t index) const {
    const unsigned chunk = ChunkOf(index);
    return chunks_[chunk] + (index - StartOf(chunk));
  }

  std::uint32_t Reserve(std::uint32_t count) {
    std::uint64_t index = size_;
    unsigned chunk = ChunkOf(index);
    while (index + count > StartOf(chunk) + ChunkSize(chunk)) index = StartOf(++chunk);
    HM_CHECK(chunk < kChunks, "a pool holds fewer than 2^32 elements");
    if (chunks_[chunk] == nullptr) chunks_[chunk] = std::allocator<T>().allocate(ChunkSize(chunk));
    size_ = static_cast<std::uint32_t>(index + count);
    return static_cast<std::uint32_t>(index);
  }

  std::array<T*, kChunks> chunks_{};
  std::uint32_t size_ = 0;
};

}  // namespace hullmark::graph
