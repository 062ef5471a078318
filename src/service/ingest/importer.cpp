// SPDX-License-Identifier: Apache-2.0
#include "service/ingest/importer.h"

#include "base/text.h"
#include "core/model/frame.h"
#include "sources/reports/kubectl.h"

namespace hullmark::ingest {
namespace {

constexpr std::string_view kObservations = "observations";
constexpr std::string_view kKubectl = "kubectl";

/// An observation stream's first line is a `begin`; anything else that is JSON is taken for a
/// kubectl list.
std::string_view TellFormat(std::string_view bytes) {
  std::string_view first = Trim(bytes.substr(0, bytes.find('\n')));
  return first.starts_with("{\"begin\"") || first.starts_with("{ \"begin\"") ? kObservations
                                                                             : kKubectl;
}

Status CheckWriter(const model::FrameHeader& header) {
  if (header.source_kind == model::SourceKind::kCiReport) {
    return Fail(Errc::kInputRefused,
                "$.begin.source_kind: ci-report is written by the server alone, from reports whose "
                "token it checked; "
                "use kind import, or send the report to /api/v1/ci/reports");
  }
  return {};
}

Result<ImportSummary> ImportObservations(estate::Store& store, std::string_view bytes) {
  ImportSummary summary{.format = std::string(kObservations)};
  model::FrameReader reader([&](model::Observation frame) -> Status {
    HM_TRY(CheckWriter(frame.header));
    const model::Receipt receipt = HM_TRY(store.Submit(std::move(frame)));
    ++summary.frames;
    summary.records += receipt.records;
    summary.changes += receipt.changes;
    if (receipt.repeated)
      summary.notes.emplace_back("a frame was here before and was not applied again");
    return {};
  });
  Status status = reader.Feed(bytes);
  if (status) status = reader.Finish();
  if (status) return summary;
  if (summary.frames == 0) return std::unexpected(std::move(status).error());
  return Fail(std::move(status).error(),
              Cat({std::to_string(summary.frames), " frames were applied, then"}));
}

Result<ImportSummary> ImportKubectl(estate::Store& store, std::string bytes,
                                    const ImportOptions& options) {
  if (options.cluster.empty()) {
    return Fail(Errc::kInvalidArgument, "say which cluster this is: --cluster NAME");
  }
  ImportSummary summary{.format = std::string(kKubectl)};
  // Sequences grow with time, whoever imports.
  std::vector<model::Observation> observations = HM_TRY(
      reports::ReadKubectlList(std::move(bytes),
                               {.cluster = options.cluster,
                                .environment = options.environment,
                                .source = "kubectl:" + options.cluster,
                                .observed_at = options.received_at,
                                .sequence = static_cast<std::uint64_t>(options.received_at.micros),
                                .known_key = options.known_key,
                                .known_by_name = options.known_by_name},
                               &summary.notes));
  for (model::Observation& observation : observations) {
    const model::Receipt receipt = HM_TRY(store.Submit(std::move(observation)));
    ++summary.frames;
    summary.records += receipt.records;
    summary.changes += receipt.changes;
  }
  return summary;
}

}  // namespace

Result<ImportSummary> Import(estate::Store& store, std::string bytes,
                             const ImportOptions& options) {
  const std::string_view format =
      options.format.empty() ? TellFormat(bytes) : std::string_view(options.format);
  if (format == kObservations) return ImportObservations(store, bytes);
  if (format != kKubectl) {
    return Fail(Errc::kInvalidArgument, Cat({"cannot read format ", Quote(format), "; there is ",
                                             kObservations, " and ", kKubectl}));
  }
  return ImportKubectl(store, std::move(bytes), options);
}

}  // namespace hullmark::ingest
