// SPDX-License-Identifier: Apache-2.0
//
// From the bytes of a kubectl answer to its objects: a stream of JSON documents, each a list or one
// object, and what they tell of their own completeness.  Private to this room.
#pragma once
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/bulk/bulk_json.h"
#include "sources/reports/kube_item.h"
#include "sources/reports/kubectl.h"

namespace hullmark::reports {

/// What the lists show of one kind of object.
struct KubeListing {
  bool listed = false;  ///< a list of this kind alone was there, if only an empty one
  std::size_t items = 0;
  bool one_alone = false;     ///< an object outside any list: there may be others
  std::string missing_pages;  ///< empty, or how a paged list breaks off
  std::size_t promised = 0;   ///< how many the page read last says are still to come
};

struct KubeLists {
  std::vector<bulk::BulkDocument> documents;  ///< own the bytes that the items borrow
  std::vector<KubeItem> items;                ///< each uid once
  std::array<KubeListing, kKubeKindCount> listings;
  std::map<std::string, std::size_t, std::less<>> passed_over;  ///< kinds that are not read
  std::size_t repeated = 0;                                     ///< objects that were there already

  const KubeListing& listing(KubeKind kind) const {
    return listings[static_cast<std::size_t>(kind)];
  }
};

Result<KubeLists> ReadKubeLists(std::string bytes, const KubectlLimits& limits);

/// Where the first JSON value of `text`, which begins with a bracket, ends; its size when it does
/// not: the parser then says what is wrong.  Which bracket closes which is the parser's to judge.
std::size_t EndOfDocument(std::string_view text);

}  // namespace hullmark::reports
