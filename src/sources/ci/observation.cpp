// SPDX-License-Identifier: Apache-2.0
#include "sources/ci/observation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/codec/image_reference.h"
#include "base/crypto/hash.h"
#include "base/text.h"

namespace hullmark::ci {
namespace {

using model::EdgeKind;
using model::EntityKind;
using model::EntityRef;
using model::PropertyId;

struct Builder {
  model::Observation out;

  EntityRef Entity(EntityKind kind, std::string key, std::vector<std::string> names,
                   model::PropertyMap properties) {
    EntityRef ref{kind, key};
    out.records.emplace_back(
        model::EntityRecord{kind, std::move(key), std::move(names), std::move(properties)});
    return ref;
  }
  void Edge(EdgeKind kind, const EntityRef& from, const EntityRef& to, std::string qualifier = {},
            model::PropertyMap properties = {}) {
    out.records.emplace_back(
        model::EdgeRecord{kind, from, to, std::move(qualifier), std::move(properties)});
  }
};

std::string UrlName(const Speaker& s) { return Cat({"https://", s.host, "/"}); }

EntityRef AddRepository(Builder& b, const Speaker& s) {
  model::PropertyMap owner;
  owner.SetText(PropertyId::kName, s.owner.path);
  owner.SetText(PropertyId::kVcsProvider, s.provider);
  owner.SetText(PropertyId::kVcsOwnerName, s.owner.path);
  owner.SetText(PropertyId::kUrl, UrlName(s) + s.owner.path);
  const EntityRef organization =
      b.Entity(EntityKind::kCodeOrganization, s.owner.key, {s.owner.name}, std::move(owner));

  model::PropertyMap properties;
  properties.SetText(PropertyId::kName, s.repository.path);
  properties.SetText(PropertyId::kVcsProvider, s.provider);
  properties.SetText(PropertyId::kVcsOwnerName, s.owner.path);
  properties.SetText(PropertyId::kVcsRepositoryName,
                     std::string_view(s.repository.path).substr(s.repository.path.find('/') + 1));
  properties.SetText(PropertyId::kVcsVisibility, s.visibility);
  properties.SetText(PropertyId::kUrl, s.RepositoryUrl());
  const EntityRef repository = b.Entity(EntityKind::kCodeRepository, s.repository.key,
                                        {s.repository.name}, std::move(properties));
  b.Edge(EdgeKind::kContains, organization, repository);
  return repository;
}

EntityRef AddCommit(Builder& b, const Speaker& s, const EntityRef& repository) {
  model::PropertyMap properties;
  properties.SetText(PropertyId::kVcsRevision, s.commit);
  properties.SetText(PropertyId::kUrl, Cat({s.RepositoryUrl(), "/commit/", s.commit}));
  const EntityRef commit = b.Entity(EntityKind::kCommit, Cat({s.repository.key, "@", s.commit}), {},
                                    std::move(properties));
  b.Edge(EdgeKind::kContains, repository, commit);
  return commit;
}

EntityRef AddPipeline(Builder& b, const Speaker& s) {
  // On GitHub a repository is its own CI project; tokens carry no workflow id, so the path names
  // it.
  model::PropertyMap of_project;
  of_project.SetText(PropertyId::kName, s.repository.path);
  of_project.SetText(PropertyId::kUrl, s.RepositoryUrl());
  const EntityRef project =
      b.Entity(EntityKind::kProject, s.repository.key, {s.repository.name}, std::move(of_project));
  model::PropertyMap of_pipeline;
  of_pipeline.SetText(PropertyId::kCicdPipelineName, s.workflow_name);
  of_pipeline.SetText(PropertyId::kCicdPipelinePath, s.workflow.path);
  const EntityRef pipeline =
      b.Entity(EntityKind::kPipeline, Cat({s.repository.key, "/", s.workflow.path}),
               {Cat({s.repository.name, "/", s.workflow.path})}, std::move(of_pipeline));
  b.Edge(EdgeKind::kContains, project, pipeline);
  return pipeline;
}

// These events run the default branch's workflow over somebody else's change, and the token's
// commit is that branch's: what was built is unknown rather than that (GitHub docs, "Events that
// trigger workflows").
bool CommitIsSource(std::string_view event) {
  return event != "pull_request_target" && event != "workflow_run" && event != "issue_comment";
}

EntityRef AddRun(Builder& b, const Speaker& s, const EntityRef& pipeline, const EntityRef& commit) {
  model::PropertyMap properties;
  properties.SetText(PropertyId::kCicdRunId, s.run_id);
  if (s.run_number > 0) properties.Set(PropertyId::kCicdRunNumber, s.run_number);
  properties.Set(PropertyId::kCicdRunAttempt, s.run_attempt);
  properties.SetText(PropertyId::kCicdRunUrl, s.RunAttemptUrl());
  properties.SetText(PropertyId::kCicdTrigger, s.event);
  properties.SetText(PropertyId::kVcsRef, s.ref);
  properties.SetText(PropertyId::kVcsRefType, s.ref_type);
  // The URL without an attempt shows the newest attempt: names are dated, so each later attempt
  // takes it over.
  const EntityRef run = b.Entity(EntityKind::kPipelineRun, s.RunKey(),
                                 {s.RunAttemptUrl(), s.RunUrl()}, std::move(properties));
  b.Edge(EdgeKind::kRan, pipeline, run);

  const std::string role = CommitIsSource(s.event) ? "source" : "workflow";
  model::PropertyMap at;
  at.SetText(PropertyId::kAtRole, role);
  at.SetText(PropertyId::kVcsRef, s.ref);
  b.Edge(EdgeKind::kAt, run, commit, role, std::move(at));

  model::PropertyMap person;
  person.SetText(PropertyId::kUserName, s.actor_login);
  const EntityRef actor =
      b.Entity(EntityKind::kPerson, Cat({s.host, "#", s.actor_id}), {}, std::move(person));
  b.Edge(EdgeKind::kTriggeredBy, run, actor);
  return run;
}

// The job where one can be told; otherwise the run itself speaks.
EntityRef AddJob(Builder& b, const Speaker& s, const EntityRef& run, std::string_view declared) {
  if (s.check_run_id.empty() && declared.empty()) return run;
  model::PropertyMap properties;
  properties.SetText(PropertyId::kCicdTaskName, declared);
  if (!declared.empty()) properties.Set(PropertyId::kJobNameDeclared, true);
  properties.SetText(PropertyId::kCicdTaskRunId, s.check_run_id);
  properties.SetText(PropertyId::kCicdWorkerKind, s.runner);
  if (!s.reusable.path.empty()) {
    const std::string_view at = s.reusable.sha.empty() ? s.reusable.ref : s.reusable.sha;
    const bool own = s.reusable.repository == s.repository.path;
    properties.SetText(PropertyId::kCicdReusablePipeline,
                       Cat({own ? Cat({s.repository.path, "/"}) : "", s.reusable.path, "@", at}));
  }
  std::vector<std::string> names;
  std::string key = Cat({run.key, "/job/", declared});
  if (!s.check_run_id.empty()) {
    key = Cat({s.repository.key, "/jobs/", s.check_run_id});
    names.push_back(Cat({s.RunUrl(), "/job/", s.check_run_id}));
  }
  const EntityRef job =
      b.Entity(EntityKind::kJob, std::move(key), std::move(names), std::move(properties));
  b.Edge(EdgeKind::kHasJob, run, job);
  return job;
}

struct Artifact {
  EntityKind kind = EntityKind::kDigest;
  std::string media_type;
  std::string config_digest;
  std::string platform;
};

EntityKind KindOf(std::string_view media_type, bool has_config, bool has_manifests) {
  if (media_type == "application/vnd.oci.image.index.v1+json" ||
      media_type == "application/vnd.docker.distribution.manifest.list.v2+json" ||
      (media_type.empty() && has_manifests)) {
    return EntityKind::kImageIndex;
  }
  if (media_type == "application/vnd.oci.image.manifest.v1+json" ||
      media_type == "application/vnd.docker.distribution.manifest.v2+json" ||
      (media_type.empty() && has_config)) {
    return EntityKind::kImage;
  }
  return EntityKind::kDigest;
}

// What the job said of each digest, once: a digest may be pushed to several places.  What a
// registry states of the same digest, from the bytes, stands above this.
class Artifacts {
 public:
  EntityKind Note(const std::string& digest, const Artifact& said) {
    auto [at, fresh] = by_digest_.try_emplace(digest, said);
    Artifact& known = at->second;
    if (fresh) return known.kind;
    if (known.kind == EntityKind::kDigest) known.kind = said.kind;
    const auto fill = [](std::string& have, const std::string& more) {
      if (have.empty()) have = more;
    };
    fill(known.media_type, said.media_type);
    fill(known.config_digest, said.config_digest);
    fill(known.platform, said.platform);
    return known.kind;
  }
  EntityRef RefOf(const std::string& digest) const { return {by_digest_.at(digest).kind, digest}; }

  void AddTo(Builder& b) const {
    for (const auto& [digest, said] : by_digest_) {
      model::PropertyMap properties;
      properties.SetText(PropertyId::kImageMediaType, said.media_type);
      if (said.kind == EntityKind::kImage) {
        properties.SetText(PropertyId::kImageConfigDigest, said.config_digest);
        properties.SetText(PropertyId::kImagePlatform, said.platform);
      }
      b.Entity(said.kind, digest, {}, std::move(properties));
    }
  }

 private:
  std::map<std::string, Artifact> by_digest_;
};

// Attestation manifests inside an index carry this platform (BuildKit); they are no images.
bool IsMember(const ReportedManifest& manifest, const ReportedPush& index) {
  return manifest.platform != "unknown/unknown" && manifest.digest != index.digest;
}

Artifact ArtifactOf(const ReportedPush& push) {
  return {KindOf(push.media_type, !push.config_digest.empty(), !push.manifests.empty()),
          push.media_type, push.config_digest, push.platform};
}

Artifact ArtifactOf(const ReportedManifest& manifest) {
  return {KindOf(manifest.media_type, !manifest.config_digest.empty(), false), manifest.media_type,
          manifest.config_digest, manifest.platform};
}

Result<std::string> DestinationOf(const ReportedPush& push) {
  auto reference = codec::ImageReference::Parse(push.reference);
  if (!reference) return std::unexpected(std::move(reference).error());
  const std::string repository = reference->Repository();
  return reference->tag.empty() ? Cat({repository, "@", push.digest})
                                : Cat({repository, ":", reference->tag});
}

model::PropertyMap PushProperties(const ReportedPush& push, const std::string& destination,
                                  bool body_bound) {
  std::string detail = push.how_detail;
  for (std::size_t i = 0; i < push.confirmed_by.size(); ++i) {
    detail += Cat({i > 0            ? ", "
                   : detail.empty() ? "confirmed by "
                                    : "; confirmed by ",
                   push.confirmed_by[i]});
  }
  model::PropertyMap properties;
  properties.SetText(PropertyId::kPushHow, push.how.empty() ? "unknown" : push.how);
  properties.SetText(PropertyId::kPushDestination, destination);
  properties.SetText(PropertyId::kPushBinding, push.certain ? "named" : "unconfirmed");
  properties.Set(PropertyId::kPushBodyBound, body_bound);
  properties.SetText(PropertyId::kPushDetail, detail);
  return properties;
}

Status AddPushes(Builder& b, const Report& report, const EntityRef& speaker, bool body_bound) {
  Artifacts artifacts;
  for (const ReportedPush& push : report.pushes) {
    artifacts.Note(push.digest, ArtifactOf(push));
    for (const ReportedManifest& manifest : push.manifests) {
      if (IsMember(manifest, push)) artifacts.Note(manifest.digest, ArtifactOf(manifest));
    }
  }
  artifacts.AddTo(b);

  // One edge for each digest and place; of two reports of the same push, the certain one counts.
  std::map<std::pair<std::string, std::string>, const ReportedPush*> by_place;
  std::set<std::pair<std::string, std::string>> included;
  for (const ReportedPush& push : report.pushes) {
    const std::string destination = HM_TRY(DestinationOf(push));
    const ReportedPush*& kept = by_place[{destination, push.digest}];
    if (kept == nullptr || (push.certain && !kept->certain)) kept = &push;
    const EntityRef index = artifacts.RefOf(push.digest);
    if (index.kind != EntityKind::kImageIndex) continue;
    for (const ReportedManifest& manifest : push.manifests) {
      if (!IsMember(manifest, push) || !included.emplace(push.digest, manifest.digest).second)
        continue;
      b.Edge(EdgeKind::kIncludes, index, artifacts.RefOf(manifest.digest));
    }
  }
  for (const auto& [place, push] : by_place) {
    b.Edge(EdgeKind::kPushed, speaker, artifacts.RefOf(push->digest), place.first,
           PushProperties(*push, place.first, body_bound));
  }
  return {};
}

}  // namespace

std::string SourceNameOf(const Speaker& speaker) { return Cat({"ci:", speaker.host}); }

Result<model::Observation> MakeReportObservation(const Report& report, const Speaker& speaker,
                                                 const Reception& reception) {
  Builder b;
  const EntityRef repository = AddRepository(b, speaker);
  const EntityRef commit = AddCommit(b, speaker, repository);
  const EntityRef pipeline = AddPipeline(b, speaker);
  const EntityRef run = AddRun(b, speaker, pipeline, commit);
  const EntityRef job = AddJob(b, speaker, run, report.job_name);
  HM_TRY(AddPushes(b, report, job, reception.body_bound));

  b.out.header.source = reception.source;
  b.out.header.source_kind = model::SourceKind::kCiReport;
  // An extent of its own for each token: nothing of an earlier report is closed by a later one, and
  // none is too late.
  b.out.header.extent =
      Cat({job.key, "/", crypto::Sha256Of(reception.token_id).Hex().substr(0, 16)});
  b.out.header.sequence = 1;
  b.out.header.observed_at = reception.received_at;
  b.out.header.complete = false;
  return std::move(b.out);
}

}  // namespace hullmark::ci
