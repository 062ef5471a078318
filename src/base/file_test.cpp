// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/scratch_dir.h"

namespace hullmark {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

std::size_t CountFiles(const std::string& folder) {
  const std::filesystem::directory_iterator files(folder);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST(ReadFile, ReadsUpToItsLimit) {
  const ScratchDir scratch;
  std::ofstream(scratch.Of("a")) << "12345";
  EXPECT_EQ(ReadFile(scratch.Of("a"), 5), "12345");
  const auto over = ReadFile(scratch.Of("a"), 4);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code(), Errc::kResourceExhausted);
  std::ofstream(scratch.Of("big")) << std::string(1'000'000, 'x');
  EXPECT_EQ(ReadFile(scratch.Of("big"), 1'000'000)->size(), 1'000'000U);
  EXPECT_FALSE(ReadFile(scratch.Of("big"), 999'999).has_value());
  std::ofstream(scratch.Of("empty")).flush();
  EXPECT_EQ(ReadFile(scratch.Of("empty"), 0), "");
}

TEST(ReadFile, ReadsWhatTellsNoSize) {
  const auto got = ReadFile("/proc/self/status", 1 << 20);
  ASSERT_TRUE(got.has_value());
  EXPECT_NE(got->find("Pid:"), std::string::npos);
  const auto endless = ReadFile("/dev/zero", 100'000);
  ASSERT_FALSE(endless.has_value());
  EXPECT_EQ(endless.error().code(), Errc::kResourceExhausted);
}

TEST(ReadFile, SaysWhatIsWrong) {
  const ScratchDir scratch;
  const auto absent = ReadFile(scratch.Of("absent"), 10);
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().code(), Errc::kNotFound);
  EXPECT_NE(absent.error().message().find("absent\": No such file"), std::string::npos);
  const auto folder = ReadFile(scratch.path(), 10);
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().code(), Errc::kUnavailable);
}

TEST(WriteFileAtomically, ReplacesContentAndMode) {
  const ScratchDir scratch;
  const std::string path = scratch.Of("token");
  ASSERT_TRUE(WriteFileAtomically(path, "one", 0600).has_value());
  EXPECT_EQ(ReadFile(path, 100), "one");
  EXPECT_EQ(ModeOf(path), 0600U);
  const mode_t before = umask(077);
  ASSERT_TRUE(WriteFileAtomically(path, "second", 0644).has_value());
  umask(before);
  EXPECT_EQ(ReadFile(path, 100), "second");
  EXPECT_EQ(ModeOf(path), 0644U);
  EXPECT_EQ(CountFiles(scratch.path()), 1U);
}

TEST(WriteFileAtomically, LeavesTheOldOneWhenItFails) {
  const ScratchDir scratch;
  const auto nowhere = WriteFileAtomically(scratch.Of("no/such/folder"), "x", 0600);
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().code(), Errc::kNotFound);
  // A folder cannot be replaced by a file: the last step fails, and nothing stays behind.
  std::filesystem::create_directory(scratch.Of("folder"));
  EXPECT_FALSE(WriteFileAtomically(scratch.Of("folder"), "x", 0600).has_value());
  EXPECT_EQ(CountFiles(scratch.path()), 1U);
}

TEST(UniqueFd, ClosesOnce) {
  int raw = -1;
  {
    UniqueFd fd(open("/dev/null", O_RDONLY));
    ASSERT_TRUE(static_cast<bool>(fd));
    raw = fd.get();
    UniqueFd moved = std::move(fd);
    EXPECT_EQ(moved.get(), raw);
    EXPECT_EQ(fcntl(raw, F_GETFD) < 0, false);
  }
  EXPECT_LT(fcntl(raw, F_GETFD), 0);
}

TEST(ScratchDir, IsGoneAfterwards) {
  std::string path;
  {
    const ScratchDir scratch;
    path = scratch.path();
    std::filesystem::create_directories(scratch.Of("a/b"));
    std::ofstream(scratch.Of("a/b/c")) << "x";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace hullmark
