// SPDX-License-Identifier: Apache-2.0
//
// What can be done with a frame before a store's writer sees it, in the submitter's own thread:
// judging every record, coding properties, setting apart what must be erasable, and the fingerprint
// that tells a repeated frame. Thread-safety: functions; values.
#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/model/observation.h"

namespace hullmark::estate {

struct PreparedRecord {
  model::Record record;
  std::string properties;  ///< EncodeProperties of the record's; empty when it has none
};

/// What a frame says of a person that is kept apart from the graph.
struct PersonFact {
  std::size_t record = 0;  ///< which record said it, from 0
  model::PropertyMap properties;
};

/// Its records can be dropped from the front as they are applied, so that a large frame is not kept
/// twice.
struct PreparedFrame {
  model::FrameHeader header;
  std::deque<PreparedRecord> records;
  std::vector<PersonFact> people;  ///< by record
  std::string content;             ///< fingerprint of header and records
  /// Whether what the estate holds may be a reason to refuse it half way: it has unchanged records.
  bool may_be_refused = false;
  Timestamp received;
};

/// Takes bytes piece by piece and gives the fingerprint of them all: SHA-256, by whoever has one.
class Fingerprinter {
 public:
  virtual ~Fingerprinter() = default;
  virtual void Update(std::string_view bytes) = 0;
  virtual std::string Finish() = 0;
};

/// kInputRefused names the record by its number in the frame, from 1.
Result<PreparedFrame> Prepare(model::Observation observation, Timestamp received,
                              const model::ObservationLimits& limits, Fingerprinter& fingerprinter);

/// The stored form of properties: empty for none.
std::string CodeProperties(const model::PropertyMap& properties);
Result<model::PropertyMap> ReadProperties(std::string_view bytes);
/// `properties` without those for which `drop(id)` is true.
model::PropertyMap Without(const model::PropertyMap& properties,
                           const std::function<bool(model::PropertyId)>& drop);

}  // namespace hullmark::estate
