// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/hash.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace hullmark::crypto {
namespace {

struct HashCase {
  std::string_view name, text, hex;
};
// FIPS 180-4 examples.
constexpr HashCase kHashCases[] = {
    {"empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"two_blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};

class Hash : public testing::TestWithParam<HashCase> {};
TEST_P(Hash, IsTheStandardsOne) { EXPECT_EQ(Sha256Of(GetParam().text).Hex(), GetParam().hex); }
INSTANTIATE_TEST_SUITE_P(Cases, Hash, testing::ValuesIn(kHashCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(HashLaw, PiecesHashAsTheWhole) {
  EXPECT_TRUE(rc::check([](const std::string& a, const std::string& b) {
    Sha256 hash;
    hash.Update(a);
    hash.Update(b);
    RC_ASSERT(hash.Finish() == Sha256Of(a + b));
  }));
}

TEST(EqualConstantTime, IsEquality) {
  EXPECT_TRUE(EqualConstantTime("", ""));
  EXPECT_TRUE(EqualConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualConstantTime("abc", "ab"));
}

TEST(RandomBytes, DifferAndHaveTheSize) {
  EXPECT_TRUE(RandomBytes(0).empty());
  const auto a = RandomBytes(32);
  EXPECT_EQ(a.size(), 32U);
  EXPECT_NE(a, RandomBytes(32));
}

}  // namespace
}  // namespace hullmark::crypto
