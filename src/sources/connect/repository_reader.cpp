// SPDX-License-Identifier: Apache-2.0
#include "sources/connect/repository_reader.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "base/text.h"
#include "sources/connect/image_records.h"
#include "sources/connect/registry.h"

namespace hullmark::connect {
namespace {

using model::EdgeKind;
using model::EntityKind;
using model::EntityRef;

constexpr int kMaxNesting = 4;  // of indexes within indexes
constexpr std::size_t kMaxProblemsTold = 20;

model::EdgeRecord Edge(EdgeKind kind, const EntityRef& from, EntityRef to) {
  return {kind, from, std::move(to), "", {}};
}

}  // namespace

std::string RepositoryExtent(std::string_view path) { return Cat({"repository:", path}); }

std::string MendFor(const Error& error) {
  switch (error.code()) {
    case Errc::kUnauthenticated:
    case Errc::kPermissionDenied:
      return "give this source an account that may pull, with `docker login` where hullmark runs";
    case Errc::kNotFound:
      return "sync again: it may have been deleted while it was read; a tag that stays without a "
             "manifest can be deleted or pushed again";
    case Errc::kDataLoss:
      return "push it again, and look at the registry's storage and at proxies before it: they "
             "serve other bytes than were pushed";
    case Errc::kInputRefused:
      return "push it again with a current tool";
    case Errc::kUnsupported:
      return "push it again in Docker's schema 2 or OCI's format";
    case Errc::kResourceExhausted:
      return "it is beyond the limits of this source; delete what is not needed";
    case Errc::kCancelled:
      return "sync again";
    default:
      return "see that the registry runs and can be reached, then sync again";
  }
}

RepositoryReader::RepositoryReader(const ReaderShared& shared, std::string path)
    : shared_(shared),
      path_(std::move(path)),
      extent_(RepositoryExtent(path_)),
      repository_{EntityKind::kImageRepository, Cat({shared.host, "/", path_})} {}

Result<RepositoryReading> RepositoryReader::Read(Timestamp observed_at) {
  const std::vector<std::string> tags =
      HM_TRY(shared_.gate.Run([&] { return shared_.client.Tags(path_, shared_.gate.stop()); }));
  RecallWhatStands();
  ParallelFor(tags.size(), shared_.width, [&](std::size_t i) { ResolveTag(tags[i]); });
  VisitAll();
  if (shared_.gate.stop().stop_requested()) {
    return Fail(Errc::kCancelled, "stopped before it was read");
  }
  if (std::optional<Error> outage = shared_.gate.given_up()) {
    return std::unexpected(*std::move(outage));
  }

  Findings found = found_.With([](Findings& all) { return std::move(all); });
  RepositoryReading reading;
  model::FrameHeader& header = reading.observation.header;
  header.source = shared_.source;
  header.source_kind = model::SourceKind::kRegistry;
  header.extent = extent_;
  header.observed_at = observed_at;
  header.complete = found.problem_count == 0;
  reading.manifests_read = found.manifests_read;
  reading.configs_read = found.configs_read;
  AddRecords(found, reading);
  reading.problems = std::move(found.problems);
  if (const std::size_t more = found.problem_count - reading.problems.size(); more > 0) {
    reading.problems.push_back({extent_,
                                Error(Errc::kUnavailable, Cat({std::to_string(more), " more"})),
                                "see the ones before"});
  }
  return reading;
}

void RepositoryReader::RecallWhatStands() {
  const auto contained =
      shared_.known.Targets(shared_.source, extent_, repository_, EdgeKind::kContains);
  if (!contained) return;
  for (const EntityRef& entity : *contained) {
    if (entity.kind != EntityKind::kTag) stands_.emplace(entity.key, entity.kind);
  }
}

void RepositoryReader::AddProblem(Error error) {
  std::string mend = MendFor(error);
  found_.With([&](Findings& found) {
    ++found.problem_count;
    if (found.problems.size() < kMaxProblemsTold) {
      found.problems.push_back({extent_, std::move(error), std::move(mend)});
    }
  });
}

void RepositoryReader::ResolveTag(const std::string& tag) {
  Result<std::optional<Digest>> head =
      shared_.gate.Run([&] { return shared_.client.Head(path_, tag, shared_.gate.stop()); });
  if (!head) return AddProblem(std::move(head).error());
  if (*head) {
    found_.With([&](Findings& found) { found.tags.emplace(tag, **head); });
    return;
  }
  // A registry that does not say digests: the manifest must be read to know its own.
  Result<oci::FetchedDocument> document =
      shared_.gate.Run([&] { return shared_.client.GetDocument(path_, tag, shared_.gate.stop()); });
  if (!document) return AddProblem(std::move(document).error());
  shared_.on_manifest_read();
  found_.With([&](Findings& found) {
    ++found.manifests_read;
    found.tags.emplace(tag, document->digest);
    if (!stands_.contains(document->digest.ToString())) {
      const Digest digest = document->digest;
      found.documents.emplace(digest, *std::move(document));
    }
  });
}

// Level by level: what tags point to, then what those indexes include.
void RepositoryReader::VisitAll() {
  std::vector<Wanted> wave;
  found_.With([&](Findings& found) {
    std::set<Digest> seen;
    for (const auto& [tag, digest] : found.tags) {
      if (seen.insert(digest).second) wave.push_back({digest, std::nullopt});
    }
  });
  for (int nesting = 0; !wave.empty(); ++nesting) {
    if (nesting > kMaxNesting) {
      return AddProblem(Error(Errc::kResourceExhausted, "indexes within indexes, too deep"));
    }
    ParallelFor(wave.size(), shared_.width, [&](std::size_t i) { Visit(wave[i]); });
    std::vector<Wanted> next;
    found_.With([&](Findings& found) {
      std::set<Digest> seen;
      for (const Wanted& visited : wave) {
        const auto node = found.nodes.find(visited.digest);
        if (node == found.nodes.end()) continue;
        for (const Digest& child : node->second.to_visit) {
          if (!found.nodes.contains(child) && seen.insert(child).second) {
            next.push_back({child, visited.digest});
          }
        }
      }
    });
    wave = std::move(next);
  }
}

void RepositoryReader::Visit(const Wanted& wanted) {
  std::optional<Node> standing = NodeThatStands(wanted.digest);
  Result<Node> node = standing ? Result<Node>(*std::move(standing)) : ReadNode(wanted.digest);
  if (!node) return VisitFailed(wanted, std::move(node).error());
  // An artifact inside an index is the index's own business.
  if (wanted.parent && node->kind == EntityKind::kDigest) return;
  found_.With([&](Findings& found) { found.nodes.emplace(wanted.digest, *std::move(node)); });
}

std::optional<RepositoryReader::Node> RepositoryReader::NodeThatStands(const Digest& digest) const {
  const std::string key = digest.ToString();
  const auto known = stands_.find(key);
  if (known == stands_.end()) return std::nullopt;
  const EntityRef entity{known->second, key};
  if (!shared_.known.Stands(shared_.source, extent_, entity)) return std::nullopt;
  Node node{entity.kind, std::nullopt, {}, {}};
  if (entity.kind != EntityKind::kImageIndex) return node;
  const auto included = shared_.known.Targets(shared_.source, extent_, entity, EdgeKind::kIncludes);
  if (!included) return std::nullopt;
  for (const EntityRef& child : *included) {
    if (const auto child_digest = Digest::Parse(child.key)) node.to_visit.push_back(*child_digest);
  }
  return node;
}

Result<oci::FetchedDocument> RepositoryReader::TakeDocument(const Digest& digest) {
  std::optional<oci::FetchedDocument> document;
  found_.With([&](Findings& found) {
    if (auto taken = found.documents.extract(digest)) document = std::move(taken.mapped());
  });
  if (document) return *std::move(document);
  Result<oci::FetchedDocument> read = shared_.gate.Run(
      [&] { return shared_.client.GetDocument(path_, digest.ToString(), shared_.gate.stop()); });
  if (read) {
    shared_.on_manifest_read();
    found_.With([](Findings& found) { ++found.manifests_read; });
  }
  return read;
}

Result<RepositoryReader::Node> RepositoryReader::ReadNode(const Digest& digest) {
  const oci::FetchedDocument document = HM_TRY(TakeDocument(digest));
  if (const auto* index = std::get_if<oci::Index>(&document.document)) {
    if (index->IsImageIndex()) return ReadIndex(digest, *index);
  } else if (const auto& manifest = std::get<oci::Manifest>(document.document);
             manifest.IsImage()) {
    return ReadImage(digest, manifest);
  }
  return Node{EntityKind::kDigest, ArtifactRecord(digest, document.media_type), {}, {}};
}

RepositoryReader::Node RepositoryReader::ReadIndex(const Digest& digest,
                                                   const oci::Index& index) const {
  Node node{EntityKind::kImageIndex, IndexRecord(digest, index), {}, {}};
  for (const oci::Descriptor& entry : index.manifests) {
    if (MayBeImage(entry)) node.children.push_back(entry.digest);
  }
  node.to_visit = node.children;
  return node;
}

Result<RepositoryReader::Node> RepositoryReader::ReadImage(const Digest& digest,
                                                           const oci::Manifest& manifest) {
  const std::string bytes = HM_TRY(shared_.gate.Run([&] {
    return shared_.client.GetBlob(path_, manifest.config.digest, shared_.limits.max_config_bytes,
                                  shared_.gate.stop());
  }));
  Result<oci::ImageConfig> config = oci::ParseConfig(bytes, shared_.limits);
  if (!config) {
    return Fail(std::move(config).error(), Cat({path_, "@", manifest.config.digest.ToString()}));
  }
  found_.With([](Findings& found) { ++found.configs_read; });
  return Node{EntityKind::kImage, ImageRecord(digest, manifest, *config), {}, {}};
}

void RepositoryReader::VisitFailed(const Wanted& wanted, Error error) {
  // Indexes are often copied with some of their platforms only.  That is a fact about the
  // repository and no failure, as long as the index itself is still there.
  if (error.code() == Errc::kNotFound && wanted.parent) {
    const std::string index = wanted.parent->ToString();
    const auto still_there =
        shared_.gate.Run([&] { return shared_.client.Head(path_, index, shared_.gate.stop()); });
    if (still_there) return;
  }
  AddProblem(std::move(error));
}

void RepositoryReader::AddIncludes(const Findings& found, const Digest& index, const Node& node,
                                   std::vector<model::Record>& records) const {
  const EntityRef from{EntityKind::kImageIndex, index.ToString()};
  std::set<Digest> seen;
  for (const Digest& child : node.children) {
    if (!seen.insert(child).second) continue;
    const auto known = found.nodes.find(child);
    const EntityKind kind = known == found.nodes.end() ? EntityKind::kDigest : known->second.kind;
    records.emplace_back(Edge(EdgeKind::kIncludes, from, {kind, child.ToString()}));
  }
}

void RepositoryReader::AddRecords(const Findings& found, RepositoryReading& reading) const {
  std::vector<model::Record>& records = reading.observation.records;
  records.reserve(1 + found.tags.size() * 3 + found.nodes.size() * 2);
  model::EntityRecord repository{EntityKind::kImageRepository, repository_.key, {}, {}};
  repository.properties.SetText(model::PropertyId::kName, path_);
  records.emplace_back(std::move(repository));

  for (const auto& [digest, node] : found.nodes) {
    EntityRef entity{node.kind, digest.ToString()};
    records.emplace_back(Edge(EdgeKind::kContains, repository_, entity));
    if (node.record) {
      records.emplace_back(*node.record);
      AddIncludes(found, digest, node, records);
    } else {
      records.emplace_back(model::UnchangedRecord{std::move(entity)});
      ++reading.unchanged;
    }
  }
  for (const auto& [name, digest] : found.tags) {
    const auto node = found.nodes.find(digest);
    if (node == found.nodes.end()) continue;  // it vanished; the problem is told
    const EntityRef tag{EntityKind::kTag, Cat({repository_.key, ":", name})};
    model::EntityRecord record{EntityKind::kTag, tag.key, {}, {}};
    record.properties.SetText(model::PropertyId::kName, name);
    records.emplace_back(std::move(record));
    records.emplace_back(Edge(EdgeKind::kContains, repository_, tag));
    records.emplace_back(Edge(EdgeKind::kTagged, tag, {node->second.kind, digest.ToString()}));
  }
}

}  // namespace hullmark::connect
