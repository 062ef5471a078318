// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/scratch_dir.h"
#include "base/text.h"
#include "sources/oci/credential_helper.h"
#include "sources/oci/registry_client.h"

namespace hullmark::oci {
namespace {

// Sets a variable for one test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

void Write(const std::string& path, std::string_view text, mode_t mode = 0600) {
  std::ofstream(path) << text;
  chmod(path.c_str(), mode);
}

constexpr std::string_view kAuths = R"({"auths":{
  "registry.example":{"auth":"dXNlcjpwYTpzcw=="},
  "https://legacy.example/v1/":{"auth":"b2xkOnB3"},
  "https://index.docker.io/v1/":{"auth":"aHViOnB3"},
  "token.example":{"auth":"PHRva2VuPjo=","identitytoken":"refresh-me"},
  "quay.example":{"auth":"YWxsOnB3"},
  "quay.example/acme":{"auth":"YWNtZTpwdw=="},
  "helper-keeps-it.example":{},
  "broken.example":{"auth":"!"}}})";

struct AuthCase {
  std::string_view name, host, user, password, identity_token;
};
constexpr AuthCase kAuthCases[] = {
    {"by_host", "registry.example", "user", "pa:ss", ""},
    {"upper_case", "Registry.Example", "user", "pa:ss", ""},
    {"legacy_key", "legacy.example", "old", "pw", ""},
    {"hub", "docker.io", "hub", "pw", ""},
    {"hub_s_registry_host", "registry-1.docker.io", "hub", "pw", ""},
    {"identity_token", "token.example", "<token>", "", "refresh-me"},
    {"whole_host", "quay.example/other/image", "all", "pw", ""},
    {"closest_path", "quay.example/acme/shop", "acme", "pw", ""},
    {"not_a_longer_name", "quay.example/acmeshop", "all", "pw", ""},
    {"kept_by_a_helper", "helper-keeps-it.example", "", "", ""},
    {"stranger", "evil.example", "", "", ""},
    {"ends_alike", "example", "", "", ""},
};
class FindCredentialsFor : public testing::TestWithParam<AuthCase> {};
TEST_P(FindCredentialsFor, TakesTheLoginOfThatHost) {
  const ScratchDir dir;
  Write(dir.Of("config.json"), kAuths);
  const auto found = FindCredentials(GetParam().host, dir.path());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->username, GetParam().user);
  EXPECT_EQ(found->password, GetParam().password);
  EXPECT_EQ(found->identity_token, GetParam().identity_token);
}
INSTANTIATE_TEST_SUITE_P(Cases, FindCredentialsFor, testing::ValuesIn(kAuthCases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(FindCredentials, SaysWhatIsWrong) {
  const ScratchDir dir;
  EXPECT_TRUE(FindCredentials("registry.example", dir.path())->empty());  // no file
  Write(dir.Of("config.json"), kAuths);
  const auto broken = FindCredentials("broken.example", dir.path());
  ASSERT_FALSE(broken);
  EXPECT_TRUE(broken.error().message().contains("config.json")) << broken.error().message();
  EXPECT_FALSE(broken.error().message().contains("dXNl"));
  Write(dir.Of("config.json"), "{");
  EXPECT_FALSE(FindCredentials("registry.example", dir.path()));
}

TEST(FindCredentials, LooksWhereDockerAndPodmanDo) {
  const ScratchDir dir;
  ASSERT_EQ(mkdir(dir.Of("containers").c_str(), 0700), 0);
  ASSERT_EQ(mkdir(dir.Of(".docker").c_str(), 0700), 0);
  const Variable home("HOME", dir.path());
  const Variable config("DOCKER_CONFIG", "");
  const Variable file("REGISTRY_AUTH_FILE", "");
  const Variable runtime("XDG_RUNTIME_DIR", dir.path());
  Write(dir.Of("containers/auth.json"), R"({"auths":{"r.example":{"auth":"cG9kOnB3"}}})");
  EXPECT_EQ(FindCredentials("r.example")->username, "pod");
  Write(dir.Of(".docker/config.json"), R"({"auths":{"r.example":{"auth":"aG9tZTpwdw=="}}})");
  EXPECT_EQ(FindCredentials("r.example")->username, "home");
  Write(dir.Of("config.json"), R"({"auths":{"r.example":{"auth":"Y29uZjpwdw=="}}})");
  const Variable config_dir("DOCKER_CONFIG", dir.path());
  EXPECT_EQ(FindCredentials("r.example")->username, "conf");
  Write(dir.Of("my.json"), R"({"auths":{"r.example":{"auth":"bWluZTpwdw=="}}})");
  const Variable auth_file("REGISTRY_AUTH_FILE", dir.Of("my.json"));
  EXPECT_EQ(FindCredentials("r.example")->username, "mine");
}

class Helper : public testing::Test {
 protected:
  Helper() : path_("PATH", dir_.path() + ":/usr/bin:/bin") {}
  void Install(std::string_view name, std::string_view script) {
    Write(dir_.Of(Cat({"docker-credential-", name})), Cat({"#!/bin/sh\n", script}), 0700);
  }
  const ScratchDir dir_;
  const Variable path_;
};

TEST_F(Helper, IsAskedForTheServer) {
  Install(
      "echo",
      R"(read server; printf '{"ServerURL":"%s","Username":"u-%s","Secret":"%s"}' "$server" "$1" "$server")");
  Write(dir_.Of("config.json"), R"({"credsStore":"echo","credHelpers":{"x.example":"other"}})");
  const auto found = FindCredentials("r.example:5000", dir_.path());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->username, "u-get");
  EXPECT_EQ(found->password, "r.example:5000");
  EXPECT_EQ(FindCredentials("docker.io", dir_.path())->password, "https://index.docker.io/v1/");
}

TEST_F(Helper, MayHoldAnIdentityToken) {
  Install("tok", R"(echo '{"Username":"<token>","Secret":"refresh"}')");
  Write(dir_.Of("config.json"), R"({"credHelpers":{"x.example":"tok"}})");
  const auto found = FindCredentials("x.example", dir_.path());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->identity_token, "refresh");
  EXPECT_TRUE(found->username.empty());
}

TEST_F(Helper, ThatKnowsNothingLeavesItToTheFile) {
  Install("none", "echo 'credentials not found in native keychain'; exit 1");
  Write(dir_.Of("config.json"), R"({"credsStore":"none","auths":{"r.example":{"auth":"dTpw"}}})");
  EXPECT_EQ(FindCredentials("r.example", dir_.path())->username, "u");
}

TEST_F(Helper, IsNoShellCommand) {
  Write(dir_.Of("config.json"), R"({"credsStore":"x; touch pwned"})");
  EXPECT_EQ(FindCredentials("r.example", dir_.path()).error().code(), Errc::kInputRefused);
  EXPECT_EQ(AskCredentialHelper("../../bin/sh", "x").error().code(), Errc::kInputRefused);
}

TEST_F(Helper, ThatFailsIsTold) {
  Install("bad", "echo 'the keychain is locked'; exit 3");
  const auto answer = AskCredentialHelper("bad", "r.example");
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().message().contains("the keychain is locked"));
  EXPECT_EQ(AskCredentialHelper("is-not-installed", "r.example").error().code(),
            Errc::kUnavailable);
  Install("html", "echo '<html>'");
  EXPECT_FALSE(AskCredentialHelper("html", "r.example"));
}

TEST_F(Helper, ThatHangsIsEndedWithItsChildren) {
  Install("slow", "sleep 600 & echo $! > " + dir_.Of("pid") + "; sleep 600");
  const auto begin = std::chrono::steady_clock::now();
  const auto answer =
      AskCredentialHelper("slow", "r.example", {.timeout = std::chrono::milliseconds(300)});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Errc::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  int child = 0;
  std::ifstream(dir_.Of("pid")) >> child;
  ASSERT_GT(child, 0);
  // Gone, or a zombie that init has not collected yet.
  std::string state = "gone";
  for (int i = 0; i < 100; ++i) {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string pid, name;
    if (!(stat >> pid >> name >> state)) {
      state = "gone";
      break;
    }
    if (state == "Z") break;
    struct timespec pause{.tv_sec = 0, .tv_nsec = 10'000'000};
    nanosleep(&pause, nullptr);
  }
  EXPECT_TRUE(state == "gone" || state == "Z") << state;
}

TEST_F(Helper, ThatTalksTooMuchIsEnded) {
  Install("loud", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done");
  const auto answer = AskCredentialHelper("loud", "r.example", {.max_output_bytes = 1000});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Errc::kResourceExhausted);
}

TEST_F(Helper, MayIgnoreItsInput) {
  Install("deaf", R"(exec <&-; echo '{"Username":"u","Secret":"p"}')");
  const auto answer = AskCredentialHelper("deaf", std::string(100'000, 'x'));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ((*answer)->username, "u");
}

}  // namespace
}  // namespace hullmark::oci
