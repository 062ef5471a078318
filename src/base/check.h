// SPDX-License-Identifier: Apache-2.0
//
// Invariants of our own code.  A failed check is a bug and ends the process; external input never
// reaches one.
#pragma once

namespace hullmark {
/// Prints where and what, then aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, const char* why);
}  // namespace hullmark

#define HM_CHECK(condition, why)          \
  (static_cast<bool>(condition) ? void(0) \
                                : ::hullmark::CheckFailed(__FILE__, __LINE__, #condition, why))

#ifdef NDEBUG
#define HM_DCHECK(condition, why) void(0)
#else
#define HM_DCHECK(condition, why) HM_CHECK(condition, why)
#endif
