// SPDX-License-Identifier: Apache-2.0
//
// Frames as the server makes them from verified reports: docs/formats/observation.md, "Keys".
#include <utility>

#include "base/text.h"
#include "sample/frame.h"
#include "sample/writers.h"

namespace hullmark::sample {
namespace {

using model::EdgeKind;
using model::EntityKind;
using model::EntityRef;
using model::PropertyId;
using model::PropertyMap;

constexpr std::string_view kManifestType = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";

std::string KeyOf(std::string_view id) { return Cat({kCodeHost, "#", id}); }

EntityRef WriteCode(Frame& frame, const Repository& repository) {
  const Organization& owner = *repository.organization;
  PropertyMap of_owner;
  of_owner.SetText(PropertyId::kName, owner.name);
  of_owner.SetText(PropertyId::kVcsProvider, "github");
  of_owner.SetText(PropertyId::kVcsOwnerName, owner.name);
  of_owner.SetText(PropertyId::kUrl, Cat({"https://", kCodeHost, "/", owner.name}));
  const EntityRef organization =
      frame.Entity(EntityKind::kCodeOrganization, KeyOf(owner.id),
                   {Cat({kCodeHost, "/", owner.name})}, std::move(of_owner));
  const std::string path = repository.ImagePath();
  PropertyMap properties;
  properties.SetText(PropertyId::kName, path);
  properties.SetText(PropertyId::kVcsProvider, "github");
  properties.SetText(PropertyId::kVcsOwnerName, owner.name);
  properties.SetText(PropertyId::kVcsRepositoryName, repository.name);
  properties.SetText(PropertyId::kVcsVisibility, repository.number % 7 == 0 ? "public" : "private");
  properties.SetText(PropertyId::kUrl, Cat({"https://", kCodeHost, "/", path}));
  EntityRef code = frame.Entity(EntityKind::kCodeRepository, KeyOf(repository.id),
                                {Cat({kCodeHost, "/", path})}, std::move(properties));
  frame.Edge(EdgeKind::kContains, organization, code);
  return code;
}

EntityRef WriteRun(Frame& frame, const Repository& repository, const Release& release,
                   const EntityRef& code) {
  const std::string path = repository.ImagePath();
  const std::string url = Cat({"https://", kCodeHost, "/", path});
  PropertyMap of_commit;
  of_commit.SetText(PropertyId::kVcsRevision, release.commit);
  of_commit.SetText(PropertyId::kUrl, Cat({url, "/commit/", release.commit}));
  const EntityRef commit = frame.Entity(EntityKind::kCommit, Cat({code.key, "@", release.commit}),
                                        {}, std::move(of_commit));
  frame.Edge(EdgeKind::kContains, code, commit);

  PropertyMap of_project;
  of_project.SetText(PropertyId::kName, path);
  of_project.SetText(PropertyId::kUrl, url);
  const EntityRef project = frame.Entity(EntityKind::kProject, code.key,
                                         {Cat({kCodeHost, "/", path})}, std::move(of_project));
  constexpr std::string_view kWorkflow = ".github/workflows/release.yml";
  PropertyMap of_pipeline;
  of_pipeline.SetText(PropertyId::kCicdPipelineName, "Release");
  of_pipeline.SetText(PropertyId::kCicdPipelinePath, kWorkflow);
  const EntityRef pipeline =
      frame.Entity(EntityKind::kPipeline, Cat({code.key, "/", kWorkflow}),
                   {Cat({kCodeHost, "/", path, "/", kWorkflow})}, std::move(of_pipeline));
  frame.Edge(EdgeKind::kContains, project, pipeline);

  const std::string attempt = std::to_string(release.attempt);
  const std::string run_url = Cat({url, "/actions/runs/", release.run_id});
  const std::string attempt_url = Cat({run_url, "/attempts/", attempt});
  const std::string ref = Cat({"refs/tags/v", release.version});
  PropertyMap of_run;
  of_run.SetText(PropertyId::kCicdRunId, release.run_id);
  of_run.Set(PropertyId::kCicdRunAttempt, std::int64_t{release.attempt});
  of_run.SetText(PropertyId::kCicdRunUrl, attempt_url);
  of_run.SetText(PropertyId::kCicdTrigger, "push");
  of_run.SetText(PropertyId::kVcsRef, ref);
  of_run.SetText(PropertyId::kVcsRefType, "tag");
  EntityRef run = frame.Entity(EntityKind::kPipelineRun,
                               Cat({code.key, "/runs/", release.run_id, "/attempts/", attempt}),
                               {attempt_url, run_url}, std::move(of_run));
  frame.Edge(EdgeKind::kRan, pipeline, run);
  PropertyMap at;
  at.SetText(PropertyId::kAtRole, "source");
  at.SetText(PropertyId::kVcsRef, ref);
  frame.Edge(EdgeKind::kAt, run, commit, "source", std::move(at));

  const Person& actor = repository.organization->people[release.actor];
  PropertyMap of_person;
  of_person.SetText(PropertyId::kUserName, actor.login);
  const EntityRef person =
      frame.Entity(EntityKind::kPerson, KeyOf(actor.id), {}, std::move(of_person));
  frame.Edge(EdgeKind::kTriggeredBy, run, person);
  return run;
}

EntityRef WriteJob(Frame& frame, const Plan& plan, const Repository& repository,
                   const Release& release, const EntityRef& code, const EntityRef& run) {
  const std::string id = plan.facts().Id(11, Cat({"job/", release.run_id}));
  PropertyMap properties;
  properties.SetText(PropertyId::kCicdTaskName,
                     repository.road == Road::kRepublished ? "mirror" : "image");
  properties.Set(PropertyId::kJobNameDeclared, true);
  properties.SetText(PropertyId::kCicdTaskRunId, id);
  properties.SetText(PropertyId::kCicdWorkerKind,
                     repository.road == Road::kUnconfirmed ? "self-hosted" : "github-hosted");
  EntityRef job = frame.Entity(EntityKind::kJob, Cat({code.key, "/jobs/", id}),
                               {Cat({"https://", kCodeHost, "/", repository.ImagePath(),
                                     "/actions/runs/", release.run_id, "/job/", id})},
                               std::move(properties));
  frame.Edge(EdgeKind::kHasJob, run, job);
  return job;
}

/// What a job says of an image: less than the registry will.
EntityRef WriteImage(Frame& frame, const Image& image) {
  PropertyMap properties;
  properties.SetText(PropertyId::kImageMediaType, kManifestType);
  properties.SetText(PropertyId::kImageConfigDigest, image.config_digest);
  properties.SetText(PropertyId::kImagePlatform, image.platform);
  return frame.Entity(EntityKind::kImage, image.digest, {}, std::move(properties));
}

void WritePush(Frame& frame, const EntityRef& job, const Repository& repository,
               const Release& release, std::string_view tag) {
  EntityRef pushed;
  if (release.index_digest.empty()) {
    pushed = WriteImage(frame, release.images[0]);
  } else {
    PropertyMap of_index;
    of_index.SetText(PropertyId::kImageMediaType, kIndexType);
    pushed = frame.Entity(EntityKind::kImageIndex, release.index_digest, {}, std::move(of_index));
    for (const Image& image : release.images)
      frame.Edge(EdgeKind::kIncludes, pushed, WriteImage(frame, image));
  }
  std::string_view how = "built";
  std::string_view detail =
      "built by this engine after the job began; confirmed by engine-event, registry";
  if (repository.road == Road::kMultiPlatform && repository.number % 2 == 0) {
    how = "assembled";
    detail = "an index over images of this job; confirmed by registry";
  } else if (repository.road == Road::kRepublished) {
    how = "republished";
    detail = "pulled by this job before it was pushed; confirmed by engine-event, registry";
  } else if (repository.road == Road::kUnconfirmed) {
    how = "unknown";
    detail = "another job used this engine at the same time";
  }
  const std::string destination = Cat({repository.ImageRepository(), ":", tag});
  PropertyMap properties;
  properties.SetText(PropertyId::kPushHow, how);
  properties.SetText(PropertyId::kPushDestination, destination);
  properties.SetText(PropertyId::kPushBinding,
                     repository.road == Road::kUnconfirmed ? "unconfirmed" : "named");
  properties.Set(PropertyId::kPushBodyBound, false);
  properties.SetText(PropertyId::kPushDetail, detail);
  frame.Edge(EdgeKind::kPushed, job, pushed, destination, std::move(properties));
}

}  // namespace

model::Observation WriteReport(const Plan& plan, const Repository& repository,
                               const Release& release, const Release* also) {
  const std::string name = Cat({repository.ImagePath(), "/", release.version});
  const std::string job_id = plan.facts().Id(11, Cat({"job/", release.run_id}));
  // The job has pushed when it reports; a report is a frame of its own, and closes nothing.
  Frame frame(Cat({"ci:", kCodeHost}), model::SourceKind::kCiReport,
              Cat({KeyOf(repository.id), "/jobs/", job_id, "/",
                   plan.facts().Hex(16, Cat({"token/", name}))}),
              release.at + std::chrono::seconds(40), false);
  const EntityRef code = WriteCode(frame, repository);
  const EntityRef run = WriteRun(frame, repository, release, code);
  const EntityRef job = WriteJob(frame, plan, repository, release, code, run);
  WritePush(frame, job, repository, release, release.version);
  if (also != nullptr) WritePush(frame, job, repository, *also, "shared-" + also->version);
  return frame.Take();
}

}  // namespace hullmark::sample
