// SPDX-License-Identifier: Apache-2.0
//
// From bytes to a judged tape: the half of the door that knows simdjson's parser.  Private to this
// room.
#pragma once
#include <memory>
#include <string>

#include "base/codec/bulk/bulk_json.h"
#include "base/result.h"

namespace hullmark::bulk {

/// Parses and judges; see BulkDocument::Parse.
Result<std::shared_ptr<const BulkTape>> ParseTape(std::string bytes, const BulkLimits& limits);

}  // namespace hullmark::bulk
