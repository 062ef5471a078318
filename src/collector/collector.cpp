// SPDX-License-Identifier: Apache-2.0
#include "collector/collector.h"

#include "base/error.h"
#include "base/text.h"
#include "collector/options.h"
#include "collector/report_command.h"
#include "collector/time_limit.h"

namespace hullmark::collector {

namespace {

int Run(const Options& options, const Environment& env, const Outside& outside) {
  const auto say = [&](std::string_view line) {
    // With --dry-run the output is the report and nothing else.
    (options.dry_run ? outside.err : outside.out)(Cat({line, "\n"}));
  };
  const auto exit_code = [&](Errc code) { return options.strict ? InfoOf(code).exit_code : 0; };
  const std::string_view doing =
      options.command == Command::kStart ? "not started: " : "not reported: ";
  const TimeLimit limit(options.deadline, [&] {
    say(Cat({"hullmark-ci: ", doing, "gave up after ", std::to_string(options.deadline.count()),
             " ms (--deadline)"}));
    outside.end_process(exit_code(Errc::kDeadlineExceeded));
  });
  const std::unique_ptr<net::HttpTransport> transport = outside.make_transport(options.ca_file);
  const SystemClock clock;
  const CommandContext context{
      .options = options,
      .env = env,
      .transport = *transport,
      .clock = clock,
      .deadline = limit.soft(),
      .stop = limit.token(),
      .say = say,
      .print = [&](std::string_view text) { outside.out(Cat({text, "\n"})); },
  };
  const Status done = options.command == Command::kStart ? RunStart(context) : RunReport(context);
  if (done) return 0;
  say(Cat({"hullmark-ci: ", doing, done.error().message()}));
  return exit_code(done.error().code());
}

}  // namespace

int Main(std::span<const std::string_view> arguments, const Environment& env,
         const Outside& outside) {
  const auto options = ParseOptions(arguments, env);
  if (!options) {
    outside.err(Cat({"hullmark-ci: ", options.error().message(), "\n"}));
    return InfoOf(Errc::kInvalidArgument).exit_code;
  }
  switch (options->command) {
    case Command::kHelp:
      outside.out(HelpText());
      return 0;
    case Command::kVersion:
      outside.out("hullmark-ci " HM_VERSION "\n");
      return 0;
    case Command::kStart:
    case Command::kReport:
      break;
  }
  return Run(*options, env, outside);
}

}  // namespace hullmark::collector
