// SPDX-License-Identifier: Apache-2.0
//
// The joins of origin, in their order: the digest itself and its indexes; the same config digest;
// the same fingerprint.
#include "core/origin/claims.h"

#include <algorithm>
#include <optional>
#include <ranges>

#include "core/origin/names.h"

namespace hullmark::origin {

using graph::EdgeView;
using graph::Snapshot;
using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;

namespace {

How HowOf(const EdgeView& push) {
  const std::string_view how = push.properties.Text(PropertyId::kPushHow);
  if (how == "built") return How::kBuilt;
  if (how == "assembled") return How::kAssembled;
  if (how == "republished") return How::kRepublished;
  return How::kUnknown;
}

Level LevelOf(const Snapshot& snapshot, const EdgeView& push) {
  return IsByToken(snapshot, push) ? Level::kReported : Level::kDeclared;
}

bool IsSourceRole(const EdgeView& at) {
  const std::string_view role = at.properties.Text(PropertyId::kAtRole);
  return at.qualifier == "source" || (at.qualifier.empty() && (role.empty() || role == "source"));
}

NodeId RepositoryOf(const Snapshot& snapshot, NodeId commit) {
  // The commit's own key names its repository; who else claims to contain it does not matter.
  const std::string_view key = snapshot.KeyOf(commit);
  const auto own = snapshot.Find(EntityKind::kCodeRepository, key.substr(0, key.rfind('@')));
  return own ? *own : ParentOf(snapshot, commit, EdgeKind::kContains, EntityKind::kCodeRepository);
}

/// Whether the run's report itself said that the job is one of the run's.
bool IsJobByToken(const Snapshot& snapshot, NodeId job, NodeId run) {
  return std::ranges::any_of(snapshot.InEdges(job, EdgeKind::kHasJob), [&](const EdgeView& edge) {
    return edge.from == run && IsByToken(snapshot, edge);
  });
}

/// Where no commit is known: on hosts where repositories are their own CI projects, the project's
/// key is theirs.
NodeId RepositoryOfProject(const Snapshot& snapshot, NodeId run) {
  const NodeId pipeline = ParentOf(snapshot, run, EdgeKind::kRan, EntityKind::kPipeline);
  const NodeId project = ParentOf(snapshot, pipeline, EdgeKind::kContains, EntityKind::kProject);
  if (project.value == 0) return {};
  return snapshot.Find(EntityKind::kCodeRepository, snapshot.KeyOf(project)).value_or(NodeId{});
}

class Gatherer {
 public:
  Gatherer(const Snapshot& snapshot, const ClaimLimits& limits)
      : snapshot_(snapshot), limits_(limits) {}

  std::vector<Claim> Gather(NodeId image) {
    std::vector<Claim> claims;
    AddPushes(image, {}, claims);
    AddIndexes(image, {}, 0, claims);
    Discount(claims, 0);
    const bool built_is_known =
        std::ranges::any_of(claims, [](const Claim& claim) { return claim.how == How::kBuilt; });
    if (!built_is_known) AddJoined(image, claims);
    return claims;
  }

 private:
  void AddPushes(NodeId subject, const std::vector<Via>& via, std::vector<Claim>& claims) const {
    const std::vector<EdgeView> pushes = snapshot_.InEdges(subject, EdgeKind::kPushed);
    for (const EdgeView& push : pushes | std::views::take(limits_.max_pushes)) {
      Claim claim{.push = push,
                  .subject = subject,
                  .job = {},
                  .run = {},
                  .commit = {},
                  .repository = {},
                  .ref = {},
                  .via = via};
      claim.how = HowOf(push);
      claim.own = claim.level = LevelOf(snapshot_, push);
      if (snapshot_.KindOf(push.from) == EntityKind::kJob) {
        claim.job = push.from;
        claim.run = ParentOf(snapshot_, push.from, EdgeKind::kHasJob, EntityKind::kPipelineRun);
        if (!IsJobByToken(snapshot_, claim.job, claim.run)) LowerToDeclared(claim);
      } else {
        claim.run = push.from;
      }
      AddAtCommits(claim, claims);
    }
  }

  /// A push keeps its job's level only with the run and commit that the job's token named.
  static void LowerToDeclared(Claim& claim) {
    claim.level = std::max(claim.level, Level::kDeclared);
  }

  void AddAtCommits(Claim claim, std::vector<Claim>& claims) const {
    claim.ref = snapshot_.Text(claim.run, PropertyId::kVcsRef);
    std::vector<EdgeView> sources;
    bool by_token = false;
    for (const EdgeView& at : snapshot_.OutEdges(claim.run, EdgeKind::kAt)) {
      if (!IsSourceRole(at)) continue;
      sources.push_back(at);
      by_token |= IsByToken(snapshot_, at);
    }
    if (!sources.empty() && !by_token) LowerToDeclared(claim);
    std::vector<NodeId> seen;
    for (const EdgeView& at : sources) {
      if (by_token && !IsByToken(snapshot_, at)) continue;
      if (std::ranges::find(seen, at.to) != seen.end()) continue;
      seen.push_back(at.to);
      Claim& one = claims.emplace_back(claim);
      one.commit = at.to;
      one.repository = RepositoryOf(snapshot_, at.to);
      if (one.ref.empty()) one.ref = at.properties.Text(PropertyId::kVcsRef);
    }
    if (!seen.empty()) return;
    claim.repository = RepositoryOfProject(snapshot_, claim.run);
    claims.push_back(std::move(claim));
  }

  void AddIndexes(NodeId member, const std::vector<Via>& via, int depth,
                  std::vector<Claim>& claims) const {
    if (depth >= limits_.max_index_depth) return;
    const std::vector<NodeId> indexes = snapshot_.In(member, EdgeKind::kIncludes);
    for (const NodeId index : indexes | std::views::take(limits_.max_joined)) {
      std::vector<Via> longer = via;
      longer.push_back({"index-member", std::string(snapshot_.KeyOf(index)), false});
      AddPushes(index, longer, claims);
      AddIndexes(index, longer, depth + 1, claims);
    }
  }

  /// An index may include anybody's images.  Where another repository pushed the image itself, the
  /// index's maker only put it in, whatever it says of the index. `steps`: how many steps lead to
  /// the image that the claims are about.
  static void Discount(std::vector<Claim>& claims, std::size_t steps) {
    for (Claim& claim : claims) {
      if (claim.via.size() == steps || claim.how != How::kBuilt) continue;
      const bool others = std::ranges::any_of(claims, [&](const Claim& other) {
        return other.via.size() == steps && other.how != How::kRepublished &&
               other.repository != claim.repository;
      });
      if (others) claim.how = How::kAssembled;
    }
  }

  bool LayersChecked(NodeId image) const {
    const model::Value* checked = snapshot_.Property(image, PropertyId::kImageLayersChecked);
    const auto* flag = checked == nullptr ? nullptr : std::get_if<bool>(checked);
    return flag != nullptr && *flag;
  }

  /// Adds what is known of other images with the same value; whether there was anything.
  bool AddSame(NodeId image, PropertyId property, std::string_view rule,
               std::vector<Claim>& claims) const {
    const std::string value(snapshot_.Text(image, property));
    if (value.empty() || value == kEmptyConfigDigest) return false;
    const bool checked = LayersChecked(image);
    bool any = false;
    // One more than the limit: the image itself is among them.
    for (const NodeId other : snapshot_.FindByShared(property, value, limits_.max_joined + 1)) {
      // The best source's word on the other image counts, not anyone's.
      if (other == image || snapshot_.Text(other, property) != value) continue;
      const bool both_checked = checked && LayersChecked(other);
      const std::vector<Via> via{
          {std::string(rule), std::string(snapshot_.KeyOf(other)), both_checked}};
      std::vector<Claim> theirs;
      AddPushes(other, via, theirs);
      AddIndexes(other, via, 0, theirs);
      Discount(theirs, via.size());
      for (Claim& claim : theirs) {
        // Who copied or collected the other image has said nothing about this one.
        if (claim.how == How::kRepublished || claim.how == How::kAssembled) continue;
        if (!both_checked) claim.level = Level::kInferred;
        claims.push_back(std::move(claim));
        any = true;
      }
    }
    return any;
  }

  void AddJoined(NodeId image, std::vector<Claim>& claims) const {
    if (AddSame(image, PropertyId::kImageConfigDigest, "config-digest", claims)) return;
    AddSame(image, PropertyId::kImageConfigFingerprint, "config-fingerprint", claims);
  }

  const Snapshot& snapshot_;
  const ClaimLimits limits_;
};

}  // namespace

std::string_view NameOf(How how) {
  switch (how) {
    case How::kBuilt:
      return "built";
    case How::kAssembled:
      return "assembled";
    case How::kUnknown:
      return "unknown";
    case How::kRepublished:
      return "republished";
  }
  return "unknown";
}

bool Claim::IsAboutIndexOnly() const {
  return how == How::kAssembled && !via.empty() && via.back().rule == "index-member";
}

std::tuple<int, Level, How, std::size_t, Timestamp> Claim::Rank() const {
  const int tier = how == How::kRepublished ? 2 : IsAboutIndexOnly() ? 1 : 0;
  return {tier, level, how, via.size(), push.since};
}

std::vector<Claim> ClaimsFor(const Snapshot& snapshot, NodeId image, const ClaimLimits& limits) {
  return Gatherer(snapshot, limits).Gather(image);
}

}  // namespace hullmark::origin
