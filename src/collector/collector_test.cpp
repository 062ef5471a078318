// SPDX-License-Identifier: Apache-2.0
#include "collector/collector.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <thread>

#include "base/crypto/hash.h"
#include "base/file.h"
#include "base/scratch_dir.h"
#include "collector/test_transport.h"
#include "sources/ci/report.h"

namespace hullmark::collector {
namespace {

constexpr char kToken[] = "eyJhIjoxfQ.eyJiIjoyfQ.c2ln";
const std::string kImage = "sha256:" + std::string(64, 'a');

/// A job with an engine, a registry, a token service and a server, all by rules.
class Job : public testing::Test {
 protected:
  Job() {
    transport_.On("GET http://localhost/_ping", 200, "OK", HeadersOf("Api-Version", "1.41"));
    transport_.On("GET http://localhost/v1.41/info", 200, kClassicInfo);
    transport_.On("GET http://localhost/v1.41/images/json*", 200, "[]");
    transport_.On("GET http://localhost/v1.41/events*", 200, "");
    transport_.On("GET http://127.0.0.1:9/token*", 200,
                  std::string(R"({"value":")") + kToken + "\"}");
    transport_.On("GET https://h.example/api/v1/ci/config", 200,
                  R"({"version":1,"audience":"https://h.example"})");
    transport_.On("POST https://h.example/api/v1/ci/reports", 200, R"({"version":1,"accepted":1})");
    values_ = {{"GITHUB_ACTIONS", "true"},
               {"GITHUB_RUN_ID", "7"},
               {"GITHUB_JOB", "build"},
               {"DOCKER_HOST", "unix:///d.sock"},
               {"DOCKER_CONFIG", dir_.path()},
               {"RUNNER_TEMP", dir_.path()},
               {"GITHUB_STEP_SUMMARY", dir_.Of("summary.md")},
               {"HULLMARK_SERVER", "https://h.example"},
               {"ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:9/token?v=2"},
               {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"}};
  }
  void Push() {
    const std::string manifest =
        R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",)"
        R"("config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":2,"digest":")" +
        kImage + R"("},"layers":[]})";
    digest_ = crypto::Sha256Of(manifest).ToString();
    transport_.On(
        "GET http://localhost/v1.41/events*", 200,
        R"({"Type":"image","Action":"tag","Actor":{"ID":")" + kImage +
            R"(","Attributes":{"name":"r.example/shop:1"}},"timeNano":1795300679000000000})" +
            "\n" +
            R"({"Type":"image","Action":"push","Actor":{"ID":"r.example/shop:1","Attributes":)"
            R"({"name":"r.example/shop"}},"timeNano":1795300680000000000})" +
            "\n");
    transport_.On("GET http://localhost/v1.41/images/" + kImage + "/json", 200,
                  R"({"Id":")" + kImage + R"(","RepoDigests":["r.example/shop@)" + digest_ +
                      R"("],"Os":"linux","Architecture":"amd64"})");
    transport_.On(
        "GET https://r.example/v2/shop/manifests/1", 200, manifest,
        HeadersOf("Content-Type", "application/vnd.docker.distribution.manifest.v2+json"));
  }
  int Run(std::vector<std::string_view> arguments) {
    const Outside outside{
        .make_transport =
            [this](const std::string&) { return std::make_unique<Forward>(transport_); },
        .out = [this](std::string_view text) { out_ += text; },
        .err = [this](std::string_view text) { err_ += text; },
        .end_process = [](int code) { std::_Exit(code); },
    };
    out_.clear();
    err_.clear();
    const int code = Main(arguments, Environment(values_), outside);
    EXPECT_EQ((out_ + err_).find("request-secret"), std::string::npos);
    EXPECT_EQ((out_ + err_).find(kToken), std::string::npos);
    return code;
  }
  std::vector<net::HttpRequest> Reports() const { return transport_.Requests("POST *"); }

  struct Forward final : net::HttpTransport {
    explicit Forward(TestTransport& to) : to_(to) {}
    Result<net::HttpResponse> Send(const net::HttpRequest& request, Deadline deadline,
                                   std::stop_token stop) override {
      return to_.Send(request, deadline, stop);
    }
    TestTransport& to_;
  };

  const ScratchDir dir_;
  TestTransport transport_;
  Environment::Values values_;
  std::string digest_, out_, err_;
};

TEST_F(Job, ReportsWhatItPushed) {
  EXPECT_EQ(Run({"start"}), 0);
  EXPECT_EQ(out_,
            "hullmark-ci: watching docker 20.10.24+dfsg1 (api 1.41, classic store), which holds 0 "
            "images\n");
  Push();
  EXPECT_EQ(Run({"report"}), 0);
  EXPECT_NE(out_.find("  r.example/shop:1\n    " + digest_.substr(0, 19) + "  built\n"),
            std::string::npos)
      << out_;
  EXPECT_NE(out_.find("hullmark-ci: reported to https://h.example\n"), std::string::npos) << out_;
  ASSERT_EQ(Reports().size(), 1u);
  const auto report = ci::ParseReport(Reports()[0].body);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->job_name, "build");
  EXPECT_EQ(report->engine, "docker/20.10.24+dfsg1 (api 1.41, classic store)");
  ASSERT_EQ(report->pushes.size(), 1u);
  EXPECT_EQ(report->pushes[0].digest, digest_);
  EXPECT_EQ(report->pushes[0].how, "built");
  EXPECT_TRUE(report->pushes[0].certain);
  const std::string summary = *ReadFile(dir_.Of("summary.md"), 10'000);
  EXPECT_NE(summary.find("| r.example/shop:1 | `" + digest_ + "` | built |"), std::string::npos)
      << summary;
}

TEST_F(Job, SaysTheSameThingTwice) {
  Run({"start"});
  Push();
  Run({"report"});
  Run({"report"});
  ASSERT_EQ(Reports().size(), 2u);
  EXPECT_EQ(Reports()[0].body, Reports()[1].body);
}

TEST_F(Job, AsksSinceItsStartAndKeepsTheFirstOne) {
  Run({"start"});
  transport_.On(
      "GET http://localhost/v1.41/info", 200,
      R"({"ID":"HR7Y:IW3R","Driver":"vfs","SystemTime":"2026-11-21T23:00:00Z","ServerVersion":"20.10.24"})");
  EXPECT_EQ(Run({"start"}), 0);
  EXPECT_EQ(out_, "hullmark-ci: started already at 2026-11-21T22:37:58.092674Z\n");
  Run({"report"});
  EXPECT_EQ(
      transport_.Requests("*/events?since=1795300678.092674000&until=1795302000.000000000").size(),
      1u);
}

TEST_F(Job, WithoutPushesIsOneQuietLine) {
  Run({"start"});
  EXPECT_EQ(Run({"report", "--strict"}), 0);
  EXPECT_EQ(out_, "hullmark-ci: nothing pushed, nothing to report\n");
  EXPECT_TRUE(transport_.Requests("*h.example*").empty());
  EXPECT_TRUE(transport_.Requests("*token*").empty());
  EXPECT_FALSE(ReadFile(dir_.Of("summary.md"), 10'000));
}

TEST_F(Job, WithoutStartIsUnknownAndPossiblyAnothers) {
  Push();
  EXPECT_EQ(Run({"report"}), 0);
  auto report = ci::ParseReport(Reports().at(0).body);
  EXPECT_EQ(report->pushes.at(0).how, "unknown");
  EXPECT_FALSE(report->pushes.at(0).certain);
  values_["RUNNER_ENVIRONMENT"] = "github-hosted";
  EXPECT_EQ(Run({"report"}), 0);
  report = ci::ParseReport(Reports().at(1).body);
  EXPECT_EQ(report->pushes.at(0).how, "unknown");
  EXPECT_TRUE(report->pushes.at(0).certain);
}

TEST_F(Job, DoesNotUseAnotherJobsOrEnginesStart) {
  Run({"start", "--state", dir_.Of("s").c_str()});
  Push();
  values_["GITHUB_RUN_ID"] = "8";
  const std::string state = "--state=" + dir_.Of("s");
  EXPECT_EQ(Run({"report", state}), 0);
  EXPECT_NE(out_.find("another job's"), std::string::npos);
  EXPECT_EQ(ci::ParseReport(Reports().at(0).body)->pushes.at(0).how, "unknown");
  values_["GITHUB_RUN_ID"] = "7";
  transport_.On(
      "GET http://localhost/v1.41/info", 200,
      R"({"ID":"OTHER","Driver":"vfs","SystemTime":"2026-11-21T23:00:00Z","ServerVersion":"20.10.24"})");
  EXPECT_EQ(Run({"report", state}), 0);
  EXPECT_NE(out_.find("another Docker engine"), std::string::npos);
}

TEST_F(Job, KeepsItsStateToItself) {
  const std::string path = dir_.Of("s");
  Run({"start", "--state", path});
  struct stat info{};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Job, PrintsTheReportAndNothingElse) {
  Run({"start"});
  Push();
  EXPECT_EQ(Run({"report", "--dry-run"}), 0);
  EXPECT_TRUE(ci::ParseReport(out_)) << out_;
  EXPECT_NE(err_.find("1 push seen"), std::string::npos);
  EXPECT_TRUE(Reports().empty());
}

struct FailureCase {
  std::string_view name, pattern;
  int status;  // 0: not reachable
  int strict_exit;
  std::string_view says;
};
constexpr FailureCase kFailures[] = {
    {"no_engine", "GET http://localhost/*", 0, 4, "docker engine at unix:///d.sock"},
    {"engine_forbids", "GET http://localhost/v1.41/events*", 403, 6, "403"},
    {"token_refused", "GET http://127.0.0.1:9/*", 401, 6, "token service answered 401"},
    {"report_refused", "POST *", 401, 6, "https://h.example: the server answered 401"},
    {"report_unreadable", "POST *", 422, 3, "the server answered 422"},
    {"server_down", "* https://h.example/*", 0, 4, "https://h.example"},
    {"not_hullmark", "GET https://h.example/*", 200, 2, "is it a Hullmark server?"},
};
class Failures : public Job, public testing::WithParamInterface<FailureCase> {};
TEST_P(Failures, NeverFailTheJobUnlessStrict) {
  Run({"start"});
  Push();
  if (GetParam().status == 0) {
    transport_.On(std::string(GetParam().pattern),
                  [](const net::HttpRequest&, Deadline) -> Result<net::HttpResponse> {
                    return Fail(Errc::kUnavailable, "connection refused");
                  });
  } else {
    transport_.On(std::string(GetParam().pattern), GetParam().status, "{}");
  }
  EXPECT_EQ(Run({"report", "--deadline", "600ms"}), 0);
  EXPECT_NE(out_.find("hullmark-ci: not reported: "), std::string::npos) << out_;
  EXPECT_NE(out_.find(GetParam().says), std::string::npos) << out_;
  EXPECT_EQ(Run({"report", "--strict", "--deadline", "600ms"}), GetParam().strict_exit) << out_;
}
INSTANTIATE_TEST_SUITE_P(Cases, Failures, testing::ValuesIn(kFailures),
                         [](const auto& i) { return std::string(i.param.name); });

TEST_F(Job, NamesTheMissingServer) {
  values_.erase("HULLMARK_SERVER");
  Push();
  EXPECT_EQ(Run({"report"}), 0);
  EXPECT_NE(out_.find("no server; name it by --server"), std::string::npos);
  EXPECT_EQ(Run({"report", "--strict"}), 2);
}

TEST_F(Job, SaysAUsageMistakeAtOnce) {
  EXPECT_EQ(Run({"report", "--nonsense"}), 2);
  EXPECT_EQ(Run({}), 0);
  EXPECT_NE(out_.find("Examples"), std::string::npos);
}

using JobDeathTest = Job;
TEST_F(JobDeathTest, IsNeverHeldUpBeyondTheDeadline) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // What does not listen to deadlines at all: a name server, a credential helper.
  transport_.On("GET http://localhost/_ping",
                [](const net::HttpRequest&, Deadline) -> Result<net::HttpResponse> {
                  std::this_thread::sleep_for(std::chrono::seconds(30));
                  return Fail(Errc::kInternal, "never");
                });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EXIT(Run({"report", "--deadline", "300ms"}), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(Run({"report", "--deadline", "300ms", "--strict"}), testing::ExitedWithCode(4), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(Job, AsksThoseWhoListenToStopInTime) {
  transport_.On("GET http://localhost/_ping",
                [](const net::HttpRequest&, Deadline deadline) -> Result<net::HttpResponse> {
                  std::this_thread::sleep_until(deadline);
                  return Fail(Errc::kDeadlineExceeded, "no answer in time");
                });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Run({"report", "--deadline", "1s"}), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_NE(out_.find("no answer in time"), std::string::npos);
}

}  // namespace
}  // namespace hullmark::collector
