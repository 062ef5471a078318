// SPDX-License-Identifier: Apache-2.0
#include "sources/reports/kube_lists.h"

#include <cstring>
#include <unordered_map>
#include <utility>

#include "base/text.h"

namespace hullmark::reports {
namespace {

using bulk::BulkDocument;
using bulk::BulkValue;

constexpr std::string_view kGive = "give the output of `kubectl get … -o json`";

// Behind the closing quote of the string that begins at `at`.
std::size_t EndOfString(std::string_view text, std::size_t at) {
  for (std::size_t from = at + 1;;) {
    const std::size_t quote = text.find('"', from);
    if (quote == std::string_view::npos) return text.size();
    std::size_t slashes = 0;
    while (text[quote - slashes - 1] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote + 1;
    from = quote + 1;
  }
}

// One document's share of the work: it knows where it stands in the stream.
class ListReader {
 public:
  using Seen = std::unordered_map<std::string_view, std::size_t>;  // uid to its place in out.items

  ListReader(KubeLists& out, Seen& seen, std::size_t document)
      : out_(out), seen_(seen), document_(document) {}

  Status Read(BulkValue root) {
    if (!root.IsObject()) return RefuseAt("$", Cat({"not an object; ", kGive}));
    const std::string_view kind = HM_TRY(NeedTextIn(root, "kind", kGive));
    const std::string_view version = HM_TRY(TextIn(root, "apiVersion"));
    if (kind == "Status") return RefuseStatus(root);
    if (const KubeKindInfo* info = FindKubeKind(version, kind)) {
      listing(*info).one_alone = true;
      return AddItem(root, *info, 0);
    }
    if (!kind.ends_with("List")) {
      return RefuseAt("$.kind", Cat({Quote(kind), " is no list of a cluster's objects; ", kGive}));
    }
    const std::string_view item_kind = kind.substr(0, kind.size() - 4);  // empty: of any kinds
    const BulkValue items = HM_TRY(ArrayIn(root, "items"));
    if (root["items"].missing()) return RefuseAt("$.items", Cat({"missing; ", kGive}));
    const BulkValue metadata = HM_TRY(ObjectIn(root, "metadata"));
    if (const KubeKindInfo* info = item_kind.empty() ? nullptr : FindKubeKind(version, item_kind)) {
      listing(*info).listed = true;
      HM_TRY(CountPage(listing(*info), metadata, items.size()));
    } else if (item_kind.empty()) {
      const std::string_view more = HM_TRY(TextIn(metadata, "continue"));
      if (!more.empty()) {
        for (KubeListing& each : out_.listings)
          each.missing_pages = "it is the first page of several";
      }
    }
    std::size_t index = 0;
    return items.TryEachItem(
        [&](BulkValue item) { return ReadItem(item, version, item_kind, index++); });
  }

 private:
  KubeListing& listing(const KubeKindInfo& info) {
    return out_.listings[static_cast<std::size_t>(info.kind)];
  }

  std::unexpected<Error> RefuseStatus(BulkValue root) {
    return RefuseAt("$", Cat({"the cluster answered with an error, ", Quote(root["message"].Text()),
                              "; mend that and ask again"}));
  }

  // Pages follow one another: each says how many are still to come after it.
  Status CountPage(KubeListing& listing, BulkValue metadata, std::size_t size) {
    const std::string_view more = HM_TRY(TextIn(metadata, "continue"));
    const auto remaining = HM_TRY(IntIn(metadata, "remainingItemCount"));
    const std::size_t promised =
        remaining && *remaining > 0 ? static_cast<std::size_t>(*remaining) : 0;
    if (listing.promised > 0 && size + promised != listing.promised) {
      listing.missing_pages = "a page between others is missing";
    }
    listing.promised = promised;
    if (listing.missing_pages.empty() || listing.missing_pages == kLastPage) {
      listing.missing_pages = more.empty() ? std::string_view() : kLastPage;
    }
    return {};
  }

  Status ReadItem(BulkValue item, std::string_view list_version, std::string_view list_kind,
                  std::size_t index) {
    const BulkValue metadata = item["metadata"];
    const std::string label =
        ItemLabel(0, index, list_kind.empty() ? item["kind"].Text() : list_kind,
                  metadata["namespace"].Text(), metadata["name"].Text());
    if (Status status = JudgeItem(item, list_version, list_kind, index); !status) {
      return Fail(std::move(status).error(), label);
    }
    return {};
  }

  Status JudgeItem(BulkValue item, std::string_view list_version, std::string_view list_kind,
                   std::size_t index) {
    HM_TRY(CheckObject(item));
    std::string_view kind = HM_TRY(TextIn(item, "kind"));
    std::string_view version = HM_TRY(TextIn(item, "apiVersion"));
    if (list_kind.empty()) {
      if (kind.empty()) return RefuseAt(item.Path() + ".kind", Cat({"missing; ", kGive}));
    } else {
      if (!kind.empty() && kind != list_kind) {
        return RefuseAt(item.Path() + ".kind",
                        Cat({Quote(kind), " in a list of ", Quote(list_kind), "; ", kGive}));
      }
      kind = list_kind;
      if (version.empty()) version = list_version;
    }
    if (const KubeKindInfo* info = FindKubeKind(version, kind)) return AddItem(item, *info, index);
    ++out_.passed_over[std::string(kind.substr(0, 100))];
    return {};
  }

  Status AddItem(BulkValue value, const KubeKindInfo& info, std::size_t index) {
    KubeItem item = HM_TRY(ReadIdentity(value, info));
    item.document = document_;
    item.index = index;
    ++listing(info).items;
    const auto [at, is_new] = seen_.try_emplace(item.uid, out_.items.size());
    if (is_new) {
      out_.items.push_back(item);
      return {};
    }
    const KubeItem& other = out_.items[at->second];
    if (other.kind == item.kind && other.name == item.name && other.space == item.space) {
      ++out_.repeated;  // `kubectl get pods,po`, or pages that overlap
      return {};
    }
    return RefuseAt(value.Path() + ".metadata.uid",
                    Cat({Quote(item.uid), " is also that of ", other.Label(),
                         "; give the cluster's own answer"}));
  }

  static constexpr std::string_view kLastPage = "its last page is missing";

  KubeLists& out_;
  Seen& seen_;
  std::size_t document_;
};

Status ReadDocument(std::string text, const KubectlLimits& limits, std::size_t number,
                    ListReader::Seen& seen, KubeLists& out) {
  if (const std::string_view begin = Trim(text); !begin.starts_with('{')) {
    return Fail(Errc::kInputRefused, Cat({"found ", Quote(begin.substr(0, 20)),
                                          " where a JSON object begins; ", kGive}));
  }
  BulkDocument document = HM_TRY(BulkDocument::Parse(std::move(text), limits.json));
  out.documents.push_back(std::move(document));
  return ListReader(out, seen, number).Read(out.documents.back().root());
}

}  // namespace

std::size_t EndOfDocument(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"') {
      i = EndOfString(text, i);
      continue;
    }
    ++i;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && (depth == 0 || --depth == 0)) return i;
  }
  return text.size();
}

Result<KubeLists> ReadKubeLists(std::string bytes, const KubectlLimits& limits) {
  KubeLists out;
  ListReader::Seen seen;
  std::string_view rest = Trim(bytes);
  if (rest.empty()) return Fail(Errc::kInputRefused, Cat({"the input is empty; ", kGive}));
  const bool alone = EndOfDocument(rest) == rest.size();
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string where = Cat({"document ", std::to_string(number)});
    if (number > limits.max_documents) {
      return Fail(Errc::kResourceExhausted,
                  Cat({"more than ", std::to_string(limits.max_documents),
                       " documents in one stream; import them one by one"}));
    }
    const std::size_t size = EndOfDocument(rest);
    // The one document of most imports is handed over without a copy.
    std::string text = alone ? std::move(bytes) : std::string(rest.substr(0, size));
    rest = alone ? std::string_view() : Trim(rest.substr(size));
    Status status = ReadDocument(std::move(text), limits, alone ? 0 : number, seen, out);
    if (!status && alone) return std::unexpected(std::move(status).error());
    if (!status) return Fail(std::move(status).error(), where);
  }
  return out;
}

}  // namespace hullmark::reports
