// SPDX-License-Identifier: Apache-2.0
//
// LiveEstate: the store and the graph that follows it, as one thing to write to and read from. What
// a submitter was answered for is in the snapshot that Current() gives next.  Thread-safe.
#pragma once
#include <memory>

#include "base/result.h"
#include "core/estate/store.h"
#include "core/graph/graph.h"

namespace hullmark::ingest {

class LiveEstate {
 public:
  /// Loads the present state of `store`, which must outlive this and have no other follower.
  static Result<std::unique_ptr<LiveEstate>> Open(estate::Store& store);

  std::shared_ptr<const graph::Snapshot> Current() const { return graph_.Current(); }
  estate::Store& store() { return store_; }
  const estate::Store& store() const { return store_; }

 private:
  explicit LiveEstate(estate::Store& store) : store_(store) {}

  estate::Store& store_;
  graph::Graph graph_;
};

}  // namespace hullmark::ingest
