// SPDX-License-Identifier: Apache-2.0
//
// The plain sentences of answers: why an origin is believed, what a piece of evidence says, and who
// could have lied.
#pragma once
#include <string>

#include "core/origin/claims.h"

namespace hullmark::origin {

std::string WhySentence(const Claim& claim);
std::string DetailSentence(const Claim& claim);
std::string LiarSentence(const Claim& claim, const Binding& binding);

}  // namespace hullmark::origin
