// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 as this room uses it: raw bytes.  Thread-safety: functions; Fingerprint
// thread-compatible.
#pragma once
#include <string>
#include <string_view>

#include "base/crypto/hash.h"
#include "core/estate/prepare.h"

namespace hullmark::sqlite {

inline std::string BytesOf(const Digest& digest) {
  return {digest.bytes().begin(), digest.bytes().end()};
}
inline std::string DigestBytes(std::string_view text) { return BytesOf(crypto::Sha256Of(text)); }

/// What tells a frame from another.
class Fingerprint final : public estate::Fingerprinter {
 public:
  void Update(std::string_view bytes) override { hash_.Update(bytes); }
  std::string Finish() override { return BytesOf(hash_.Finish()); }

 private:
  crypto::Sha256 hash_;
};

}  // namespace hullmark::sqlite
