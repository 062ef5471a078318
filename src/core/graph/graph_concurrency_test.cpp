// SPDX-License-Identifier: Apache-2.0
//
// Readers beside the writer and the folding: every snapshot is whole, and none goes back in time.
// Run under TSan by CI.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/graph/graph.h"

namespace hullmark::graph {
namespace {

constexpr std::uint32_t kBatches = 300;
constexpr std::uint32_t kPerBatch = 20;

/// Batch n adds tags that all carry the number n, and takes back what batch n - 1 stated of node 1.
model::ChangeBatch BatchOf(std::uint32_t n) {
  model::ChangeBatch batch{n, {}};
  const auto add = [&](model::Change change) { batch.changes.push_back(std::move(change)); };
  if (n == 1) {
    add(model::SourceSeen{SourceId{1}, "registry:r", model::SourceKind::kRegistry});
    add(model::EntityAdded{NodeId{1}, EntityKind::kImageRepository, "r/shop"});
  }
  for (std::uint32_t i = 0; i < kPerBatch; ++i) {
    const NodeId tag{2 + (n - 1) * kPerBatch + i};
    add(model::EntityAdded{tag, EntityKind::kTag, fmt::format("r/shop:{}", tag.value)});
    model::PropertyMap properties;
    properties.Set(PropertyId::kName, fmt::format("batch-{}", n));
    add(model::EntityStated{model::StatementId{tag.value}, tag, SourceId{1}, {}, properties});
    add(model::EdgeStated{model::StatementId{tag.value},
                          EdgeKind::kContains,
                          NodeId{1},
                          tag,
                          "",
                          SourceId{1},
                          {},
                          {}});
  }
  model::PropertyMap last;
  last.Set(PropertyId::kName, fmt::format("{}", n));
  constexpr std::uint64_t kFirst = 1 << 20;
  if (n > 1) add(model::EntityUnstated{model::StatementId{kFirst + n - 1}, NodeId{1}});
  add(model::EntityStated{model::StatementId{kFirst + n}, NodeId{1}, SourceId{1}, {}, last});
  return batch;
}

void ReadUntil(const Graph& graph, const std::atomic<bool>& done,
               std::atomic<std::uint64_t>& reads) {
  std::uint64_t last = 0;
  while (!done || last < kBatches) {
    const auto snapshot = graph.Current();
    const std::uint64_t n = snapshot->seq();
    ASSERT_GE(n, last);
    last = n;
    if (n == 0) continue;
    EXPECT_EQ(snapshot->Text(NodeId{1}, PropertyId::kName), fmt::format("{}", n));
    EXPECT_EQ(snapshot->Out(NodeId{1}, EdgeKind::kContains).size(), n * kPerBatch);
    EXPECT_EQ(snapshot->CountOf(EntityKind::kTag), n * kPerBatch);
    EXPECT_EQ(snapshot->NodesOf(EntityKind::kTag).size(), n * kPerBatch);
    const auto newest =
        snapshot->Find(EntityKind::kTag, fmt::format("r/shop:{}", 1 + n * kPerBatch));
    ASSERT_TRUE(newest);
    EXPECT_EQ(snapshot->Text(*newest, PropertyId::kName), fmt::format("batch-{}", n));
    EXPECT_FALSE(snapshot->Find(EntityKind::kTag, fmt::format("r/shop:{}", 2 + n * kPerBatch)));
    ++reads;
  }
}

TEST(GraphConcurrency, ReadersSeeWholeBatchesOnly) {
  Graph graph(GraphOptions{.fold_rows = 500, .fold_part = 4, .merge_rows = 300});
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> reads = 0;
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 2; ++i) readers.emplace_back([&] { ReadUntil(graph, done, reads); });
    for (std::uint32_t n = 1; n <= kBatches; ++n) {
      graph.Apply(BatchOf(n));
      // However busy the machine is, readers get in between.
      const std::uint64_t before = reads;
      while (n % 30 == 1 && reads == before && !HasFailure()) std::this_thread::yield();
    }
    done = true;
  }
  EXPECT_GE(reads, kBatches / 30);
}

}  // namespace
}  // namespace hullmark::graph
