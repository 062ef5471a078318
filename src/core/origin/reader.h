// SPDX-License-Identifier: Apache-2.0
//
// Reader: the looking up behind Read.  Each Read… method takes one reading of the reference; what
// it finds it adds to the readings, what it does not find it keeps as a reason, shown only when no
// other reading found anything. Thread-compatible.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/image_reference.h"
#include "core/origin/images.h"
#include "core/origin/readings.h"

namespace hullmark::origin {

class Reader {
 public:
  Reader(const graph::Snapshot& snapshot, const ReadingLimits& limits)
      : snapshot_(snapshot), limits_(limits) {}

  void ReadDigest(const std::string& digest);
  /// A tag, `repo:tag@digest` or `repo@digest`, with Docker's defaults.
  void ReadImageReference(const codec::ImageReference& reference, std::string_view text);
  /// `NAMESPACE/NAME`, `CLUSTER/NAMESPACE/NAME` or a pod's key.
  void ReadPod(std::string_view text);
  /// Hex digits: a whole sha, or its beginning.
  void ReadCommit(std::string_view sha);
  void ReadRunUrl(std::string_view url);
  /// Keys and aliases of repositories, commits, runs and jobs, as they stand.  Whether there was
  /// one.
  bool ReadKey(std::string_view text);

  /// Requires: at least one reading was taken.
  Readings Finish();

 private:
  void Match(model::NodeId node, std::string_view by);
  void AddImages(const std::vector<model::NodeId>& images);
  bool AddPushesOf(model::NodeId speaker);
  void AddRun(model::NodeId run, std::string_view by);
  void AddCommit(model::NodeId commit, std::string_view by);
  /// Of a digest that runs and of which nothing else is known.
  bool AddContainersOf(model::NodeId digest);
  bool AddDiffId(const std::string& digest);
  bool ReadTag(const std::string& key);
  bool ReadTagByItsEnd(const std::string& text);
  void NoteMovedTag(const std::string& tag_key, const std::string& digest);
  void Miss(std::string_view kind, std::string_view key, std::string reason, std::string mend);
  bool IsFull() const { return out_.images.size() >= limits_.max_images; }

  const graph::Snapshot& snapshot_;
  const ReadingLimits limits_;
  Readings out_;
  std::vector<UnknownSubject> missed_;
};

}  // namespace hullmark::origin
