// SPDX-License-Identifier: Apache-2.0
//
// For this room's tests: frames in few words, and an estate in a folder of its own.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/scratch_dir.h"
#include "core/estate/prepare.h"
#include "core/estate/sqlite/sqlite_store.h"
#include "core/estate/sqlite/state_test.h"

namespace hullmark::sqlite {

class TestClock final : public Clock {
 public:
  Timestamp Now() const override { return now; }
  Timestamp now = Timestamp::FromSeconds(2'000'000'000);
};

inline Timestamp At(std::int64_t seconds) { return Timestamp::FromSeconds(seconds); }

inline std::string DigestText(int n) {
  std::string hex = std::to_string(n);
  return "sha256:" + std::string(64 - hex.size(), '0') + hex;
}

inline model::PropertyMap Props(
    std::initializer_list<std::pair<model::PropertyId, model::Value>> all) {
  model::PropertyMap out;
  for (const auto& [id, value] : all) out.Set(id, value);
  return out;
}

inline model::EntityRecord Thing(model::EntityKind kind, std::string key,
                                 model::PropertyMap properties = {},
                                 std::vector<std::string> names = {}) {
  return {kind, std::move(key), std::move(names), std::move(properties)};
}

inline model::EdgeRecord Edge(model::EdgeKind kind, model::EntityRef from, model::EntityRef to,
                              std::string qualifier = {}, model::PropertyMap properties = {}) {
  return {kind, std::move(from), std::move(to), std::move(qualifier), std::move(properties)};
}

inline model::Observation Frame(std::string source, model::SourceKind kind, std::string extent,
                                std::uint64_t sequence, Timestamp at, bool complete,
                                std::vector<model::Record> records) {
  return {{std::move(source), kind, std::move(extent), sequence, at, complete}, std::move(records)};
}

inline State CurrentOf(const estate::Store& store) {
  State state;
  const Result<std::uint64_t> read = store.ReadCurrent([&](model::Change&& change) -> Status {
    state.Apply(change);
    return {};
  });
  EXPECT_TRUE(read) << (read ? "" : read.error().message());
  return state;
}

inline State LogOf(const estate::Store& store) {
  State state;
  const Status read = store.ReadLog(0, [&](model::ChangeBatch&& batch) -> Status {
    state.Apply(batch);
    return {};
  });
  EXPECT_TRUE(read) << (read ? "" : read.error().message());
  return state;
}

/// While it lives, scratch folders are in memory where the system has such a place: for tests that
/// open many estates and are not about durability.
class InMemoryScratch {
 public:
  InMemoryScratch() {
    constexpr const char* kMemory = "/dev/shm";
    if (const char* was = std::getenv("TMPDIR")) was_ = was;
    if (access(kMemory, W_OK) == 0) setenv("TMPDIR", kMemory, 1);
  }
  ~InMemoryScratch() {
    if (was_.empty()) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", was_.c_str(), 1);
    }
  }
  InMemoryScratch(const InMemoryScratch&) = delete;
  InMemoryScratch& operator=(const InMemoryScratch&) = delete;

 private:
  std::string was_;
};

/// A store in a folder of its own, with a follower that keeps up.
class EstateTest : public testing::Test {
 protected:
  EstateTest() {
    options_.dir = scratch_.Of("data");
    options_.clock = &clock_;
  }
  void SetUp() override { Open(); }

  void Open() {
    store_.reset();
    Result<std::unique_ptr<estate::Store>> opened = OpenSqliteStore(options_);
    ASSERT_TRUE(opened) << opened.error().message();
    store_ = *std::move(opened);
    followed_ = CurrentOf(*store_);
    store_->Follow([this](const model::ChangeBatch& batch) { followed_.Apply(batch); });
  }
  model::Receipt Take(model::Observation observation) {
    Result<model::Receipt> receipt = store_->Submit(std::move(observation));
    EXPECT_TRUE(receipt) << (receipt ? "" : receipt.error().message());
    return receipt.value_or(model::Receipt{});
  }
  Error Refused(model::Observation observation) {
    const Result<model::Receipt> receipt = store_->Submit(std::move(observation));
    EXPECT_FALSE(receipt);
    return receipt ? Error(Errc::kInternal, "not refused") : receipt.error();
  }
  /// The three views of the estate are one; returns it.
  State Agreed() {
    State current = CurrentOf(*store_);
    EXPECT_EQ(current, LogOf(*store_));
    EXPECT_EQ(current, followed_);
    return current;
  }

  ScratchDir scratch_;
  TestClock clock_;
  SqliteOptions options_;
  State followed_;
  std::unique_ptr<estate::Store> store_;
};

}  // namespace hullmark::sqlite
