// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 (FIPS 180-4), constant-time comparison and random bytes, by OpenSSL.  Thread-safety:
// functions thread-safe; Sha256 thread-compatible.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace hullmark::crypto {

Digest Sha256Of(std::string_view bytes);

/// For bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void Update(std::string_view bytes);
  Digest Finish();  ///< Requires: not called before.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Takes the same time for every pair of equal length.
bool EqualConstantTime(std::string_view a, std::string_view b);
std::vector<std::uint8_t> RandomBytes(std::size_t count);

}  // namespace hullmark::crypto
