// SPDX-License-Identifier: Apache-2.0
//
// The one way functions fail: Result<T>, made by Fail, passed on by HM_TRY.  No exception crosses
// our interfaces.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace hullmark {

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> Fail(Errc code, std::string message) {
  return std::unexpected(Error(code, std::move(message)));
}

/// Passes `error` on with one more frame of context.
inline std::unexpected<Error> Fail(Error error, std::string_view frame) {
  error.Add(frame);
  return std::unexpected(std::move(error));
}

}  // namespace hullmark

// Yields the value, or returns the error to the caller.  Stands only as a whole statement, a whole
// initialiser or `return HM_TRY(…)`: inside a larger expression g++ 12 leaks finished members
// (tools/lint refuses it elsewhere).
#define HM_TRY(expr)                                         \
  __extension__({                                            \
    auto hm_result_ = (expr);                                \
    if (!hm_result_) [[unlikely]]                            \
      return std::unexpected(std::move(hm_result_).error()); \
    *std::move(hm_result_);                                  \
  })
