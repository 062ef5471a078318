// SPDX-License-Identifier: Apache-2.0
#include "collector/state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scratch_dir.h"
#include "collector/files.h"

namespace hullmark::collector {
namespace {

TEST(State, ComesBackAsItWas) {
  State state;
  state.job = "github|acme/shop|7|1|build|runner";
  state.engine_id = "HR7Y";
  state.host = "unix:///d.sock";
  state.started_at = Timestamp{1'795'300'698'009'372};
  state.images.push_back({.id = "sha256:aa",
                          .tags = {"a:1", "b:2"},
                          .digests = {},
                          .manifests = {"sha256:bb"},
                          .created = "",
                          .platform = ""});
  state.images.push_back({.id = "sha256:cc",
                          .tags = {},
                          .digests = {},
                          .manifests = {},
                          .created = "",
                          .platform = ""});
  const auto read = ParseState(WriteState(state));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->job, state.job);
  EXPECT_EQ(read->engine_id, state.engine_id);
  EXPECT_EQ(read->host, state.host);
  EXPECT_EQ(read->started_at, state.started_at);
  ASSERT_EQ(read->images.size(), 2u);
  EXPECT_EQ(read->images[0].id, "sha256:aa");
  EXPECT_EQ(read->images[0].tags, state.images[0].tags);
  EXPECT_EQ(read->images[0].manifests, state.images[0].manifests);
}

struct BadStateCase {
  std::string_view name, text;
};
constexpr BadStateCase kBadStates[] = {
    {"empty", ""},
    {"cut", R"({"version":1,"job":"x")"},
    {"other_version", R"({"version":2,"started_at":"2026-11-21T00:00:00Z","images":[]})"},
    {"no_time", R"({"version":1,"images":[]})"},
    {"too_many", R"({"version":1,"started_at":"2026-11-21T00:00:00Z","images":[{},{},{}]})"},
};
class BadStates : public testing::TestWithParam<BadStateCase> {};
TEST_P(BadStates, AreRefused) {
  EXPECT_FALSE(ParseState(GetParam().text, {.max_bytes = 1000, .max_images = 2}));
}
INSTANTIATE_TEST_SUITE_P(Cases, BadStates, testing::ValuesIn(kBadStates),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(StatePath, IsTheJobsOwn) {
  const Environment job(Environment::Values{
      {"GITHUB_ACTIONS", "true"}, {"GITHUB_RUN_ID", "1"}, {"RUNNER_TEMP", "/r/_temp"}});
  const Environment other(Environment::Values{
      {"GITHUB_ACTIONS", "true"}, {"GITHUB_RUN_ID", "2"}, {"RUNNER_TEMP", "/r/_temp"}});
  EXPECT_TRUE(StatePath("", job).starts_with("/r/_temp/hullmark-ci-"));
  EXPECT_NE(StatePath("", job), StatePath("", other));
  EXPECT_EQ(StatePath("/x", job), "/x");
  EXPECT_EQ(StatePath("", Environment(Environment::Values{{"HULLMARK_STATE", "/y"}})), "/y");
  EXPECT_EQ(StatePath("", Environment(Environment::Values{{"TMPDIR", "/t"}})),
            "/t/hullmark-ci-user-" + std::to_string(geteuid()) + ".json");
}

TEST(ReadOwnFile, TrustsNothingThatOthersCouldHaveLeft) {
  const ScratchDir dir;
  const std::string path = dir.Of("state");
  EXPECT_EQ(ReadOwnFile(path, 100).error().code(), Errc::kNotFound);
  ASSERT_TRUE(WriteFileAtomically(path, "hello", 0600));
  EXPECT_EQ(*ReadOwnFile(path, 100), "hello");
  EXPECT_EQ(ReadOwnFile(path, 4).error().code(), Errc::kResourceExhausted);
  ASSERT_EQ(symlink(path.c_str(), dir.Of("link").c_str()), 0);
  EXPECT_EQ(ReadOwnFile(dir.Of("link"), 100).error().code(), Errc::kPermissionDenied);
  ASSERT_EQ(chmod(path.c_str(), 0666), 0);
  EXPECT_EQ(ReadOwnFile(path, 100).error().code(), Errc::kPermissionDenied);
  EXPECT_EQ(ReadOwnFile(dir.path(), 100).error().code(), Errc::kPermissionDenied);
}

TEST(AppendToFile, KeepsWhatIsThere) {
  const ScratchDir dir;
  ASSERT_TRUE(AppendToFile(dir.Of("summary"), "a\n"));
  ASSERT_TRUE(AppendToFile(dir.Of("summary"), "b\n"));
  EXPECT_EQ(*ReadFile(dir.Of("summary"), 100), "a\nb\n");
  EXPECT_FALSE(AppendToFile(dir.Of("no/such/folder"), "x"));
}

}  // namespace
}  // namespace hullmark::collector
