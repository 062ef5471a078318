// SPDX-License-Identifier: Apache-2.0
//
// What is carried through the tables while a frame is applied, and what is kept in memory of the
// one frame that is being staged.  Thread-safety: owned by the writer thread.
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/estate/admission.h"
#include "core/estate/identity.h"
#include "core/model/change.h"

namespace hullmark::sqlite {

/// The next numbers to give.  A value, so that what a refused submission took can be given back.
struct Counters {
  std::uint64_t entity = 1;
  std::uint64_t statement = 1;
  std::uint64_t alias = 1;
  std::uint64_t source = 1;
  std::uint64_t extent = 1;
  std::uint64_t batch = 1;
};

struct FrameScope {
  model::SourceId source;
  model::SourceKind source_kind = model::SourceKind::kImport;
  std::uint64_t extent = 0;
  estate::FrameTimes times;
  bool fresh = false;       ///< the extent is new: nothing is stated in it but by this frame
  std::uint64_t batch = 0;  ///< 0: published with the transaction that writes it
  std::vector<model::Change>* changes = nullptr;
  std::int64_t statements = 0;  ///< by how many the extent's open statements grew
};

/// What a staged frame says of entities that others see already: said when it is published.
struct EntityFact {
  estate::KnownKind known;
  estate::Standing standing = estate::Standing::kReferred;
};
struct NameFact {
  model::EntityKind kind = model::EntityKind::kDigest;
  model::NodeId entity;
  std::vector<std::string> names;
};

/// The frame that is being staged: rows with its batch number are there and are not published.
struct StagedFrame {
  std::uint64_t batch = 0;
  std::unordered_map<std::uint32_t, EntityFact> facts;
  std::vector<NameFact> names;
  /// Names it gave, which somebody else asked for or gave meanwhile.
  std::set<std::pair<model::EntityKind, std::string>> contested;
  /// Entities it made which another frame needed, and so published, before it.
  std::vector<model::NodeId> announced;
  /// Merges published since it began: {from, into}.
  std::vector<std::pair<model::NodeId, model::NodeId>> merged;
};

}  // namespace hullmark::sqlite
