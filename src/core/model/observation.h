// SPDX-License-Identifier: Apache-2.0
//
// Observation: the only way in.  "Source S, at time T, looked at extent E (completely or partly)
// and saw these entities and edges."  NDJSON form and rules: docs/formats/observation.md.
// Thread-compatible values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/model/value.h"

namespace hullmark::model {

inline constexpr int kObservationVersion = 1;

struct EntityRef {
  EntityKind kind = EntityKind::kDigest;
  std::string key;
  friend auto operator<=>(const EntityRef&, const EntityRef&) = default;
};

/// An entity that was seen.
struct EntityRecord {
  EntityKind kind = EntityKind::kDigest;
  std::string key;  ///< its immutable id; a name where only a name is known, with
                    ///< `hullmark.unresolved` true
  /// Dated aliases: further naming identifiers by which it was known at the observation's time,
  /// such as `github.com/acme/shop` for the repository `github.com#101`.
  std::vector<std::string> names;
  PropertyMap properties;
};

/// An edge that was seen.  Its identity is (kind, from, to, qualifier).
struct EdgeRecord {
  EdgeKind kind = EdgeKind::kContains;
  EntityRef from;
  EntityRef to;
  std::string qualifier;  ///< tells parallel edges apart: where a push went to, the role of an AT
  PropertyMap properties;
};

/// "Still as I last said": the entity and every edge that starts at it stand as this source last
/// stated them in this extent.  What an incremental connector sends for things it need not read
/// again.
struct UnchangedRecord {
  EntityRef entity;
};

using Record = std::variant<EntityRecord, EdgeRecord, UnchangedRecord>;

struct FrameHeader {
  std::string source;  ///< the source's name: "registry:127.0.0.1:5000"
  SourceKind source_kind = SourceKind::kImport;
  std::string extent;  ///< what was looked at: "repository:shop"
  std::uint64_t sequence =
      0;  ///< grows with each frame of one source and extent; a lower one is refused
  Timestamp observed_at;
  bool complete =
      false;  ///< true: what the source said of this extent before and does not say now is gone
};

struct Observation {
  FrameHeader header;
  std::vector<Record> records;
};

struct ObservationLimits {
  std::size_t max_line_bytes = 1 << 20;
  std::size_t max_records = 5'000'000;
  std::size_t max_frame_bytes = std::size_t{2} << 30;  ///< of all lines of one frame
  std::size_t max_key_bytes = 1024;
  std::size_t max_value_bytes = 256 << 10;
  std::size_t max_names = 16;
};

/// Judges one record by the schema: known kinds, permitted ends, right types, what `source` may
/// write.  The error names the JSON path within the record ("$.edge.from.kind") and the mend.
Status CheckRecord(const Record& record, SourceKind source, const ObservationLimits& limits = {});

/// Judges what a frame says of itself; the error names the path within it ("$.begin.sequence").
Status CheckHeader(const FrameHeader& header, const ObservationLimits& limits = {});

/// What became of a frame.
struct Receipt {
  std::uint64_t records = 0;     ///< records of the frame
  std::uint64_t changes = 0;     ///< changes it made to the estate
  std::uint64_t change_seq = 0;  ///< the change log's end when it was published
  bool repeated = false;         ///< the very same frame had been applied before; nothing was done
};

/// Where connectors put what they saw.  Thread-safe: implementations take submissions from any
/// thread.
class ObservationSink {
 public:
  virtual ~ObservationSink() = default;
  /// Blocks until the frame is durable and published, or refused whole.
  virtual Result<Receipt> Submit(Observation observation) = 0;
};

/// What a connector may ask about its own earlier words, so that it need not read again.
/// Thread-safe.
class Known {
 public:
  virtual ~Known() = default;
  /// Whether `source` states `entity` in `extent` now, so that an UnchangedRecord for it would be
  /// taken.
  virtual bool Stands(std::string_view source, std::string_view extent,
                      const EntityRef& entity) const = 0;
  /// Where the edges of `kind` from `from` lead that `source` states in `extent` now: what an
  /// UnchangedRecord would keep standing.  Nothing when it cannot be told; a connector then reads
  /// again.
  virtual std::optional<std::vector<EntityRef>> Targets(std::string_view /*source*/,
                                                        std::string_view /*extent*/,
                                                        const EntityRef& /*from*/,
                                                        EdgeKind /*kind*/) const {
    return std::nullopt;
  }
  /// The highest sequence taken from (source, extent); 0 when none.
  virtual std::uint64_t LastSequence(std::string_view source, std::string_view extent) const = 0;
};

}  // namespace hullmark::model
