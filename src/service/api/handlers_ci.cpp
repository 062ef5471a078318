// SPDX-License-Identifier: Apache-2.0
//
// The doors of CI jobs: what to ask a token for, and reports.
#include "base/json_writer.h"
#include "base/telemetry/log.h"
#include "base/telemetry/metrics.h"
#include "base/text.h"
#include "service/api/problem.h"
#include "service/api/routes.h"
#include "sources/ci/observation.h"
#include "sources/ci/report.h"

namespace hullmark::api {
namespace {

constexpr std::string_view kReportRoute = "/api/v1/ci/reports";
constexpr std::chrono::milliseconds kKeyFetchTime{8'000};

std::string AnswerOf(const ci::Report& report, const ci::Speaker& speaker) {
  JsonWriter json;
  json.BeginObject()
      .Field("version", 1)
      .Field("accepted", static_cast<std::uint64_t>(report.pushes.size()))
      .Field("repository", speaker.repository.name)
      .Field("commit", speaker.commit)
      .Field("run", speaker.RunAttemptUrl());
  json.Key("images").BeginArray();
  for (const ci::ReportedPush& push : report.pushes) {
    json.BeginObject()
        .Field("reference", push.reference)
        .Field("digest", push.digest)
        .Field("how", push.how)
        .EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

void CountReport(std::string_view outcome) {
  telemetry::Metrics()
      .CounterOf("hullmark_ci_reports_total", "CI reports by outcome",
                 {{"outcome", std::string(outcome)}})
      .Add();
}

Result<std::string> Accept(const ApiParts& parts, const net::ServerRequest& request) {
  const std::string* authorization = request.headers.Find("Authorization");
  const std::string_view token = HM_TRY(auth::BearerOf(
      authorization == nullptr ? std::string_view{} : std::string_view(*authorization)));
  const auth::VerifiedReport verified =
      HM_TRY(parts.reports.Verify(token, request.body, DeadlineIn(kKeyFetchTime)));
  const ci::Report report = HM_TRY(ci::ParseReport(request.body));

  const Timestamp now = parts.clock.Now();
  estate::Submission submission;
  submission.observation =
      HM_TRY(ci::MakeReportObservation(report, verified.speaker,
                                       {.source = ci::SourceNameOf(verified.speaker),
                                        .token_id = verified.replay_id,
                                        .received_at = now}));
  submission.report = estate::ReportRecord{.issuer = verified.speaker.issuer,
                                           .token_id = verified.replay_id,
                                           .route = std::string(kReportRoute),
                                           .body_sha256 = verified.body_sha256,
                                           .answer = AnswerOf(report, verified.speaker),
                                           .received_at = now,
                                           .expires_at = verified.claims.expires_at,
                                           .token = std::string(token),
                                           .key_set = verified.key_set,
                                           .body = request.body};
  std::string answer = submission.report->answer;
  const std::string body_sha256 = submission.report->body_sha256;
  const estate::Applied applied = HM_TRY(parts.estate.store().Apply(std::move(submission)));
  if (!applied.earlier) {
    CountReport("accepted");
    return answer;
  }
  if (applied.earlier->body_sha256 != body_sha256) {
    return Fail(Errc::kConflict,
                "this token was used for another report; ask for a new token for each report, or "
                "set the issuer to "
                "`reuse: job`");
  }
  CountReport("repeated");
  return applied.earlier->answer;
}

}  // namespace

net::ServerResponse CiConfig(const ApiParts& parts, const net::ServerRequest&, const Caller&) {
  JsonWriter json;
  json.BeginObject()
      .Field("version", 1)
      .Field("audience", parts.reports.audience())
      .Field("reports", kReportRoute)
      .Field("public_url", parts.public_url)
      .EndObject();
  return JsonResponse(json.Take());
}

net::ServerResponse CiReport(const ApiParts& parts, const net::ServerRequest& request,
                             const Caller&) {
  Result<std::string> answer = Accept(parts, request);
  if (answer) return JsonResponse(std::move(*answer));
  CountReport(InfoOf(answer.error().code()).name);
  telemetry::LogWarning("report refused", {{"peer", request.peer},
                                           {"code", InfoOf(answer.error().code()).name},
                                           {"why", answer.error().message()}});
  return Problem(answer.error());
}

}  // namespace hullmark::api
