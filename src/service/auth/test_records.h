// SPDX-License-Identifier: Apache-2.0
//
// Records in memory, for the tests of this room.  Thread-compatible.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/estate/records/records.h"

namespace hullmark::auth {

class MemoryRecords final : public records::Records {
 public:
  Status AddToken(const records::ApiToken& token) override {
    if (fail) return Fail(Errc::kUnavailable, "disk full");
    tokens.push_back(token);
    return {};
  }
  Status RemoveToken(std::string_view id) override {
    std::erase_if(tokens, [id](const auto& token) { return token.id == id; });
    return {};
  }
  std::vector<records::ApiToken> Tokens() const override { return tokens; }
  std::optional<records::ApiToken> FindToken(std::string_view secret_sha256) const override {
    const auto at = std::ranges::find(tokens, secret_sha256, &records::ApiToken::secret_sha256);
    return at == tokens.end() ? std::nullopt : std::optional(*at);
  }
  void TouchToken(std::string_view id) override { touched.emplace_back(id); }

  Status PutSource(const records::ConfiguredSource&) override { return {}; }
  Status RemoveSource(std::string_view) override { return {}; }
  Result<std::vector<records::ConfiguredSource>> ConfiguredSources() const override {
    return std::vector<records::ConfiguredSource>();
  }
  Result<std::optional<records::ConfiguredSource>> FindSource(std::string_view) const override {
    return std::nullopt;
  }
  Status NoteSync(std::string_view, const records::Sync&) override { return {}; }

  Result<std::string> Pin(std::string_view scope, std::string_view name,
                          std::string_view value) override {
    return pins.try_emplace({std::string(scope), std::string(name)}, value).first->second;
  }
  Status Audit(std::string_view who, std::string_view what, std::string_view detail) override {
    audit.push_back(
        {.who = std::string(who), .what = std::string(what), .detail = std::string(detail)});
    return {};
  }
  Result<std::vector<records::AuditEntry>> AuditLog(std::uint64_t, std::size_t) const override {
    return audit;
  }

  bool fail = false;
  std::vector<records::ApiToken> tokens;
  std::vector<std::string> touched;
  std::map<std::pair<std::string, std::string>, std::string> pins;
  std::vector<records::AuditEntry> audit;
};

/// A clock that a test sets.
class SetClock final : public Clock {
 public:
  Timestamp Now() const override { return now; }
  Timestamp now = Timestamp::FromSeconds(1'795'300'000);
};

}  // namespace hullmark::auth
