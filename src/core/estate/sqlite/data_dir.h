// SPDX-License-Identifier: Apache-2.0
//
// The data directory: made for its owner alone, and held by one process at a time.
// Thread-compatible.
#pragma once
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace hullmark::sqlite {

class DataDir {
 public:
  /// Makes DIR (0700) and DIR/lock and takes the lock.  kConflict names the process that has it.
  static Result<DataDir> Open(const std::string& path);

  /// The estate's file (0600), made empty when it is not there.
  Result<std::string> DatabaseFile() const;

 private:
  std::string path_;
  UniqueFd lock_;
};

}  // namespace hullmark::sqlite
