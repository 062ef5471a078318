// SPDX-License-Identifier: Apache-2.0
#include "sources/connect/memory_estate.h"

#include "base/text.h"

namespace hullmark::connect {
namespace {

using model::EntityRef;

// Moves what `entity` stated before, and its edges, into `after`.
bool KeepStanding(MemoryEstate::Extent& before, MemoryEstate::Extent& after,
                  const EntityRef& entity) {
  auto stated = before.entities.extract(entity);
  if (stated.empty()) return after.entities.contains(entity);
  after.entities.insert(std::move(stated));
  const auto first = before.edges.lower_bound({entity, model::EdgeKind::kContains, EntityRef{}});
  for (auto edge = first; edge != before.edges.end() && std::get<0>(edge->first) == entity;) {
    after.edges.insert(before.edges.extract(edge++));
  }
  return true;
}

}  // namespace

Result<model::Receipt> MemoryEstate::Submit(model::Observation observation) {
  const std::lock_guard lock(mutex_);
  if (refusal_) return std::unexpected(*refusal_);
  const model::FrameHeader& header = observation.header;
  HM_TRY(model::CheckHeader(header));
  Extent before;
  if (const auto found = extents_.find({header.source, header.extent}); found != extents_.end()) {
    before = found->second;
  }
  if (header.sequence <= before.header.sequence) {
    return Fail(Errc::kConflict, Cat({header.extent, ": sequence too low"}));
  }
  Extent after;
  for (model::Record& record : observation.records) {
    HM_TRY(model::CheckRecord(record, header.source_kind));
    if (auto* entity = std::get_if<model::EntityRecord>(&record)) {
      const EntityRef ref{entity->kind, entity->key};
      after.entities.insert_or_assign(ref, std::move(entity->properties));
    } else if (auto* edge = std::get_if<model::EdgeRecord>(&record)) {
      after.edges.insert_or_assign({edge->from, edge->kind, edge->to}, std::move(edge->properties));
    } else if (const auto& same = std::get<model::UnchangedRecord>(record);
               !KeepStanding(before, after, same.entity)) {
      return Fail(Errc::kInputRefused, Cat({same.entity.key, ": never stated here"}));
    }
  }
  model::Receipt receipt{.records = observation.records.size()};
  if (!header.complete) {
    after.entities.merge(before.entities);
    after.edges.merge(before.edges);
  }
  after.header = header;
  extents_.insert_or_assign({header.source, header.extent}, std::move(after));
  ++frames_;
  return receipt;
}

bool MemoryEstate::Stands(std::string_view source, std::string_view extent,
                          const EntityRef& entity) const {
  const std::lock_guard lock(mutex_);
  const auto found = extents_.find({std::string(source), std::string(extent)});
  return found != extents_.end() && found->second.entities.contains(entity);
}

std::uint64_t MemoryEstate::LastSequence(std::string_view source, std::string_view extent) const {
  const std::lock_guard lock(mutex_);
  const auto found = extents_.find({std::string(source), std::string(extent)});
  return found == extents_.end() ? 0 : found->second.header.sequence;
}

std::optional<std::vector<EntityRef>> MemoryEstate::Targets(std::string_view source,
                                                            std::string_view extent,
                                                            const EntityRef& from,
                                                            model::EdgeKind kind) const {
  const std::lock_guard lock(mutex_);
  std::vector<EntityRef> targets;
  const auto found = extents_.find({std::string(source), std::string(extent)});
  if (found == extents_.end()) return targets;
  const auto& edges = found->second.edges;
  for (auto edge = edges.lower_bound({from, kind, EntityRef{}});
       edge != edges.end() && std::get<0>(edge->first) == from && std::get<1>(edge->first) == kind;
       ++edge) {
    targets.push_back(std::get<2>(edge->first));
  }
  return targets;
}

MemoryEstate::Extent MemoryEstate::At(std::string_view source, std::string_view extent) const {
  const std::lock_guard lock(mutex_);
  const auto found = extents_.find({std::string(source), std::string(extent)});
  return found == extents_.end() ? Extent{} : found->second;
}

std::size_t MemoryEstate::frames() const {
  const std::lock_guard lock(mutex_);
  return frames_;
}

void MemoryEstate::Refuse(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  refusal_ = std::move(error);
}

}  // namespace hullmark::connect
