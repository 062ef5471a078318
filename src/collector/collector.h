// SPDX-License-Identifier: Apache-2.0
//
// The collector as a whole: arguments in, exit code out.  A job is never failed by it unless
// --strict says so, and never held up beyond the deadline (DESIGN.md §6).  Thread-compatible.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "collector/environment.h"

namespace hullmark::collector {

struct Outside {
  /// From --ca-file, empty when not given.
  std::function<std::unique_ptr<net::HttpTransport>(const std::string& ca_file)> make_transport;
  std::function<void(std::string_view)> out;  ///< standard output; text is whole lines
  std::function<void(std::string_view)> err;
  std::function<void(int exit_code)> end_process;  ///< when the deadline is over; does not return
};

int Main(std::span<const std::string_view> arguments, const Environment& env,
         const Outside& outside);

}  // namespace hullmark::collector
