// SPDX-License-Identifier: Apache-2.0
//
// A trace: the readings of the reference lead to images; each is judged, described, and looked for
// where things run.
#include "core/origin/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "core/origin/images.h"
#include "core/origin/judgement.h"
#include "core/origin/page.h"
#include "core/origin/readings.h"
#include "core/origin/unknown.h"

namespace hullmark::origin {

using graph::Snapshot;
using model::NodeId;

namespace {

std::vector<Freshness> FreshnessOf(const Snapshot& snapshot) {
  std::vector<Freshness> all;
  for (const graph::SourceIdentity& source : snapshot.SourceList()) {
    // Reports are events, each an extent of its own: they do not grow stale, and the last one tells
    // that they come.
    if (source.kind == model::SourceKind::kCiReport) {
      all.push_back({source.name, snapshot.LastHeardOf(source.source), false});
      continue;
    }
    const graph::SourceFreshness freshness = snapshot.FreshnessOf(source.source);
    all.push_back({source.name, freshness.oldest, freshness.complete});
  }
  std::ranges::sort(all, {}, &Freshness::source);
  return all;
}

/// Images by their digests, which is the order of every list.
using ByDigest = std::map<std::string, NodeId, std::less<>>;

ByDigest Sorted(const Snapshot& snapshot, const std::vector<NodeId>& images) {
  ByDigest sorted;
  for (const NodeId image : images) sorted.emplace(snapshot.KeyOf(image), image);
  return sorted;
}

void AddOrigins(const Snapshot& snapshot, const ByDigest& images, const PersonName& person_name,
                Pager& pager, TraceAnswer& answer) {
  std::vector<Origin> origins;
  std::vector<std::string> keys;
  for (const auto& [digest, image] : images) {
    Judgement judgement = Judge(snapshot, image, person_name);
    for (std::size_t i = 0; i < judgement.origins.size(); ++i) {
      keys.push_back(fmt::format("{}/{:05}", digest, i));
      origins.push_back(std::move(judgement.origins[i]));
    }
    if (!pager.is_first_page()) continue;
    if (judgement.origins.empty()) answer.unknown.push_back(WhyNoOrigin(snapshot, image));
    if (judgement.conflict) answer.conflicts.push_back(*std::move(judgement.conflict));
  }
  answer.total = origins.size();
  const auto [begin, end] = pager.Take(TraceList::kOrigins, keys);
  for (std::size_t i = begin; i < end; ++i) answer.origins.push_back(std::move(origins[i]));
}

void AddImages(const Snapshot& snapshot, const ByDigest& images, Pager& pager,
               TraceAnswer& answer) {
  std::vector<std::string> keys;
  for (const auto& [digest, image] : images) keys.push_back(digest);
  const auto [begin, end] = pager.Take(TraceList::kImages, keys);
  for (std::size_t i = begin; i < end; ++i) {
    answer.images.push_back(DescribeImage(snapshot, images.at(keys[i])));
  }
}

void AddRunning(const Snapshot& snapshot, const ByDigest& images, const TraceOptions& options,
                Pager& pager, TraceAnswer& answer) {
  struct Found {
    NodeId image;
    RunningContainer container;
  };
  std::map<std::string, Found, std::less<>> found;
  for (const auto& [digest, image] : images) {
    for (const RunningContainer& one : ContainersOf(snapshot, image, options.max_running)) {
      // One of several images of an index is told once, as the index.
      const std::string_view shown = snapshot.KeyOf(one.certain ? image : one.reported);
      found.try_emplace(Cat({shown, " ", snapshot.KeyOf(one.container)}), Found{image, one});
    }
  }
  std::vector<std::string> keys;
  keys.reserve(found.size());
  for (const auto& [key, one] : found) keys.push_back(key);
  const auto [begin, end] = pager.Take(TraceList::kRunning, keys);
  for (std::size_t i = begin; i < end; ++i) {
    const Found& one = found.at(keys[i]);
    answer.running.push_back(DescribeRunning(snapshot, one.image, one.container));
  }
}

}  // namespace

Result<TraceAnswer> Trace(const Snapshot& snapshot, std::string_view ref, Timestamp now,
                          const TraceOptions& options,
                          const std::function<std::string(std::string_view)>& person_name) {
  Pager pager = HM_TRY(Pager::Open(options.cursor, options.limit));
  ReadingLimits limits;
  limits.max_images = options.max_images;
  Readings readings = HM_TRY(Read(snapshot, ref, limits));

  TraceAnswer answer;
  answer.ref = Trim(ref);
  answer.at = now;
  answer.freshness = FreshnessOf(snapshot);
  answer.matched = std::move(readings.matched);
  if (pager.is_first_page()) {
    answer.unknown = std::move(readings.notes);
    for (const NodeId container : readings.containers) {
      if (ImagesOfContainer(snapshot, container).images.empty()) {
        answer.unknown.push_back(WhyNoImage(snapshot, container));
      }
    }
  }
  const ByDigest judged = Sorted(snapshot, readings.images);
  AddOrigins(snapshot, judged, person_name, pager, answer);
  ByDigest shown = judged;
  shown.merge(Sorted(snapshot, readings.only_shown));
  AddImages(snapshot, shown, pager, answer);
  AddRunning(snapshot, shown, options, pager, answer);
  answer.cursor = pager.Next();
  return answer;
}

}  // namespace hullmark::origin
