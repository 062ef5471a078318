// SPDX-License-Identifier: Apache-2.0
//
// The job's environment as a value, and what it says about the job.  Everything here is set by the
// job itself: hints for names and for telling jobs apart, never evidence.  Thread-compatible.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace hullmark::collector {

class Environment {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;
  Environment() = default;
  explicit Environment(Values values) : values_(std::move(values)) {}
  /// From `environ` as main() has it.
  static Environment FromProcess(const char* const* environ);

  /// Empty when unset.
  std::string Get(std::string_view name) const;
  bool Has(std::string_view name) const { return !Get(name).empty(); }

 private:
  Values values_;
};

/// Two jobs that may share a machine have different keys; empty outside of the CI systems we know.
std::string JobKey(const Environment& env);
/// What people call the job.
std::string JobName(const Environment& env);

}  // namespace hullmark::collector
