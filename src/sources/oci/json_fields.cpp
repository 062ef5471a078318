// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/json_fields.h"

#include <algorithm>

#include "base/text.h"

namespace hullmark::oci {

Result<std::string> TextMember(codec::Json object, std::string_view name) {
  const codec::Json value = object[name];
  if (value.missing() || value.IsNull()) return std::string();
  if (!value.IsString()) return Fail(Errc::kInputRefused, Cat({name, ": want a string"}));
  return std::string(value.Text());
}

Result<Digest> DigestMember(codec::Json object, std::string_view name) {
  const std::string text = HM_TRY(TextMember(object, name));
  if (text.starts_with("sha512:") || text.starts_with("sha384:")) {
    return Fail(Errc::kUnsupported,
                Cat({name, ": ", Quote(text), " is not sha256, the only algorithm in use here"}));
  }
  Result<Digest> digest = Digest::Parse(text);
  if (!digest) return Fail(Errc::kInputRefused, Cat({name, ": ", digest.error().message()}));
  return digest;
}

Result<Pairs> PairsMember(codec::Json object, std::string_view name) {
  Pairs pairs;
  const codec::Json value = object[name];
  if (value.missing() || value.IsNull()) return pairs;
  if (!value.IsObject()) return Fail(Errc::kInputRefused, Cat({name, ": want an object"}));
  std::string wrong;
  pairs.reserve(value.size());
  value.ForEachMember([&](std::string_view key, codec::Json text) {
    if (text.IsString()) {
      pairs.emplace_back(key, text.Text());
    } else {
      wrong = key;
    }
  });
  if (pairs.size() != value.size()) {
    return Fail(Errc::kInputRefused, Cat({name, ": ", Quote(wrong), " is not a string"}));
  }
  std::ranges::sort(pairs);
  return pairs;
}

}  // namespace hullmark::oci
