// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <array>

#include "base/check.h"

namespace hullmark {
namespace {

constexpr std::array kErrcTable = {
    ErrcInfo{Errc::kInvalidArgument, "invalid_argument", 400, 2},
    ErrcInfo{Errc::kInputRefused, "input_refused", 422, 3},
    ErrcInfo{Errc::kNotFound, "not_found", 404, 1},
    ErrcInfo{Errc::kConflict, "conflict", 409, 3},
    ErrcInfo{Errc::kUnauthenticated, "unauthenticated", 401, 6},
    ErrcInfo{Errc::kPermissionDenied, "permission_denied", 403, 6},
    ErrcInfo{Errc::kUnavailable, "unavailable", 503, 4},
    ErrcInfo{Errc::kDeadlineExceeded, "deadline_exceeded", 504, 4},
    ErrcInfo{Errc::kResourceExhausted, "resource_exhausted", 413, 3},
    ErrcInfo{Errc::kCancelled, "cancelled", 499, 4},
    ErrcInfo{Errc::kDataLoss, "data_loss", 500, 5},
    ErrcInfo{Errc::kUnsupported, "unsupported", 501, 2},
    ErrcInfo{Errc::kFindingOverGate, "finding_over_gate", 200, 7},
    ErrcInfo{Errc::kInternal, "internal", 500, 5},
};

}  // namespace

const ErrcInfo& InfoOf(Errc code) {
  for (const ErrcInfo& row : kErrcTable) {
    if (row.code == code) return row;
  }
  HM_CHECK(false, "every code has a row");
}

Errc ErrcByName(std::string_view name) {
  for (const ErrcInfo& row : kErrcTable) {
    if (row.name == name) return row.code;
  }
  return Errc::kInternal;
}

Error& Error::Add(std::string_view frame) {
  message_.insert(0, ": ").insert(0, frame);
  return *this;
}

}  // namespace hullmark
