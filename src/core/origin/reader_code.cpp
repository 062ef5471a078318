// SPDX-License-Identifier: Apache-2.0
//
// The readings that come from the side of the code: commits, runs, jobs, repositories.
#include <algorithm>

#include "base/text.h"
#include "core/origin/reader.h"
#include "core/origin/unknown.h"

namespace hullmark::origin {

using model::EdgeKind;
using model::EntityKind;
using model::NodeId;

namespace {
constexpr std::string_view kByRepository = "repository";
}  // namespace

bool Reader::AddPushesOf(NodeId speaker) {
  const std::vector<NodeId> digests = snapshot_.Out(speaker, EdgeKind::kPushed);
  for (const NodeId digest : digests) {
    if (IsFull()) break;
    AddImages(MeaningOf(snapshot_, digest).images);
  }
  return !digests.empty();
}

void Reader::AddRun(NodeId run, std::string_view by) {
  Match(run, by);
  bool pushed = AddPushesOf(run);
  for (const NodeId job : snapshot_.Out(run, EdgeKind::kHasJob)) pushed |= AddPushesOf(job);
  if (pushed) return;
  out_.notes.push_back({"PipelineRun", std::string(snapshot_.KeyOf(run)),
                        "no job of this run has reported a push", std::string(kReportMend)});
}

void Reader::AddCommit(NodeId commit, std::string_view by) {
  Match(commit, by);
  bool any = false;
  for (const graph::EdgeView& at : snapshot_.InEdges(commit, EdgeKind::kAt)) {
    if (at.qualifier != "source" && !at.qualifier.empty()) continue;
    any = true;
    AddPushesOf(at.from);
    for (const NodeId job : snapshot_.Out(at.from, EdgeKind::kHasJob)) AddPushesOf(job);
  }
  if (!any && by != kByRepository) {
    out_.notes.push_back({"Commit", std::string(snapshot_.KeyOf(commit)),
                          "no run that reported was at this commit", std::string(kReportMend)});
  }
}

void Reader::ReadCommit(std::string_view sha) {
  const std::string end = Cat({"@", sha});
  bool found = false;
  const bool whole = sha.size() == 40 || sha.size() == 64;
  if (whole) {
    std::vector<NodeId> commits =
        snapshot_.FindByShared(model::PropertyId::kVcsRevision, sha, limits_.max_images);
    std::erase_if(commits, [&](NodeId node) {
      return snapshot_.KindOf(node) != EntityKind::kCommit || !snapshot_.KeyOf(node).ends_with(end);
    });
    if (commits.empty()) {  // commits that nobody states are known by key alone
      for (const NodeId repository : snapshot_.NodesOf(EntityKind::kCodeRepository)) {
        const auto commit =
            snapshot_.Find(EntityKind::kCommit, Cat({snapshot_.KeyOf(repository), end}));
        if (commit) commits.push_back(*commit);
      }
    }
    for (const NodeId commit : commits) {
      found = true;
      AddCommit(commit, "commit");
    }
  } else {
    std::vector<NodeId> commits;
    snapshot_.VisitKeys(EntityKind::kCommit, [&](NodeId commit, std::string_view key) {
      const std::size_t at = key.rfind('@');
      if (at != std::string_view::npos && key.substr(at).starts_with(end))
        commits.push_back(commit);
    });
    for (const NodeId commit : commits) {
      if (IsFull()) break;
      found = true;
      AddCommit(commit, "commit prefix");
    }
  }
  if (!found) {
    Miss("Commit", sha, "no run that reported was at this commit", std::string(kReportMend));
  }
}

void Reader::ReadRunUrl(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  bool found = false;
  const auto add = [&](std::string_view name) {
    for (const NodeId run : snapshot_.FindByName(EntityKind::kPipelineRun, name)) {
      found = true;
      AddRun(run, "run URL");
    }
    for (const NodeId job : snapshot_.FindByName(EntityKind::kJob, name)) {
      found = true;
      Match(job, "job URL");
      AddPushesOf(job);
    }
  };
  add(url);
  // Attempts of a run have URLs of their own; the bare one is the whole run's.
  constexpr int kMostAttempts = 50;
  if (url.find("/attempts/") == std::string_view::npos) {
    for (int attempt = 1; attempt <= kMostAttempts; ++attempt) {
      add(Cat({url, "/attempts/", std::to_string(attempt)}));
    }
  }
  if (!found) {
    Miss("PipelineRun", url, "no run with this URL has reported", std::string(kReportMend));
  }
}

bool Reader::ReadKey(std::string_view text) {
  bool found = false;
  const auto each = [&](EntityKind kind, std::string_view name, auto&& add) {
    std::vector<NodeId> nodes = snapshot_.FindByName(kind, name);
    if (const auto by_key = snapshot_.Find(kind, name)) nodes.push_back(*by_key);
    for (const NodeId node : nodes) {
      found = true;
      add(node);
    }
  };
  each(EntityKind::kPipelineRun, text, [&](NodeId run) { AddRun(run, "run key"); });
  each(EntityKind::kCommit, text, [&](NodeId commit) { AddCommit(commit, "commit"); });
  each(EntityKind::kJob, text, [&](NodeId job) {
    Match(job, "job key");
    AddPushesOf(job);
  });
  each(EntityKind::kCodeRepository, text, [&](NodeId repository) {
    Match(repository, kByRepository);
    for (const NodeId commit : snapshot_.Out(repository, EdgeKind::kContains)) {
      if (IsFull()) break;
      if (snapshot_.KindOf(commit) == EntityKind::kCommit) AddCommit(commit, kByRepository);
    }
  });
  // github.com/acme/shop@<sha>
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    for (const NodeId repository :
         snapshot_.FindByName(EntityKind::kCodeRepository, text.substr(0, at))) {
      each(EntityKind::kCommit, Cat({snapshot_.KeyOf(repository), text.substr(at)}),
           [&](NodeId commit) { AddCommit(commit, "commit"); });
      const std::string_view sha = text.substr(at + 1);
      if (!found && (sha.size() == 40 || sha.size() == 64)) {
        Miss("Commit", text, "no run that reported was at this commit", std::string(kReportMend));
        return true;
      }
    }
  }
  if (!found && text.find('#') != std::string_view::npos) {
    Miss("Key", text, "nothing with this key is known", std::string(kReportMend));
  }
  return found;
}

}  // namespace hullmark::origin
