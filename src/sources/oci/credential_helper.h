// SPDX-License-Identifier: Apache-2.0
//
// Docker's credential helpers: a program `docker-credential-NAME`, started with an argument list
// and no shell, that is given a server on its standard input and answers with JSON
// (docker/docker-credential-helpers).  Thread-safe.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/oci/registry_client.h"

namespace hullmark::oci {

struct HelperLimits {
  std::chrono::milliseconds timeout{10'000};
  std::size_t max_output_bytes = 64 << 10;
};

/// Nothing when the helper keeps none for `server`.  kDeadlineExceeded when it takes too long: it
/// and the programs it started are ended.
Result<std::optional<Credentials>> AskCredentialHelper(std::string_view name,
                                                       const std::string& server,
                                                       const HelperLimits& limits = {});

}  // namespace hullmark::oci
