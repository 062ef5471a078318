// SPDX-License-Identifier: Apache-2.0
//
// The graph's law: however a stream of changes comes in (loaded, applied in batches of any size,
// folded at any time), every answer equals the one that the plain reading of the stream gives.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/graph/graph.h"
#include "core/graph/reference_test.h"

namespace hullmark::graph {
namespace {

using model::Change;

// Everything is folded and merged every few rows.
constexpr GraphOptions kRestless{.fold_rows = 6, .fold_part = 1000, .merge_rows = 4};
// Nothing is folded.
constexpr GraphOptions kLazy{.fold_rows = 1 << 30, .fold_part = 1, .merge_rows = 1 << 20};

struct Stream {
  std::vector<Change> changes =
      ChangesOf(*rc::gen::scale(5.0, rc::gen::arbitrary<std::vector<Step>>()));
  std::vector<std::uint8_t> cuts = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
  Asked asked = AskAbout(changes);

  std::string Expected() const {
    Reference reference;
    for (const Change& change : changes) reference.Take(change);
    return Describe(reference, asked);
  }
};

/// Applies changes from `first` on, in batches cut as `cuts` says.
void ApplyFrom(Graph& graph, const Stream& stream, std::size_t first, bool settle) {
  std::size_t cut = 0;
  std::uint64_t seq = 100;
  while (first < stream.changes.size()) {
    const std::size_t want = stream.cuts.empty() ? 7 : stream.cuts[cut++ % stream.cuts.size()] % 20;
    const std::size_t size = std::min(want + 1, stream.changes.size() - first);
    model::ChangeBatch batch{++seq, {}};
    for (std::size_t i = first; i < first + size; ++i) batch.changes.push_back(stream.changes[i]);
    graph.Apply(batch);
    if (settle) graph.Settle();
    first += size;
  }
}

RC_GTEST_PROP(GraphLaw, LoadedEqualsThePlainReading, ()) {
  const Stream stream;
  Graph graph;
  for (Change change : stream.changes) graph.Load(std::move(change));
  graph.FinishLoad(7);
  RC_ASSERT(graph.Current()->seq() == 7U);
  RC_ASSERT(Describe(*graph.Current(), stream.asked) == stream.Expected());
}

RC_GTEST_PROP(GraphLaw, AppliedInBatchesEqualsThePlainReading, ()) {
  const Stream stream;
  Graph graph(kLazy);
  ApplyFrom(graph, stream, 0, false);
  RC_ASSERT(Describe(*graph.Current(), stream.asked) == stream.Expected());
}

RC_GTEST_PROP(GraphLaw, FoldsChangeNothing, ()) {
  const Stream stream;
  Graph restless(kRestless);
  ApplyFrom(restless, stream, 0, true);
  RC_ASSERT(Describe(*restless.Current(), stream.asked) == stream.Expected());
}

RC_GTEST_PROP(GraphLaw, FoldsBesideTheWriterChangeNothing, ()) {
  const Stream stream;
  Graph restless(kRestless);
  ApplyFrom(restless, stream, 0, false);
  const std::string during = Describe(*restless.Current(), stream.asked);
  restless.Settle();
  RC_ASSERT(during == stream.Expected());
  RC_ASSERT(Describe(*restless.Current(), stream.asked) == during);
}

RC_GTEST_PROP(GraphLaw, LoadedThenFollowedEqualsThePlainReading, ()) {
  const Stream stream;
  const std::size_t loaded =
      stream.changes.empty() ? 0 : *rc::gen::inRange<std::size_t>(0, stream.changes.size());
  Graph graph(kLazy);
  for (std::size_t i = 0; i < loaded; ++i) graph.Load(Change(stream.changes[i]));
  graph.FinishLoad(1);
  ApplyFrom(graph, stream, loaded, false);
  RC_ASSERT(Describe(*graph.Current(), stream.asked) == stream.Expected());
}

RC_GTEST_PROP(GraphLaw, EarlierSnapshotsStayAsTheyWere, ()) {
  const Stream stream;
  const std::size_t half = stream.changes.size() / 2;
  Graph graph(kRestless);
  Stream first = stream;
  first.changes.resize(half);
  first.asked = AskAbout(first.changes);
  ApplyFrom(graph, first, 0, false);
  const auto earlier = graph.Current();
  ApplyFrom(graph, stream, half, true);
  RC_ASSERT(Describe(*earlier, first.asked) == first.Expected());
}

}  // namespace
}  // namespace hullmark::graph
