// SPDX-License-Identifier: Apache-2.0
//
// Owner pins kept in the estate's records, so that a name pinned once stays pinned over restarts.
// Thread-safe.
#pragma once
#include <string>
#include <string_view>

#include "core/estate/records/records.h"
#include "sources/ci/trust.h"

namespace hullmark::auth {

class RecordedPins final : public ci::OwnerPins {
 public:
  /// `records` outlives this.
  explicit RecordedPins(records::Records& records) : records_(records) {}
  Result<std::string> Pin(std::string_view owner, std::string_view id) override {
    return records_.Pin("ci-owner", owner, id);
  }

 private:
  records::Records& records_;
};

}  // namespace hullmark::auth
