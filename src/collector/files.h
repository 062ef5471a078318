// SPDX-License-Identifier: Apache-2.0
//
// Files that others could touch: our state in a folder for everybody's temporary files, and a job
// summary that other steps keep too.  Thread-safe functions.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hullmark::collector {

/// Like ReadFile, and refuses (kPermissionDenied) what is a link, another user's, or writable by
/// others: in a shared folder anybody may leave a file under our name.
Result<std::string> ReadOwnFile(const std::string& path, std::size_t max_bytes);
/// Creates it when it is not there.
Status AppendToFile(const std::string& path, std::string_view text);

}  // namespace hullmark::collector
