// SPDX-License-Identifier: Apache-2.0
//
// One writer adds layers, one background thread folds them; both publish under a mutex that is held
// only for moments.
#include "core/graph/graph.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/graph/fold.h"
#include "core/graph/handover.h"
#include "core/graph/layers.h"
#include "core/graph/writer.h"

namespace hullmark::graph {
namespace {

using LayerList = std::vector<std::shared_ptr<const Delta>>;

std::size_t RowsOf(const LayerList& layers) {
  std::size_t rows = 0;
  for (const auto& layer : layers) rows += layer->row_count();
  return rows;
}

}  // namespace

class Graph::Impl {
 public:
  explicit Impl(GraphOptions options)
      : options_(options), values_(std::make_shared<Values>()), writer_(values_) {
    state_.base = std::make_shared<const Base>();
    Publish(state_, 0);
    folder_ = std::jthread([this](std::stop_token stop) { FoldLoop(stop); });
  }

  ~Impl() {
    const std::scoped_lock lock(
        mutex_);  // so that the folder is not between its question and its wait
    folder_.request_stop();
    wake_.notify_all();
  }

  void Load(model::Change&& change) {
    if (loading_ == nullptr) {
      loading_ =
          std::make_unique<Handover>([this](model::Change&& one) { writer_.Take(std::move(one)); });
    }
    loading_->Give(std::move(change));
  }

  void FinishLoad(std::uint64_t seq) {
    if (loading_ != nullptr) loading_->Finish();
    loading_.reset();
    Settle();
    // Nobody folds now, and only this thread could ask for it.
    std::shared_ptr<const Base> base = state_.base;
    LayerList layers = state_.fresh;
    layers.push_back(
        std::make_shared<const Delta>(writer_.Seal(Layers(*base, layers), Writer::Ends::kLeftOut)));
    base = std::make_shared<const Base>(Fold(*base, MergeAll(layers), *values_));
    Old old;
    const std::scoped_lock lock(mutex_);
    state_.base = std::move(base);
    state_.fresh.clear();
    old = Publish(state_, seq);
  }

  void Apply(const model::ChangeBatch& batch) {
    for (const model::Change& change : batch.changes) writer_.Take(model::Change(change));
    std::shared_ptr<const Base> base;
    LayerList layers;
    LayerList fresh;
    {
      const std::scoped_lock lock(mutex_);
      base = state_.base;
      layers = state_.folding;
      fresh = state_.fresh;
    }
    layers.insert(layers.end(), fresh.begin(), fresh.end());
    fresh.push_back(
        std::make_shared<const Delta>(writer_.Seal(Layers(*base, layers), Writer::Ends::kSorted)));
    const std::size_t fold_at =
        std::max(options_.fold_rows, base->row_count() / options_.fold_part);
    MergeTail(fresh, std::max(options_.merge_rows, fold_at / 16));
    const bool large = RowsOf(fresh) > fold_at;

    Old old;
    const std::scoped_lock lock(mutex_);
    state_.fresh = std::move(fresh);
    if (large && state_.folding.empty()) {
      state_.folding = std::exchange(state_.fresh, {});
      wake_.notify_all();
    }
    old = Publish(state_, batch.seq);
  }

  std::shared_ptr<const Snapshot> Current() const {
    const std::scoped_lock lock(mutex_);
    return state_.current;
  }

  void Settle() const {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [this] { return state_.folding.empty(); });
  }

 private:
  /// What is replaced is freed after the lock: a base may take long.
  using Old = std::shared_ptr<const Snapshot>;

  struct State {
    std::shared_ptr<const Base> base;
    LayerList folding;  ///< being folded into the next base
    LayerList fresh;    ///< since then; only the writer changes them
    std::shared_ptr<const Snapshot> current;
  };

  /// Requires: the writer's thread.
  Old Publish(State& state, std::uint64_t seq) {
    published_ = {values_, nullptr, {}, writer_.sources(), writer_.totals(), seq};
    return Republish(state);
  }

  /// The last published state over new layers.
  Old Republish(State& state) const {
    Snapshot::Parts parts = published_;
    parts.base = state.base;
    parts.deltas = state.folding;
    parts.deltas.insert(parts.deltas.end(), state.fresh.begin(), state.fresh.end());
    return std::exchange(state.current, std::make_shared<const Snapshot>(std::move(parts)));
  }

  /// Keeps each layer at least twice as large as the next newer one, so that there are few.
  static void MergeTail(LayerList& layers, std::size_t most_rows) {
    while (layers.size() > 1) {
      const Delta& newer = *layers.back();
      const Delta& older = *layers[layers.size() - 2];
      const std::size_t rows = newer.row_count() + older.row_count();
      if (older.row_count() >= 2 * newer.row_count() || rows > most_rows) return;
      auto merged = std::make_shared<const Delta>(Merge(older, newer));
      layers.pop_back();
      layers.back() = std::move(merged);
    }
  }

  void FoldLoop(const std::stop_token& stop) {
    while (true) {
      std::shared_ptr<const Base> base;
      LayerList folding;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stop.stop_requested() || !state_.folding.empty(); });
        if (stop.stop_requested()) return;
        base = state_.base;
        folding = state_.folding;
      }
      auto next = std::make_shared<const Base>(Fold(*base, MergeAll(folding), *values_));
      Old old;
      const std::scoped_lock lock(mutex_);
      state_.base = std::move(next);
      state_.folding.clear();
      old = Republish(state_);
      settled_.notify_all();
    }
  }

  const GraphOptions options_;
  const std::shared_ptr<Values> values_;
  Writer writer_;
  mutable std::mutex mutex_;
  State state_;                // guarded by mutex_
  Snapshot::Parts published_;  // guarded by mutex_; without layers
  std::condition_variable wake_;
  mutable std::condition_variable settled_;
  std::unique_ptr<Handover> loading_;  // between the first Load and FinishLoad
  std::jthread folder_;                // last: it uses all of the above
};

Graph::Graph(GraphOptions options) : impl_(std::make_unique<Impl>(options)) {}
Graph::~Graph() = default;
void Graph::Load(model::Change&& change) { impl_->Load(std::move(change)); }
void Graph::FinishLoad(std::uint64_t seq) { impl_->FinishLoad(seq); }
void Graph::Apply(const model::ChangeBatch& batch) { impl_->Apply(batch); }
std::shared_ptr<const Snapshot> Graph::Current() const { return impl_->Current(); }
void Graph::Settle() const { impl_->Settle(); }

}  // namespace hullmark::graph
