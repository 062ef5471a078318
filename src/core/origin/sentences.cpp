// SPDX-License-Identifier: Apache-2.0
#include "core/origin/sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "core/origin/names.h"

namespace hullmark::origin {

using model::PropertyId;

namespace {

bool IsMember(const Via& via) { return via.rule == "index-member"; }

/// What the job spoke of, as seen from the image.
std::string ObjectOf(const Claim& claim) {
  if (claim.via.empty()) return "this digest";
  const Via& last = claim.via.back();
  if (!IsMember(last)) return ShortDigest(last.from);
  const bool of_this = std::ranges::all_of(claim.via, IsMember);
  return fmt::format("the index {} that includes {}", ShortDigest(last.from),
                     of_this ? "it" : ShortDigest(claim.via.front().from));
}

std::string JoinOf(const Claim& claim) {
  if (claim.via.empty() || IsMember(claim.via.front())) return {};
  const Via& join = claim.via.front();
  const std::string other = ShortDigest(join.from);
  const std::string same =
      join.rule == "config-digest"
          ? fmt::format("this image has the config digest of {}", other)
          : fmt::format("this image has the config of {}, re-serialised as recompressing does",
                        other);
  return fmt::format("; {}; {}", same,
                     join.layers_checked ? "the layers of both were seen to be those it lists"
                                         : "the layers were not compared, so this is inferred");
}

}  // namespace

std::string WhySentence(const Claim& claim) {
  const std::string speaker = claim.own == Level::kReported
                                  ? "the pipeline job, by its CI's token, reported that it "
                                  : "an import says that a job ";
  const std::string object = ObjectOf(claim);
  std::string said;
  switch (claim.how) {
    case How::kBuilt:
      said = Cat({"built and pushed ", object});
      break;
    case How::kAssembled:
      said = claim.IsAboutIndexOnly()
                 ? Cat({"assembled ", object, "; who built the image itself is not said by that"})
                 : Cat({"assembled ", object, " around existing images"});
      break;
    case How::kUnknown:
      said = Cat({"pushed ", object, "; whether it was built there is not known"});
      break;
    case How::kRepublished:
      said = Cat({"only copied or re-tagged ", object,
                  ", which existed before: who copied is known, not who built"});
      break;
  }
  return speaker + said + JoinOf(claim);
}

std::string DetailSentence(const Claim& claim) {
  const graph::PropertyView& said = claim.push.properties;
  std::string_view destination = said.Text(PropertyId::kPushDestination);
  if (destination.empty()) destination = claim.push.qualifier;
  std::string_view how = said.Text(PropertyId::kPushHow);
  if (how.empty()) how = "unknown";
  std::string detail = destination.empty() ? fmt::format("how: {}", how)
                                           : fmt::format("pushed to {}, how: {}", destination, how);
  if (const std::string_view more = said.Text(PropertyId::kPushDetail); !more.empty()) {
    detail += fmt::format(" ({})", more);
  }
  return detail;
}

std::string LiarSentence(const Claim& claim, const Binding& binding) {
  if (claim.own != Level::kReported) return "whoever may import observations into this server";
  std::string who =
      "any step of that job could have named a digest that it did not build; nobody without the "
      "job's token";
  if (!binding.body)
    who += " (the token is not bound to this report: whoever saw it could have used it)";
  return who;
}

}  // namespace hullmark::origin
