// SPDX-License-Identifier: Apache-2.0
#include "core/origin/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/origin/claims.h"
#include "core/origin/sentences.h"

namespace hullmark::origin {

using graph::Snapshot;
using model::NodeId;
using model::PropertyId;

namespace {

/// The claims of one repository, commit and run; the best first.
struct Candidate {
  std::vector<Claim> claims;
  const Claim& best() const { return claims.front(); }
};

std::vector<Candidate> Group(const Snapshot& snapshot, std::vector<Claim> claims) {
  using Who = std::tuple<NodeId, NodeId, NodeId, NodeId>;
  std::map<Who, Candidate> by_who;
  for (Claim& claim : claims) {
    // A job without a run stands for itself.
    const NodeId alone = claim.run.value == 0 ? claim.job : NodeId{};
    by_who[{claim.repository, claim.commit, claim.run, alone}].claims.push_back(std::move(claim));
  }
  std::vector<Candidate> candidates;
  for (auto& [who, candidate] : by_who) {
    std::ranges::stable_sort(candidate.claims, {}, &Claim::Rank);
    candidates.push_back(std::move(candidate));
  }
  // Numbers follow the order of learning, which another estate need not share: keys decide between
  // equals.
  std::ranges::sort(candidates, {}, [&](const Candidate& c) {
    const Claim& best = c.best();
    return std::tuple(best.Rank(), snapshot.KeyOf(best.repository), snapshot.KeyOf(best.run),
                      snapshot.KeyOf(best.commit), snapshot.KeyOf(best.job));
  });
  return candidates;
}

Evidence EvidenceOf(const Snapshot& snapshot, const Claim& claim) {
  Evidence evidence;
  const graph::SourceIdentity* source = snapshot.Source(claim.push.source);
  const graph::PropertyView& said = claim.push.properties;
  evidence.kind = claim.own == Level::kReported ? "ci-report" : "push-statement";
  evidence.level = claim.own;
  const std::string_view push = said.Text(PropertyId::kPushBinding);
  evidence.binding.push = push.empty() ? "named" : push;
  const model::Value* body = said.Find(PropertyId::kPushBodyBound);
  const auto* bound = body == nullptr ? nullptr : std::get_if<bool>(body);
  evidence.binding.body = bound != nullptr && *bound;
  evidence.source = source == nullptr ? "" : source->name;
  evidence.observed_at = claim.push.since;
  evidence.subject = snapshot.KeyOf(claim.subject);
  evidence.detail = DetailSentence(claim);
  evidence.who_could_have_lied = LiarSentence(claim, evidence.binding);
  return evidence;
}

Origin OriginOf(const Snapshot& snapshot, NodeId image, const Candidate& candidate,
                const PersonName& person_name) {
  const Claim& best = candidate.best();
  Origin origin;
  origin.image = snapshot.KeyOf(image);
  origin.level = best.level;
  origin.how = NameOf(best.how);
  origin.why = WhySentence(best);
  if (best.repository.value != 0) {
    origin.repository = NamedKeyOf(snapshot, best.repository);
  } else if (best.commit.value != 0) {
    const std::string_view commit = snapshot.KeyOf(best.commit);
    origin.repository.key = origin.repository.name = commit.substr(0, commit.rfind('@'));
  }
  if (best.commit.value != 0) {
    const std::string_view commit = snapshot.KeyOf(best.commit);
    origin.commit = commit.substr(commit.rfind('@') + 1);
  }
  origin.ref = best.ref;
  origin.pipeline = PipelineNameOf(snapshot, best.run);
  origin.run = RunOf(snapshot, best.run, person_name);
  if (best.job.value != 0) origin.job = JobNameOf(snapshot, best.job);
  origin.via = best.via;
  for (const Claim& claim : candidate.claims) {
    origin.evidence.push_back(EvidenceOf(snapshot, claim));
  }
  return origin;
}

/// Whether it may be the answer to "who made this": not who copied it or put it into an index.
bool MayBeMaker(const Claim& claim) {
  return claim.how != How::kRepublished && !claim.IsAboutIndexOnly();
}

/// Whether the job says that it made this very digest.
bool SaysMade(const Claim& claim) {
  return (claim.how == How::kBuilt || claim.how == How::kAssembled) &&
         claim.level != Level::kInferred;
}

void Settle(const std::vector<Candidate>& candidates, Judgement& judgement) {
  std::vector<std::size_t> best;
  std::set<std::string> repositories;
  std::set<std::string> makers;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Claim& claim = candidates[i].best();
    if (!MayBeMaker(claim) || claim.level != candidates.front().best().level) continue;
    if (judgement.origins[i].repository.key.empty()) continue;
    best.push_back(i);
    repositories.insert(judgement.origins[i].repository.key);
    if (SaysMade(claim)) makers.insert(judgement.origins[i].repository.key);
  }
  if (makers.size() > 1) {
    for (const std::size_t i : best) {
      if (SaysMade(candidates[i].best())) {
        judgement.origins[i].why += fmt::format(
            "; shared: {} repositories built this same digest, which reproducible builds do",
            makers.size());
      }
    }
    return;
  }
  if (!makers.empty() || repositories.size() < 2) return;
  Conflict conflict;
  conflict.image = judgement.origins.front().image;
  std::set<std::string> named;
  for (const std::size_t i : best) {
    if (named.insert(judgement.origins[i].repository.key).second) {
      conflict.repositories.push_back(judgement.origins[i].repository);
    }
  }
  conflict.why = fmt::format(
      "the best evidence ({}) names {} repositories, and none of it says that this digest was "
      "built there",
      NameOf(candidates.front().best().level), repositories.size());
  judgement.conflict = std::move(conflict);
}

}  // namespace

Judgement Judge(const Snapshot& snapshot, NodeId image, const PersonName& person_name) {
  Judgement judgement;
  const std::vector<Candidate> candidates = Group(snapshot, ClaimsFor(snapshot, image));
  for (const Candidate& candidate : candidates) {
    judgement.origins.push_back(OriginOf(snapshot, image, candidate, person_name));
  }
  if (!candidates.empty()) Settle(candidates, judgement);
  return judgement;
}

std::vector<Origin> OriginsOf(const Snapshot& snapshot, NodeId image,
                              const std::function<std::string(std::string_view)>& person_name) {
  return Judge(snapshot, image, person_name).origins;
}

}  // namespace hullmark::origin
