// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/change_log.h"

#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/estate/prepare.h"

namespace hullmark::sqlite {
namespace {

using model::Change;
using model::NodeId;

// The numbers of entities in a change, whatever it is.
template <class OnNode>
void ForEachNode(Change& change, const OnNode& on_node) {
  std::visit(
      [&](auto& c) {
        if constexpr (requires { c.node; }) on_node(c.node);
        if constexpr (requires { c.from; }) on_node(c.from);
        if constexpr (requires { c.to; }) on_node(c.to);
        if constexpr (requires { c.into; }) on_node(c.into);
      },
      change);
}

}  // namespace

std::vector<Change> AmendsOf(const StagedFrame& staged) {
  std::vector<Change> out;
  for (const NodeId id : staged.announced) {
    out.push_back(model::EntityAdded{id, model::EntityKind::kDigest, {}});
  }
  for (const auto& [from, into] : staged.merged) out.push_back(model::Merged{from, into});
  return out;
}

void Amend(std::vector<Change>& changes, const std::vector<Change>& amends) {
  if (amends.empty()) return;
  std::unordered_set<std::uint32_t> announced;
  std::unordered_map<std::uint32_t, NodeId> merged;
  for (const Change& amend : amends) {
    if (const auto* added = std::get_if<model::EntityAdded>(&amend)) {
      announced.insert(added->node.value);
    } else if (const auto* merge = std::get_if<model::Merged>(&amend)) {
      merged[merge->from.value] = merge->into;
    }
  }
  std::erase_if(changes, [&](const Change& change) {
    if (const auto* added = std::get_if<model::EntityAdded>(&change)) {
      return announced.contains(added->node.value);
    }
    // What it had learned of the kind is said again when it is published.
    const auto* learned = std::get_if<model::KindLearned>(&change);
    return learned != nullptr && announced.contains(learned->node.value);
  });
  if (merged.empty()) return;
  for (Change& change : changes) {
    auto* stated = std::get_if<model::EntityStated>(&change);
    if (stated != nullptr && merged.contains(stated->node.value)) {
      stated->properties = estate::Without(stated->properties, [](model::PropertyId id) {
        return id == model::PropertyId::kUnresolved;
      });
    }
    ForEachNode(change, [&](NodeId& node) {
      for (auto at = merged.find(node.value); at != merged.end(); at = merged.find(node.value)) {
        node = at->second;
      }
    });
  }
}

Result<ChangeLog> ChangeLog::Open(Database& db, Counters& counters) {
  ChangeLog out(counters);
  out.append_ = HM_TRY(
      db.Prepare("INSERT INTO change_log(seq, published, next_statement, batch, amends, changes) "
                 "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  out.append_part_ =
      HM_TRY(db.Prepare("INSERT INTO change_part(batch, part, changes) VALUES(?1, ?2, ?3)"));
  Statement last =
      HM_TRY(db.Prepare("SELECT seq, next_statement FROM change_log ORDER BY seq DESC LIMIT 1"));
  Rows rows = HM_TRY(last.Query());
  const bool found = HM_TRY(rows.Next());
  if (found) {
    out.seq_ = rows.Uint(0);
    // Never given again, even where nothing is left of a statement but the log's word.
    counters.statement = rows.Uint(1);
  }
  return out;
}

Status ChangeLog::Append(Timestamp at, const std::vector<Change>& changes) {
  return AppendStaged(at, 0, {}, changes);
}

Status ChangeLog::AppendPart(std::uint64_t batch, std::uint64_t part,
                             const std::vector<Change>& changes) {
  const std::string coded = model::EncodeChanges(changes);
  return append_part_.Run(batch, part, Blob{coded});
}

Status ChangeLog::AppendStaged(Timestamp at, std::uint64_t batch, const std::vector<Change>& amends,
                               const std::vector<Change>& changes) {
  const std::string coded = model::EncodeChanges(changes);
  const std::string coded_amends = amends.empty() ? std::string() : model::EncodeChanges(amends);
  HM_TRY(append_.Run(seq_ + 1, at.micros, counters_->statement, batch, Blob{coded_amends},
                     Blob{coded}));
  ++seq_;
  return {};
}

Status ReadChangeLog(Database& db, std::uint64_t after,
                     const std::function<Status(model::ChangeBatch&&)>& on_batch) {
  Statement read = HM_TRY(
      db.Prepare("SELECT seq, batch, amends, changes FROM change_log WHERE seq > ?1 ORDER BY seq"));
  Statement read_parts =
      HM_TRY(db.Prepare("SELECT changes FROM change_part WHERE batch = ?1 ORDER BY part"));
  Rows rows = HM_TRY(read.Query(after));
  for (;;) {
    const bool more = HM_TRY(rows.Next());
    if (!more) return {};
    model::ChangeBatch out;
    out.seq = rows.Uint(0);
    const auto take = [&](std::string_view coded) -> Status {
      std::vector<Change> changes = HM_TRY(model::DecodeChanges(coded));
      std::move(changes.begin(), changes.end(), std::back_inserter(out.changes));
      return {};
    };
    if (const std::uint64_t batch = rows.Uint(1); batch != 0) {
      Rows parts = HM_TRY(read_parts.Query(batch));
      for (;;) {
        const bool another = HM_TRY(parts.Next());
        if (!another) break;
        HM_TRY(take(parts.Bytes(0)));
      }
      if (!rows.Bytes(2).empty()) {
        const std::vector<Change> amends = HM_TRY(model::DecodeChanges(rows.Bytes(2)));
        Amend(out.changes, amends);
      }
    }
    HM_TRY(take(rows.Bytes(3)));
    HM_TRY(on_batch(std::move(out)));
  }
}

}  // namespace hullmark::sqlite
