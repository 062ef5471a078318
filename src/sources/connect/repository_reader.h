// SPDX-License-Identifier: Apache-2.0
//
// Reads one repository of a registry into one observation: its tags, what they point to, and the
// images inside.  What the estate holds from us already is told as unchanged and not read again.
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/guarded.h"
#include "base/result.h"
#include "base/time.h"
#include "core/model/observation.h"
#include "sources/connect/connector.h"
#include "sources/connect/parallel.h"
#include "sources/oci/registry_client.h"

namespace hullmark::connect {

/// What the readers of one sync share.
struct ReaderShared {
  oci::RegistryClient& client;
  const model::Known& known;
  RequestGate& gate;
  std::size_t width;  ///< threads for one repository
  std::string source;
  std::string host;
  oci::ManifestLimits limits;
  std::function<void()> on_manifest_read;
};

struct RepositoryReading {
  model::Observation observation;  ///< complete when every tag and manifest was read well
  std::size_t manifests_read = 0;
  std::size_t configs_read = 0;
  std::size_t unchanged = 0;
  std::vector<SyncProblem> problems;
};

/// Thread-compatible; used once.
class RepositoryReader {
 public:
  RepositoryReader(const ReaderShared& shared, std::string path);

  /// kNotFound when the registry knows no such repository; any error means that nothing is to be
  /// sent.  The header's sequence is still to be set.
  Result<RepositoryReading> Read(Timestamp observed_at);

 private:
  // Something a digest names.
  struct Node {
    model::EntityKind kind = model::EntityKind::kDigest;
    std::optional<model::EntityRecord> record;  // none: it stands as stated before
    std::vector<Digest> children;               // of an index that was read now
    std::vector<Digest> to_visit;               // children, or what an unchanged index includes
  };
  struct Wanted {
    Digest digest;
    std::optional<Digest> parent;  // the index that includes it; none for a tag's
  };

  struct Findings {
    std::map<std::string, Digest> tags;
    std::map<Digest, Node> nodes;
    std::map<Digest, oci::FetchedDocument> documents;  // read by tag, not yet visited
    std::vector<SyncProblem> problems;
    std::size_t problem_count = 0;
    std::size_t manifests_read = 0;
    std::size_t configs_read = 0;
  };

  void RecallWhatStands();
  void ResolveTag(const std::string& tag);
  void VisitAll();
  void Visit(const Wanted& wanted);
  std::optional<Node> NodeThatStands(const Digest& digest) const;
  Result<Node> ReadNode(const Digest& digest);
  Result<Node> ReadImage(const Digest& digest, const oci::Manifest& manifest);
  Node ReadIndex(const Digest& digest, const oci::Index& index) const;
  Result<oci::FetchedDocument> TakeDocument(const Digest& digest);
  void VisitFailed(const Wanted& wanted, Error error);
  void AddProblem(Error error);
  void AddRecords(const Findings& found, RepositoryReading& reading) const;
  void AddIncludes(const Findings& found, const Digest& index, const Node& node,
                   std::vector<model::Record>& records) const;

  const ReaderShared& shared_;
  const std::string path_;
  const std::string extent_;
  const model::EntityRef repository_;
  std::unordered_map<std::string, model::EntityKind> stands_;  // by digest; filled before threads
  Guarded<Findings> found_;
};

/// What a person can do about a failure to read something.
std::string MendFor(const Error& error);

}  // namespace hullmark::connect
