// SPDX-License-Identifier: Apache-2.0
//
// Error, Result, Digest, Secret and Guarded.
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/digest.h"
#include "base/guarded.h"
#include "base/result.h"
#include "base/secret.h"

namespace hullmark {
namespace {

TEST(Error, EveryCodeHasARowAndAName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Errc::kInternal); ++i) {
    const ErrcInfo& row = InfoOf(static_cast<Errc>(i));
    EXPECT_EQ(ErrcByName(row.name), static_cast<Errc>(i));
    EXPECT_TRUE(names.insert(row.name).second);
    EXPECT_GE(row.exit_code, 1);
  }
  EXPECT_EQ(ErrcByName("of_a_newer_server"), Errc::kInternal);
}

Result<int> Half(int n) {
  if (n % 2 != 0) return Fail(Errc::kInvalidArgument, "odd");
  return n / 2;
}
Result<int> Quarter(int n) {
  const int half = HM_TRY(Half(n));
  return HM_TRY(Half(half));
}
Status CheckFourth(int n) {
  HM_TRY(Quarter(n));
  return {};
}

TEST(Result, TryPassesValuesAndErrorsOn) {
  EXPECT_EQ(Quarter(8), 2);
  ASSERT_FALSE(Quarter(6).has_value());
  EXPECT_EQ(Quarter(6).error().message(), "odd");
  EXPECT_TRUE(CheckFourth(4).has_value());
  EXPECT_FALSE(CheckFourth(3).has_value());
  const Result<int> framed = [] -> Result<int> { return Fail(Half(3).error(), "outer"); }();
  EXPECT_EQ(framed.error().message(), "outer: odd");
  EXPECT_EQ(framed.error().code(), Errc::kInvalidArgument);
}

constexpr std::string_view kHex =
    "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

struct DigestCase {
  std::string_view name;
  std::string text;
  bool ok;
};
TEST(Digest, AcceptsTheCanonicalFormOnly) {
  const std::string hex(kHex);
  std::string upper = hex;
  upper[1] = 'F';
  const DigestCase cases[] = {{"canonical", "sha256:" + hex, true},
                              {"empty", "", false},
                              {"no_algorithm", hex, false},
                              {"short", "sha256:" + hex.substr(1), false},
                              {"long", "sha256:" + hex + "0", false},
                              {"upper", "sha256:" + upper, false},
                              {"upper_algorithm", "SHA256:" + hex, false},
                              {"other_algorithm", "sha512:" + hex, false},
                              {"not_hex", "sha256:g" + hex.substr(1), false}};
  for (const DigestCase& c : cases) {
    const Result<Digest> got = Digest::Parse(c.text);
    ASSERT_EQ(got.has_value(), c.ok) << c.name;
    if (got) {
      EXPECT_EQ(got->ToString(), c.text);
      EXPECT_EQ(got->Hex(), kHex);
      EXPECT_EQ(*Digest::ParseHex(kHex), *got);
    } else {
      EXPECT_EQ(got.error().code(), Errc::kInvalidArgument);
    }
  }
}

TEST(Secret, DoesNotPrintAndWipesWhatItTook) {
  std::string text = "hunter2";
  const char* bytes = text.data();  // short: stays in place
  Secret secret(std::move(text));
  EXPECT_EQ(std::string_view(bytes, 7), std::string_view("\0\0\0\0\0\0\0", 7));
  EXPECT_EQ(secret.Reveal(), "hunter2");
  std::ostringstream out;
  out << secret;
  EXPECT_EQ(out.str(), "[secret]");
  EXPECT_EQ(secret.ToString(), "[secret]");
  Secret copy = secret;
  Secret moved = std::move(secret);
  EXPECT_EQ(copy.Reveal(), "hunter2");
  EXPECT_EQ(moved.Reveal(), "hunter2");
  copy = Secret(std::string_view("x"));
  EXPECT_EQ(copy.Reveal(), "x");
  moved = copy;
  EXPECT_EQ(moved.Reveal(), "x");
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().ToString(), "");
}

template <class T>
concept Comparable = requires(const T& a, const T& b) { a == b; };
static_assert(!Comparable<Secret>,
              "comparing secrets leaks by time: crypto::EqualConstantTime is the way");
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Guarded, KeepsCountUnderThreads) {
  Guarded<std::vector<int>> numbers;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&numbers] {
        for (int i = 0; i < 1000; ++i) numbers.With([i](std::vector<int>& v) { v.push_back(i); });
      });
    }
  }
  const auto& reading = numbers;
  EXPECT_EQ(reading.With([](const std::vector<int>& v) { return v.size(); }), 4000U);
}

}  // namespace
}  // namespace hullmark
