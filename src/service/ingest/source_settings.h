// SPDX-License-Identifier: Apache-2.0
//
// What a source that the server reads by itself is set to: the body of POST /api/v1/sources, an
// item of `sources:` in the configuration, and what is kept of it.  Secrets are named by file,
// never held.  Thread-compatible values.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace hullmark::ingest {

struct RegistrySettings {
  std::string name;  ///< `registry:HOST`, told from the url
  std::string url;   ///< https://HOST[:PORT], http for loopback or with `insecure_http`
  std::vector<std::string>
      repositories;  ///< read besides the catalog, or instead where that is closed
  std::string ca_file;
  std::string username;
  std::string password_file;
  std::chrono::seconds every{300};
  bool insecure_http = false;

  friend bool operator==(const RegistrySettings&, const RegistrySettings&) = default;
};

/// Name and text of each setting, in order; a list is its name repeated.
using SettingFields = std::vector<std::pair<std::string, std::string>>;

/// Judges the fields: known names, a URL that may be used, a sensible interval.  The error names
/// the field and the mend.
Result<RegistrySettings> MakeRegistrySettings(const SettingFields& fields);
/// `{"kind":"registry", …}`: what MakeRegistrySettings read, as JSON.
std::string WriteSettings(const RegistrySettings& settings);
/// The fields of a JSON object of strings, numbers, booleans and lists of strings.
Result<SettingFields> FieldsOfJson(std::string_view json);

/// `90s`, `5m`, `1h`, `2d`; at least ten seconds.
Result<std::chrono::seconds> ParseInterval(std::string_view text);

}  // namespace hullmark::ingest
