// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/report_table.h"

#include "base/check.h"
#include "base/text.h"
#include "core/estate/sqlite/digest.h"

namespace hullmark::sqlite {

using estate::ReportRecord;

std::string ReportLookup(std::string_view issuer, std::string_view token_id,
                         std::string_view route) {
  // Lengths first: no two triples give the same text.
  const std::string text = Cat({std::to_string(issuer.size()), ":", std::to_string(token_id.size()),
                                ":", issuer, token_id, route});
  constexpr std::size_t kBytes = 16;
  return DigestBytes(text).substr(0, kBytes);
}

Result<ReportTable> ReportTable::Open(Database& db) {
  ReportTable out;
  out.find_ = HM_TRY(db.Prepare(
      "SELECT report.issuer, report.token_id, report.route, report.body_sha256, report.answer, "
      "report.received, report.expires, report.token, key_set.document, report.body FROM report "
      "JOIN key_set ON key_set.id = report.key_set WHERE report.lookup = ?1"));
  out.add_ = HM_TRY(db.Prepare(
      "INSERT INTO report(received, expires, key_set, lookup, issuer, token_id, route, "
      "body_sha256, answer, token, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  out.find_key_set_ = HM_TRY(db.Prepare("SELECT id FROM key_set WHERE sha256 = ?1"));
  out.add_key_set_ =
      HM_TRY(db.Prepare("INSERT INTO key_set(sha256, document) VALUES(?1, ?2) RETURNING id"));
  return out;
}

Result<std::optional<ReportRecord>> ReportTable::Find(std::string_view issuer,
                                                      std::string_view token_id,
                                                      std::string_view route) {
  const std::string lookup = ReportLookup(issuer, token_id, route);
  Rows rows = HM_TRY(find_.Query(Blob{lookup}));
  const bool found = HM_TRY(rows.Next());
  if (!found) return std::nullopt;
  ReportRecord out;
  out.issuer = rows.Text(0);
  out.token_id = rows.Text(1);
  out.route = rows.Text(2);
  out.body_sha256 = rows.Text(3);
  out.answer = rows.Text(4);
  out.received_at = {rows.Int(5)};
  out.expires_at = {rows.Int(6)};
  out.token = rows.Text(7);
  out.key_set = rows.Text(8);
  out.body = rows.Bytes(9);
  return out;
}

Result<std::int64_t> ReportTable::KeySetOf(const std::string& document) {
  if (key_set_id_ != 0 && document == key_set_) return key_set_id_;
  const std::string digest = DigestBytes(document);
  std::int64_t id = 0;
  {
    Rows rows = HM_TRY(find_key_set_.Query(Blob{digest}));
    const bool found = HM_TRY(rows.Next());
    if (found) id = rows.Int(0);
  }
  if (id == 0) {
    Rows rows = HM_TRY(add_key_set_.Query(Blob{digest}, document));
    const bool added = HM_TRY(rows.Next());
    HM_CHECK(added, "RETURNING gives the row that was inserted");
    id = rows.Int(0);
  }
  key_set_ = document;
  key_set_id_ = id;
  return id;
}

Status ReportTable::Add(const ReportRecord& report) {
  const std::int64_t key_set = HM_TRY(KeySetOf(report.key_set));
  const std::string lookup = ReportLookup(report.issuer, report.token_id, report.route);
  return add_.Run(report.received_at.micros, report.expires_at.micros, key_set, Blob{lookup},
                  report.issuer, report.token_id, report.route, report.body_sha256, report.answer,
                  report.token, Blob{report.body});
}

}  // namespace hullmark::sqlite
