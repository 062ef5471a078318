// SPDX-License-Identifier: Apache-2.0
#include "collector/options.h"

#include <vector>

#include "base/text.h"

namespace hullmark::collector {

namespace {

struct Flag {
  std::string_view name;
  std::string Options::* text;  // takes a value, unless `on` is set
  bool Options::* on;
  std::string_view variable;
};

constexpr std::string_view kDeadline = "--deadline";

constexpr Flag kFlags[] = {
    {"--server", &Options::server, nullptr, "HULLMARK_SERVER"},
    {"--audience", &Options::audience, nullptr, "HULLMARK_AUDIENCE"},
    {"--docker-host", &Options::docker_host, nullptr, ""},
    {"--state", &Options::state, nullptr, ""},
    {"--ca-file", &Options::ca_file, nullptr, "HULLMARK_CA_FILE"},
    {kDeadline, nullptr, nullptr, "HULLMARK_DEADLINE"},
    {"--strict", nullptr, &Options::strict, ""},
    {"--dry-run", nullptr, &Options::dry_run, ""},
};

const Flag* FindFlag(std::string_view name) {
  for (const Flag& flag : kFlags) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

Status Set(Options& options, const Flag& flag, std::string_view value) {
  if (flag.name == kDeadline) {
    auto span = ParseSpan(value);
    if (!span) return Fail(std::move(span).error(), flag.name);
    options.deadline = *span;
    return {};
  }
  options.*flag.text = value;
  return {};
}

std::unexpected<Error> Unknown(std::string_view what, std::string_view word,
                               std::span<const std::string_view> known) {
  const auto nearest = Nearest(word, known);
  return Fail(Errc::kInvalidArgument,
              Cat({"unknown ", what, " ", Quote(word), "; ",
                   nearest ? Cat({"did you mean ", *nearest, "?"}) : "see hullmark-ci --help"}));
}

std::unexpected<Error> UnknownFlag(std::string_view word) {
  std::vector<std::string_view> known;
  for (const Flag& flag : kFlags) known.push_back(flag.name);
  return Unknown("flag", word, known);
}

}  // namespace

Result<std::chrono::milliseconds> ParseSpan(std::string_view text) {
  constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"", 1000}};
  for (const auto& [unit, factor] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto number = ParseUint(text.substr(0, text.size() - unit.size()));
    if (!number || *number > 3'600'000 || *number * factor > 3'600'000 || *number * factor < 100) {
      break;
    }
    return std::chrono::milliseconds(*number * factor);
  }
  return Fail(Errc::kInvalidArgument, Quote(text) + ": want a time from 100ms to 60m, such as 10s");
}

Result<Options> ParseOptions(std::span<const std::string_view> arguments, const Environment& env) {
  Options options;
  for (const Flag& flag : kFlags) {
    if (flag.variable.empty() || !env.Has(flag.variable)) continue;
    auto set = Set(options, flag, env.Get(flag.variable));
    if (!set) return Fail(std::move(set).error(), flag.variable);
  }
  bool have_command = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--help" || word == "-h" || word == "help") return Options{};
    if (word == "--version" || word == "version") {
      options.command = Command::kVersion;
      return options;
    }
    if (!word.starts_with('-')) {
      constexpr std::string_view kCommands[] = {"start", "report"};
      if (have_command || (word != "start" && word != "report")) {
        return Unknown(have_command ? "argument" : "command", word, kCommands);
      }
      options.command = word == "start" ? Command::kStart : Command::kReport;
      have_command = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const Flag* flag = FindFlag(name);
    if (flag == nullptr) return UnknownFlag(name);
    if (flag->on != nullptr) {
      if (equals != std::string_view::npos) {
        return Fail(Errc::kInvalidArgument, Cat({name, " takes no value"}));
      }
      options.*flag->on = true;
      continue;
    }
    if (equals == std::string_view::npos && i + 1 == arguments.size()) {
      return Fail(Errc::kInvalidArgument, Cat({name, " wants a value"}));
    }
    const std::string_view value =
        equals == std::string_view::npos ? arguments[++i] : word.substr(equals + 1);
    HM_TRY(Set(options, *flag, value));
  }
  if (!have_command && !arguments.empty()) {
    return Fail(Errc::kInvalidArgument, "no command; say start or report, or see --help");
  }
  return options;
}

std::string_view HelpText() {
  return R"(hullmark-ci: tells Hullmark which images this pipeline job pushed.

  hullmark-ci start     at the job's begin: remembers what the Docker engine holds
  hullmark-ci report    after the pushes: sends what was pushed since, and how it was made

A job is never failed and never held up longer than the deadline, unless --strict says so.
Only image names and digests are sent, with the job's OIDC token as proof of who speaks.

  --server URL          the Hullmark server                       (HULLMARK_SERVER)
  --audience TEXT       what the token may be asked for, where it is not the server's own host
                                                                  (HULLMARK_AUDIENCE)
  --deadline 10s        for everything together                   (HULLMARK_DEADLINE)
  --strict              fail the job when a report could not be delivered
  --dry-run             print the report instead of sending it
  --docker-host URL     the engine: unix:///path or tcp://host:port   (DOCKER_HOST)
  --state FILE          what start leaves for report              (HULLMARK_STATE, RUNNER_TEMP)
  --ca-file FILE        PEM roots for the server and registries   (HULLMARK_CA_FILE)
  --version, --help

The token: GitHub's by its request URL (permissions: id-token: write), any other CI's in
HULLMARK_ID_TOKEN, made for the server's audience.

Examples
  hullmark-ci start
  docker build -t registry.example/shop:1 . && docker push registry.example/shop:1
  hullmark-ci report --server https://hullmark.example

  hullmark-ci report --dry-run          what would be sent
)";
}

}  // namespace hullmark::collector
