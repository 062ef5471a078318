// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a job's report: what is taken is written and taken again as the same, and becomes an
// observation that the schema takes.
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "core/model/observation.h"
#include "sources/ci/observation.h"
#include "sources/ci/report.h"

namespace {

namespace ci = hullmark::ci;
namespace model = hullmark::model;

ci::Speaker Speaker() {
  ci::Speaker s;
  s.provider = "github";
  s.host = "github.com";
  s.owner = {"77", "github.com#77", "acme", "github.com/acme"};
  s.repository = {"101", "github.com#101", "acme/shop", "github.com/acme/shop"};
  s.commit = "0123456789abcdef0123456789abcdef01234567";
  s.ref = "refs/heads/main";
  s.event = "push";
  s.run_id = "5";
  s.workflow.path = ".github/workflows/build.yml";
  s.actor_id = "42";
  s.actor_login = "ada";
  return s;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = ci::ParseReport(hullmark::AsText({data, size}));
  if (!report) {
    HM_CHECK(hullmark::IsValidUtf8(report.error().message()), "a message can be shown");
    return 0;
  }
  const auto again = ci::ParseReport(ci::WriteReport(*report));
  HM_CHECK(again.has_value() && *again == *report, "what we write we read");
  const auto observation =
      ci::MakeReportObservation(*report, Speaker(), {.source = "ci:github.com", .token_id = "t"});
  HM_CHECK(observation.has_value(), "what was taken can be stated");
  for (const model::Record& record : observation->records) {
    HM_CHECK(model::CheckRecord(record, model::SourceKind::kCiReport), "as the schema wants it");
  }
  return 0;
}
