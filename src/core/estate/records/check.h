// SPDX-License-Identifier: Apache-2.0
//
// What every keeper of records refuses, so that no store has to be trusted to.  Thread-safety:
// functions.
#pragma once
#include "base/result.h"
#include "core/estate/records/records.h"

namespace hullmark::records {

/// kInvalidArgument unless id, role and the secret's hash (64 lower-case hex characters) are there.
Status CheckToken(const ApiToken& token);
/// kInvalidArgument unless name and kind are there and the settings look like a JSON object.
Status CheckSource(const ConfiguredSource& source);

}  // namespace hullmark::records
