// SPDX-License-Identifier: Apache-2.0
#include "sources/ci/claims.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/json_writer.h"
#include "base/text.h"

namespace hullmark::ci {
namespace {

constexpr std::string_view kIssuer = "https://token.actions.githubusercontent.com";
constexpr std::string_view kSha = "0123456789abcdef0123456789abcdef01234567";

using Claims = std::map<std::string, std::string>;

// A token of a push to main, by the claims that GitHub documents.
Claims Push() {
  return {{"sub", "repo:acme/shop:ref:refs/heads/main"},
          {"repository", "acme/shop"},
          {"repository_id", "101"},
          {"repository_owner", "acme"},
          {"repository_owner_id", "77"},
          {"repository_visibility", "private"},
          {"ref", "refs/heads/main"},
          {"ref_type", "branch"},
          {"sha", std::string(kSha)},
          {"event_name", "push"},
          {"workflow", "Build"},
          {"workflow_ref", "acme/shop/.github/workflows/build.yml@refs/heads/main"},
          {"workflow_sha", std::string(kSha)},
          {"job_workflow_ref", "acme/shop/.github/workflows/build.yml@refs/heads/main"},
          {"job_workflow_sha", std::string(kSha)},
          {"run_id", "5001"},
          {"run_number", "17"},
          {"run_attempt", "2"},
          {"check_run_id", "900"},
          {"actor", "ada"},
          {"actor_id", "42"},
          {"runner_environment", "github-hosted"}};
}

Claims With(std::string name, std::string value) {
  Claims claims = Push();
  claims[std::move(name)] = std::move(value);
  return claims;
}
Claims Without(const std::string& name) {
  Claims claims = Push();
  claims.erase(name);
  return claims;
}

codec::JsonDocument DocumentOf(const Claims& claims) {
  JsonWriter out;
  out.BeginObject();
  for (const auto& [name, value] : claims) out.Field(name, value);
  out.EndObject();
  return codec::JsonDocument::Parse(out.text()).value();
}

Result<Speaker> Read(const Claims& claims) {
  const codec::JsonDocument document = DocumentOf(claims);
  return ReadClaims("github", document.root(), kIssuer);
}

TEST(GithubClaims, TellWhoSpeaks) {
  const auto speaker = Read(Push());
  ASSERT_TRUE(speaker) << speaker.error().message();
  EXPECT_EQ(speaker->host, "github.com");
  EXPECT_EQ(speaker->owner.key, "github.com#77");
  EXPECT_EQ(speaker->owner.name, "github.com/acme");
  EXPECT_EQ(speaker->repository.key, "github.com#101");
  EXPECT_EQ(speaker->repository.name, "github.com/acme/shop");
  EXPECT_EQ(speaker->commit, kSha);
  EXPECT_EQ(speaker->workflow.path, ".github/workflows/build.yml");
  EXPECT_EQ(speaker->workflow.ref, "refs/heads/main");
  EXPECT_EQ(speaker->workflow.sha, kSha);
  EXPECT_TRUE(speaker->reusable.path.empty());
  EXPECT_EQ(speaker->run_attempt, 2);
  EXPECT_EQ(speaker->RunKey(), "github.com#101/runs/5001/attempts/2");
  EXPECT_EQ(speaker->RunUrl(), "https://github.com/acme/shop/actions/runs/5001");
  EXPECT_EQ(speaker->RunAttemptUrl(), "https://github.com/acme/shop/actions/runs/5001/attempts/2");
  EXPECT_EQ(speaker->actor_login, "ada");
  EXPECT_EQ(speaker->check_run_id, "900");
}

TEST(GithubClaims, SubjectIsNeverRead) {
  for (const std::string_view subject :
       {"repo:acme/shop:ref:refs/heads/main", "repo:acme@77/shop@101:ref:refs/heads/main",
        "repo:evil@1/other@2:environment:prod", "repository_owner:x:repository_visibility:private",
        ""}) {
    const auto speaker = Read(With("sub", std::string(subject)));
    ASSERT_TRUE(speaker) << subject;
    EXPECT_EQ(speaker->repository.key, "github.com#101") << subject;
  }
  EXPECT_TRUE(Read(Without("sub")));
}

TEST(GithubClaims, OptionalOnesMayBeAbsent) {
  Claims claims = Push();
  for (const char* name :
       {"repository_visibility", "ref_type", "workflow", "workflow_sha", "job_workflow_ref",
        "job_workflow_sha", "run_number", "check_run_id", "runner_environment"}) {
    claims.erase(name);
  }
  const auto speaker = Read(claims);
  ASSERT_TRUE(speaker) << speaker.error().message();
  EXPECT_TRUE(speaker->check_run_id.empty());
}

struct DefinitionCase {
  std::string_view name, workflow_ref, job_workflow_ref, path, reusable_path, reusable_ref;
};
constexpr DefinitionCase kDefinitions[] = {
    {"own_file", "acme/shop/.github/workflows/b.yml@refs/heads/main",
     "acme/shop/.github/workflows/b.yml@refs/heads/main", ".github/workflows/b.yml", "", ""},
    {"reusable_elsewhere", "acme/shop/.github/workflows/b.yml@refs/heads/main",
     "acme/ci/.github/workflows/image.yml@refs/tags/v2", ".github/workflows/b.yml",
     "acme/ci/.github/workflows/image.yml", "refs/tags/v2"},
    {"reusable_by_sha", "acme/shop/.github/workflows/b.yml@refs/heads/main",
     "acme/ci/.github/workflows/image.yml@0123456789abcdef0123456789abcdef01234567",
     ".github/workflows/b.yml", "acme/ci/.github/workflows/image.yml",
     "0123456789abcdef0123456789abcdef01234567"},
    {"reusable_of_the_same_repository", "acme/shop/.github/workflows/b.yml@refs/heads/main",
     "acme/shop/.github/workflows/image.yml@refs/heads/main", ".github/workflows/b.yml",
     ".github/workflows/image.yml", "refs/heads/main"},
    {"branch_with_at", "acme/shop/.github/workflows/b.yml@refs/heads/a@b", "",
     ".github/workflows/b.yml", "", ""},
    {"required_by_the_organization", "acme/rules/.github/workflows/must.yml@refs/heads/main", "",
     "acme/rules/.github/workflows/must.yml", "", ""},
    {"dynamic", "acme/shop/dynamic/pages/pages-build-deployment@refs/heads/main", "",
     "dynamic/pages/pages-build-deployment", "", ""},
};
class Definitions : public testing::TestWithParam<DefinitionCase> {};
TEST_P(Definitions, AreToldApart) {
  Claims claims = With("workflow_ref", std::string(GetParam().workflow_ref));
  claims["job_workflow_ref"] = GetParam().job_workflow_ref;
  const auto speaker = Read(claims);
  ASSERT_TRUE(speaker) << speaker.error().message();
  EXPECT_EQ(speaker->workflow.path, GetParam().path);
  EXPECT_EQ(speaker->reusable.path, GetParam().reusable_path);
  EXPECT_EQ(speaker->reusable.ref, GetParam().reusable_ref);
}
INSTANTIATE_TEST_SUITE_P(Cases, Definitions, testing::ValuesIn(kDefinitions),
                         [](const auto& test) { return std::string(test.param.name); });

struct ClaimsRefuseCase {
  std::string_view name;
  Claims claims;
  std::string_view why;
};
const ClaimsRefuseCase kRefused[] = {
    {"no_repository", Without("repository"), "claim repository is missing"},
    {"no_repository_id", Without("repository_id"), "claim repository_id is missing"},
    {"no_owner", Without("repository_owner"), "claim repository_owner is missing"},
    {"no_owner_id", Without("repository_owner_id"), "claim repository_owner_id is missing"},
    {"no_sha", Without("sha"), "claim sha is missing"},
    {"no_ref", Without("ref"), "claim ref is missing"},
    {"no_event", Without("event_name"), "claim event_name is missing"},
    {"no_run", Without("run_id"), "claim run_id is missing"},
    {"no_attempt", Without("run_attempt"), "claim run_attempt is missing"},
    {"no_workflow_ref", Without("workflow_ref"), "claim workflow_ref is missing"},
    {"no_actor", Without("actor"), "claim actor is missing"},
    {"no_actor_id", Without("actor_id"), "claim actor_id is missing"},
    {"id_with_letters", With("repository_id", "101x"),
     "claim repository_id \"101x\" is not a number"},
    {"id_with_zero", With("repository_id", "0101"), "is not a number"},
    {"id_with_key_parts", With("repository_id", "101/jobs/1"), "is not a number"},
    {"id_too_long", With("actor_id", std::string(21, '1')), "is not a number"},
    {"attempt_zero", With("run_attempt", "0"), "is not a number"},
    {"attempt_huge", With("run_attempt", "1000000001"), "is too large"},
    {"check_run_word", With("check_run_id", "a"), "claim check_run_id"},
    {"short_sha", With("sha", "0123456"), "claim sha \"0123456\" is not a full"},
    {"upper_sha", With("sha", "0123456789ABCDEF0123456789ABCDEF01234567"), "claim sha"},
    {"ref_short", With("ref", "main"), "does not start with refs/"},
    {"ref_control", With("ref", "refs/heads/a\x1b[2J"), "control character"},
    {"ref_long", With("ref", "refs/heads/" + std::string(512, 'r')), "longer than 512"},
    {"repository_of_another", With("repository", "evil/shop"), "is not of repository_owner"},
    {"repository_three_parts", With("repository", "acme/shop/x"), "is not owner/name"},
    {"repository_dots", With("repository", "acme/.."), "is not owner/name"},
    {"repository_blank", With("repository", "acme/a b"), "is not owner/name"},
    {"owner_slash", With("repository_owner", "acme/x"), "claim repository_owner"},
    {"workflow_without_ref", With("workflow_ref", "acme/shop/.github/workflows/b.yml"),
     "claim workflow_ref"},
    {"workflow_without_path", With("workflow_ref", "acme/shop@refs/heads/main"),
     "claim workflow_ref"},
    {"job_workflow_word", With("job_workflow_ref", "x"), "claim job_workflow_ref"},
};
class ClaimsRefused : public testing::TestWithParam<ClaimsRefuseCase> {};
TEST_P(ClaimsRefused, NamesTheClaim) {
  const auto speaker = Read(GetParam().claims);
  ASSERT_FALSE(speaker);
  EXPECT_EQ(speaker.error().code(), Errc::kUnauthenticated);
  EXPECT_NE(speaker.error().message().find(GetParam().why), std::string::npos)
      << speaker.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, ClaimsRefused, testing::ValuesIn(kRefused),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(GithubClaims, NumbersWhereTextBelongsAreRefused) {
  const auto document = codec::JsonDocument::Parse(R"({"repository_owner":77})").value();
  const auto speaker = ReadGithubClaims(document.root(), kIssuer);
  ASSERT_FALSE(speaker);
  EXPECT_NE(speaker.error().message().find("claim repository_owner is not text"),
            std::string::npos);
}

struct HostCase {
  std::string_view name, issuer, host;  // host empty: refused
};
constexpr HostCase kHosts[] = {
    {"github", "https://token.actions.githubusercontent.com", "github.com"},
    {"enterprise_slug", "https://token.actions.githubusercontent.com/acme-corp", "github.com"},
    {"data_residency", "https://token.actions.acme.ghe.com", "acme.ghe.com"},
    {"server", "https://git.acme.example/_services/token", "git.acme.example"},
    {"server_with_port", "https://Git.acme.example:8443/_services/token", "git.acme.example:8443"},
    {"lookalike", "https://token.actions.githubusercontent.com.evil.example", ""},
    {"no_subdomain", "https://token.actions.ghe.com", ""},
    {"ghe_path", "https://token.actions.acme.ghe.com/x", ""},
    {"plain_http", "http://git.acme.example/_services/token", ""},
    {"user_info", "https://a@git.acme.example/_services/token", ""},
    {"other_ci", "https://gitlab.com", ""},
    {"empty", "", ""},
};
class Hosts : public testing::TestWithParam<HostCase> {};
TEST_P(Hosts, AreToldFromTheIssuer) {
  const auto host = GithubHostOf(GetParam().issuer);
  EXPECT_EQ(host.value_or(""), GetParam().host);
}
INSTANTIATE_TEST_SUITE_P(Cases, Hosts, testing::ValuesIn(kHosts),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ReadClaims, KnowsItsProvidersOnly) {
  const codec::JsonDocument document = DocumentOf(Push());
  const auto speaker = ReadClaims("jenkins", document.root(), kIssuer);
  ASSERT_FALSE(speaker);
  EXPECT_EQ(speaker.error().code(), Errc::kUnsupported);
  const auto hosted = ReadClaims("github", document.root(), "http://127.0.0.1:1", "git.example");
  ASSERT_TRUE(hosted);
  EXPECT_EQ(hosted->repository.key, "git.example#101");
}

}  // namespace
}  // namespace hullmark::ci
