// SPDX-License-Identifier: Apache-2.0
//
// A trace answer (docs/formats/trace.md) for people: the chain from source to runtime, left to
// right, with the level of its evidence and who says so.  Fits 80 columns.  Thread-safe function.
#pragma once
#include <string>

#include "base/codec/json.h"
#include "cli/terminal.h"

namespace hullmark::cli {

std::string ShowTrace(codec::Json answer, const Terminal& terminal);

}  // namespace hullmark::cli
