// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace hullmark::crypto {
namespace {

// Fetched once: an implicit fetch by each digest costs more than hashing a short text.
const EVP_MD* Sha256Method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  HM_CHECK(method != nullptr, "OpenSSL has no SHA-256");
  return method;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  HM_CHECK(state_->context != nullptr, "out of memory");
  HM_CHECK(EVP_DigestInit_ex2(state_->context.get(), Sha256Method(), nullptr) == 1, "SHA-256");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  HM_CHECK(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

Digest Sha256::Finish() {
  Digest::Bytes out{};
  unsigned int length = 0;
  HM_CHECK(EVP_DigestFinal_ex(state_->context.get(), out.data(), &length) == 1, "SHA-256");
  HM_CHECK(length == out.size(), "SHA-256 is 32 bytes");
  return Digest(out);
}

Digest Sha256Of(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

bool EqualConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::vector<std::uint8_t> RandomBytes(std::size_t count) {
  std::vector<std::uint8_t> out(count);
  // A machine without randomness must not make secrets.
  HM_CHECK(count == 0 || RAND_bytes(out.data(), static_cast<int>(count)) == 1, "no randomness");
  return out;
}

}  // namespace hullmark::crypto
