// SPDX-License-Identifier: Apache-2.0
#include "sources/ci/observation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "base/text.h"
#include "core/model/frame.h"

namespace hullmark::ci {
namespace {

using model::EdgeKind;
using model::EntityKind;
using model::PropertyId;

const std::string kCommit(40, 'c');
std::string DigestOf(char c) { return "sha256:" + std::string(64, c); }

Speaker TheSpeaker() {
  Speaker s;
  s.provider = "github";
  s.issuer = "https://token.actions.githubusercontent.com";
  s.host = "github.com";
  s.owner = {"77", "github.com#77", "acme", "github.com/acme"};
  s.repository = {"101", "github.com#101", "acme/shop", "github.com/acme/shop"};
  s.visibility = "private";
  s.commit = kCommit;
  s.ref = "refs/heads/main";
  s.ref_type = "branch";
  s.event = "push";
  s.run_id = "5";
  s.run_number = 17;
  s.run_attempt = 2;
  s.workflow_name = "Build";
  s.workflow = {".github/workflows/build.yml", "acme/shop", "refs/heads/main", kCommit};
  s.check_run_id = "900";
  s.actor_id = "42";
  s.actor_login = "ada";
  s.runner = "github-hosted";
  return s;
}

Report TheReport() {
  Report r;
  r.collector = "hullmark-ci/0.1.0";
  r.job_name = "build";
  ReportedPush image;
  image.reference = "r.example/shop/web:1.2";
  image.digest = DigestOf('1');
  image.media_type = "application/vnd.docker.distribution.manifest.v2+json";
  image.config_digest = DigestOf('2');
  image.platform = "linux/amd64";
  image.how = "built";
  image.how_detail = "new here";
  image.confirmed_by = {"engine-event", "registry"};
  r.pushes.push_back(image);
  ReportedPush index;
  index.reference = "r.example/shop/web:latest";
  index.digest = DigestOf('3');
  index.media_type = "application/vnd.oci.image.index.v1+json";
  index.how = "assembled";
  index.certain = false;
  index.manifests = {
      {DigestOf('1'), "", "linux/amd64", ""},
      {DigestOf('4'), "application/vnd.oci.image.manifest.v1+json", "linux/arm64", DigestOf('5')},
      {DigestOf('6'), "application/vnd.oci.image.manifest.v1+json", "unknown/unknown", ""}};
  r.pushes.push_back(index);
  return r;
}

Reception TheReception(std::string token_id = "jti-1") {
  return {.source = "ci:github.com",
          .token_id = std::move(token_id),
          .received_at = Timestamp::FromSeconds(1'795'300'000)};
}

model::Observation Make(const Report& report, const Speaker& speaker, const Reception& reception) {
  auto observation = MakeReportObservation(report, speaker, reception);
  EXPECT_TRUE(observation) << observation.error().message();
  for (const model::Record& record : observation->records) {
    const auto status = model::CheckRecord(record, model::SourceKind::kCiReport);
    EXPECT_TRUE(status) << status.error().message() << " in " << model::WriteRecord(record);
  }
  return *std::move(observation);
}

const model::EntityRecord* FindEntity(const model::Observation& o, EntityKind kind,
                                      std::string_view key) {
  for (const model::Record& record : o.records) {
    const auto* entity = std::get_if<model::EntityRecord>(&record);
    if (entity != nullptr && entity->kind == kind && entity->key == key) return entity;
  }
  return nullptr;
}

const model::EdgeRecord* FindEdge(const model::Observation& o, EdgeKind kind, std::string_view from,
                                  std::string_view to, std::string_view qualifier = {}) {
  for (const model::Record& record : o.records) {
    const auto* edge = std::get_if<model::EdgeRecord>(&record);
    if (edge != nullptr && edge->kind == kind && edge->from.key == from && edge->to.key == to &&
        edge->qualifier == qualifier) {
      return edge;
    }
  }
  return nullptr;
}

std::size_t CountEdges(const model::Observation& o, EdgeKind kind) {
  return static_cast<std::size_t>(
      std::ranges::count_if(o.records, [kind](const model::Record& record) {
        const auto* edge = std::get_if<model::EdgeRecord>(&record);
        return edge != nullptr && edge->kind == kind;
      }));
}

constexpr std::string_view kRun = "github.com#101/runs/5/attempts/2";
constexpr std::string_view kJob = "github.com#101/jobs/900";

TEST(ReportObservation, WhoSpeaksComesFromTheToken) {
  const auto o = Make(TheReport(), TheSpeaker(), TheReception());
  const auto* repository = FindEntity(o, EntityKind::kCodeRepository, "github.com#101");
  ASSERT_NE(repository, nullptr);
  EXPECT_EQ(repository->names, std::vector<std::string>{"github.com/acme/shop"});
  EXPECT_EQ(repository->properties.Text(PropertyId::kVcsRepositoryName), "shop");
  const auto* organization = FindEntity(o, EntityKind::kCodeOrganization, "github.com#77");
  ASSERT_NE(organization, nullptr);
  EXPECT_EQ(organization->names, std::vector<std::string>{"github.com/acme"});
  const auto* run = FindEntity(o, EntityKind::kPipelineRun, kRun);
  ASSERT_NE(run, nullptr);
  EXPECT_EQ(run->names,
            (std::vector<std::string>{"https://github.com/acme/shop/actions/runs/5/attempts/2",
                                      "https://github.com/acme/shop/actions/runs/5"}));
  EXPECT_EQ(run->properties.Text(PropertyId::kCicdTrigger), "push");
  const auto* job = FindEntity(o, EntityKind::kJob, kJob);
  ASSERT_NE(job, nullptr);
  EXPECT_EQ(job->properties.Text(PropertyId::kCicdTaskName), "build");
  EXPECT_EQ(std::get<bool>(*job->properties.Find(PropertyId::kJobNameDeclared)), true);
  const auto* person = FindEntity(o, EntityKind::kPerson, "github.com#42");
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->properties.Text(PropertyId::kUserName), "ada");

  const std::string commit = "github.com#101@" + kCommit;
  const std::string pipeline = "github.com#101/.github/workflows/build.yml";
  EXPECT_NE(FindEdge(o, EdgeKind::kContains, "github.com#77", "github.com#101"), nullptr);
  EXPECT_NE(FindEdge(o, EdgeKind::kContains, "github.com#101", commit), nullptr);
  EXPECT_NE(FindEdge(o, EdgeKind::kContains, "github.com#101", pipeline), nullptr);
  EXPECT_NE(FindEdge(o, EdgeKind::kRan, pipeline, kRun), nullptr);
  EXPECT_NE(FindEdge(o, EdgeKind::kAt, kRun, commit, "source"), nullptr);
  EXPECT_NE(FindEdge(o, EdgeKind::kTriggeredBy, kRun, "github.com#42"), nullptr);
  EXPECT_NE(FindEdge(o, EdgeKind::kHasJob, kRun, kJob), nullptr);
}

TEST(ReportObservation, PushesAreStatedAsSaid) {
  const auto o = Make(TheReport(), TheSpeaker(), TheReception());
  const auto* image = FindEntity(o, EntityKind::kImage, DigestOf('1'));
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->properties.Text(PropertyId::kImageConfigDigest), DigestOf('2'));
  EXPECT_NE(FindEntity(o, EntityKind::kImageIndex, DigestOf('3')), nullptr);
  EXPECT_NE(FindEntity(o, EntityKind::kImage, DigestOf('4')), nullptr);
  EXPECT_EQ(FindEntity(o, EntityKind::kImage, DigestOf('6')), nullptr)
      << "an attestation is no image";

  const auto* push = FindEdge(o, EdgeKind::kPushed, kJob, DigestOf('1'), "r.example/shop/web:1.2");
  ASSERT_NE(push, nullptr);
  EXPECT_EQ(push->properties.Text(PropertyId::kPushHow), "built");
  EXPECT_EQ(push->properties.Text(PropertyId::kPushBinding), "named");
  EXPECT_EQ(push->properties.Text(PropertyId::kPushDetail),
            "new here; confirmed by engine-event, registry");
  EXPECT_EQ(std::get<bool>(*push->properties.Find(PropertyId::kPushBodyBound)), false);
  const auto* uncertain =
      FindEdge(o, EdgeKind::kPushed, kJob, DigestOf('3'), "r.example/shop/web:latest");
  ASSERT_NE(uncertain, nullptr);
  EXPECT_EQ(uncertain->properties.Text(PropertyId::kPushBinding), "unconfirmed");
  EXPECT_NE(FindEdge(o, EdgeKind::kIncludes, DigestOf('3'), DigestOf('1')), nullptr);
  EXPECT_NE(FindEdge(o, EdgeKind::kIncludes, DigestOf('3'), DigestOf('4')), nullptr);
  EXPECT_EQ(CountEdges(o, EdgeKind::kIncludes), 2U);
  EXPECT_EQ(CountEdges(o, EdgeKind::kPushed), 2U);
}

TEST(ReportObservation, TwoReportsOfAJobDifferInExtentAlone) {
  auto a = Make(TheReport(), TheSpeaker(), TheReception("jti-1"));
  auto b = Make(TheReport(), TheSpeaker(), TheReception("jti-2"));
  EXPECT_NE(a.header.extent, b.header.extent);
  EXPECT_TRUE(a.header.extent.starts_with(kJob));
  EXPECT_EQ(a.header.sequence, 1U);
  EXPECT_FALSE(a.header.complete);
  b.header.extent = a.header.extent;
  EXPECT_EQ(model::WriteFrame(a), model::WriteFrame(b));
}

TEST(ReportObservation, JobWithoutIdIsNamedByTheBody) {
  Speaker speaker = TheSpeaker();
  speaker.check_run_id.clear();
  const std::string key = std::string(kRun) + "/job/build";
  EXPECT_NE(FindEntity(Make(TheReport(), speaker, TheReception()), EntityKind::kJob, key), nullptr);
}

TEST(ReportObservation, WithoutAnyJobTheRunPushed) {
  Speaker speaker = TheSpeaker();
  speaker.check_run_id.clear();
  Report report = TheReport();
  report.job_name.clear();
  const auto o = Make(report, speaker, TheReception());
  EXPECT_NE(FindEdge(o, EdgeKind::kPushed, kRun, DigestOf('1'), "r.example/shop/web:1.2"), nullptr);
  EXPECT_EQ(CountEdges(o, EdgeKind::kHasJob), 0U);
}

TEST(ReportObservation, ReusableWorkflowIsTheJobs) {
  Speaker speaker = TheSpeaker();
  speaker.reusable = {"acme/ci/.github/workflows/image.yml", "acme/ci", "refs/tags/v2", kCommit};
  const auto o = Make(TheReport(), speaker, TheReception());
  EXPECT_EQ(
      FindEntity(o, EntityKind::kJob, kJob)->properties.Text(PropertyId::kCicdReusablePipeline),
      "acme/ci/.github/workflows/image.yml@" + kCommit);
  speaker.reusable = {".github/workflows/image.yml", "acme/shop", "refs/heads/main", ""};
  const auto own = Make(TheReport(), speaker, TheReception());
  EXPECT_EQ(
      FindEntity(own, EntityKind::kJob, kJob)->properties.Text(PropertyId::kCicdReusablePipeline),
      "acme/shop/.github/workflows/image.yml@refs/heads/main");
}

TEST(ReportObservation, CommitOfTheDefaultBranchIsNotTheSource) {
  const std::string commit = "github.com#101@" + kCommit;
  for (const char* event : {"pull_request_target", "workflow_run", "issue_comment"}) {
    Speaker speaker = TheSpeaker();
    speaker.event = event;
    const auto o = Make(TheReport(), speaker, TheReception());
    EXPECT_EQ(FindEdge(o, EdgeKind::kAt, kRun, commit, "source"), nullptr) << event;
    EXPECT_NE(FindEdge(o, EdgeKind::kAt, kRun, commit, "workflow"), nullptr) << event;
  }
  Speaker speaker = TheSpeaker();
  speaker.event = "pull_request";
  EXPECT_NE(
      FindEdge(Make(TheReport(), speaker, TheReception()), EdgeKind::kAt, kRun, commit, "source"),
      nullptr);
}

struct PlaceCase {
  std::string_view name, reference, destination;
};
const PlaceCase kPlaces[] = {
    {"tag", "r.example:5000/a/b:1", "r.example:5000/a/b:1"},
    {"by_digest", "r.example/a", "r.example/a@"},
    {"by_its_digest", "r.example/a@", "r.example/a@"},
    {"docker_hub", "acme/web:1", "docker.io/acme/web:1"},
};
class Places : public testing::TestWithParam<PlaceCase> {};
TEST_P(Places, AreSpeltInOneWay) {
  const auto complete = [](std::string_view text) {
    return text.ends_with('@') ? Cat({text, DigestOf('1')}) : std::string(text);
  };
  Report report;
  report.pushes.resize(1);
  report.pushes[0].reference = complete(GetParam().reference);
  report.pushes[0].digest = DigestOf('1');
  const auto o = Make(report, TheSpeaker(), TheReception());
  EXPECT_NE(FindEdge(o, EdgeKind::kPushed, kJob, DigestOf('1'), complete(GetParam().destination)),
            nullptr);
  EXPECT_NE(FindEntity(o, EntityKind::kDigest, DigestOf('1')), nullptr) << "of unknown kind";
}
INSTANTIATE_TEST_SUITE_P(Cases, Places, testing::ValuesIn(kPlaces),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ReportObservation, OnePlaceToldTwiceIsOneEdgeAndTheCertainOne) {
  Report report = TheReport();
  report.pushes.resize(1);
  report.pushes[0].certain = false;
  report.pushes.push_back(report.pushes[0]);
  report.pushes[1].certain = true;
  report.pushes[1].media_type.clear();
  report.pushes.push_back(report.pushes[0]);
  const auto o = Make(report, TheSpeaker(), TheReception());
  EXPECT_EQ(CountEdges(o, EdgeKind::kPushed), 1U);
  EXPECT_EQ(FindEdge(o, EdgeKind::kPushed, kJob, DigestOf('1'), "r.example/shop/web:1.2")
                ->properties.Text(PropertyId::kPushBinding),
            "named");
  std::set<std::string> lines;
  for (const model::Record& record : o.records) {
    EXPECT_TRUE(lines.insert(model::WriteRecord(record)).second) << "a record is there twice";
  }
}

}  // namespace
}  // namespace hullmark::ci
