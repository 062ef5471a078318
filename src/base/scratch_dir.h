// SPDX-License-Identifier: Apache-2.0
//
// A folder of one's own under the system's temporary folder, gone with all that is in it when the
// value goes. For tests and benchmarks.  Thread-compatible.
#pragma once
#include <string>
#include <string_view>

namespace hullmark {

class ScratchDir {
 public:
  /// Ends the process when no folder can be made: nothing that needs one can go on.
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  const std::string& path() const { return path_; }
  /// path()/name
  std::string Of(std::string_view name) const;

 private:
  std::string path_;
};

}  // namespace hullmark
