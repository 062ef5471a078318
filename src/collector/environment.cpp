// SPDX-License-Identifier: Apache-2.0
#include "collector/environment.h"

#include <array>
#include <initializer_list>

namespace hullmark::collector {

Environment Environment::FromProcess(const char* const* environ) {
  Environment result;
  for (; environ != nullptr && *environ != nullptr; ++environ) {
    const std::string_view entry = *environ;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    result.values_.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return result;
}

std::string Environment::Get(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

namespace {

struct CiSystem {
  std::string_view name;
  std::string_view detect;
  std::array<std::string_view, 5> key;  // what tells two jobs of one machine apart
  std::array<std::string_view, 2> job;  // first set one wins
};

constexpr CiSystem kSystems[] = {
    {"github",
     "GITHUB_ACTIONS",
     {"GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB", "RUNNER_NAME"},
     {"GITHUB_JOB", ""}},
    {"azure",
     "TF_BUILD",
     {"SYSTEM_COLLECTIONURI", "BUILD_BUILDID", "SYSTEM_JOBATTEMPT", "SYSTEM_JOBID", ""},
     {"SYSTEM_JOBDISPLAYNAME", "SYSTEM_JOBNAME"}},
    {"gitlab", "GITLAB_CI", {"CI_SERVER_URL", "CI_JOB_ID", "", "", ""}, {"CI_JOB_NAME", ""}},
    {"circleci",
     "CIRCLECI",
     {"CIRCLE_WORKFLOW_ID", "CIRCLE_BUILD_URL", "", "", ""},
     {"CIRCLE_JOB", ""}},
    {"buildkite",
     "BUILDKITE",
     {"BUILDKITE_JOB_ID", "", "", "", ""},
     {"BUILDKITE_LABEL", "BUILDKITE_STEP_KEY"}},
    {"bitbucket", "BITBUCKET_BUILD_NUMBER", {"BITBUCKET_STEP_UUID", "", "", "", ""}, {"", ""}},
    {"jenkins", "JENKINS_URL", {"BUILD_URL", "BUILD_TAG", "", "", ""}, {"JOB_NAME", ""}},
};

const CiSystem* Detect(const Environment& env) {
  for (const CiSystem& system : kSystems) {
    if (env.Has(system.detect)) return &system;
  }
  return nullptr;
}

}  // namespace

std::string JobKey(const Environment& env) {
  const CiSystem* system = Detect(env);
  if (system == nullptr) return "";
  std::string key(system->name);
  for (const std::string_view name : system->key) {
    if (!name.empty()) key.append("|").append(env.Get(name));
  }
  return key;
}

std::string JobName(const Environment& env) {
  const CiSystem* system = Detect(env);
  if (system == nullptr) return "";
  for (const std::string_view name : system->job) {
    if (!name.empty() && env.Has(name)) return env.Get(name);
  }
  return "";
}

}  // namespace hullmark::collector
