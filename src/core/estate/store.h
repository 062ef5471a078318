// SPDX-License-Identifier: Apache-2.0
//
// Store: the estate's door.  The store of record of what was seen, by whom, in which intervals; it
// resolves identities, keeps history and a change log, and hands each published batch to its
// follower.  Rules: DESIGN "Identity, time and batches", docs/formats/observation.md.  The embedded
// implementation is estate/sqlite.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/model/change.h"
#include "core/model/observation.h"

namespace hullmark::estate {

/// A CI report as it was accepted: kept for replay judgement, and so that it can be judged again
/// later.
struct ReportRecord {
  std::string issuer;
  std::string
      token_id;       ///< the `jti`, or the SHA-256 of the signing input where the token has none
  std::string route;  ///< replay is judged for each route of its own
  std::string body_sha256;  ///< hex
  std::string answer;       ///< the response body that was given
  Timestamp received_at;
  Timestamp expires_at;  ///< the token's
  std::string token;     ///< the compact JWS as received
  std::string key_set;   ///< the issuer's JWKS document in use
  std::string body;
};

/// One thing to apply in one transaction.
struct Submission {
  model::Observation observation;
  std::optional<ReportRecord> report;
};

/// What Apply says of a submission.
struct Applied {
  model::Receipt receipt;
  /// Set when a report with the same issuer, token and route was there before: nothing was applied.
  std::optional<ReportRecord> earlier;
};

struct SourceState {
  model::SourceId source;
  std::string name;
  model::SourceKind kind = model::SourceKind::kImport;
  struct Extent {
    std::string extent;
    std::uint64_t sequence = 0;
    Timestamp as_of;
    bool complete = false;
  };
  std::vector<Extent> extents;
};

/// Thread-safe.  A store owns one writer; submissions of many threads share its transactions (group
/// commit).
class Store : public model::ObservationSink, public model::Known {
 public:
  using OnBatch = std::function<void(const model::ChangeBatch&)>;
  using OnChange = std::function<Status(model::Change&&)>;

  /// Applies one submission: durable and published when it returns well; refused whole otherwise.
  /// The follower has been called with its changes before Apply returns.
  virtual Result<Applied> Apply(Submission submission) = 0;

  /// Hands over the current state as changes (sources, entities, names, open statements, in that
  /// order) and returns the log's end it corresponds to.  Consistent: one read transaction.
  virtual Result<std::uint64_t> ReadCurrent(const OnChange& on_change) const = 0;
  /// The batches after `after`, oldest first.
  virtual Status ReadLog(std::uint64_t after,
                         const std::function<Status(model::ChangeBatch&&)>& on_batch) const = 0;
  /// Called for each publication, in order and one at a time, before its submitters are answered.
  /// Set once, before use; it must not submit.
  virtual void Follow(OnBatch on_batch) = 0;

  virtual Result<std::vector<SourceState>> Sources() const = 0;
  /// Person names are kept apart from the graph and can be erased; empty when not known.
  virtual std::string PersonName(std::string_view person_key) const = 0;
  /// The report accepted with this token, if any.
  virtual Result<std::optional<ReportRecord>> FindReport(std::string_view issuer,
                                                         std::string_view token_id,
                                                         std::string_view route) const = 0;

  // model::ObservationSink
  Result<model::Receipt> Submit(model::Observation observation) override;
};

}  // namespace hullmark::estate
