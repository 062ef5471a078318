// SPDX-License-Identifier: Apache-2.0
#include "collector/options.h"

#include <gtest/gtest.h>

#include <sstream>

namespace hullmark::collector {
namespace {

Result<Options> Parse(std::vector<std::string_view> arguments, const Environment& env = {}) {
  return ParseOptions(arguments, env);
}

TEST(Options, AreRead) {
  const auto options =
      Parse({"report", "--server=https://h.example", "--audience", "a", "--deadline", "1500ms",
             "--strict", "--state", "s", "--docker-host=tcp://d:1", "--dry-run", "--ca-file", "c"});
  ASSERT_TRUE(options) << options.error().message();
  EXPECT_EQ(options->command, Command::kReport);
  EXPECT_EQ(options->server, "https://h.example");
  EXPECT_EQ(options->audience, "a");
  EXPECT_EQ(options->deadline, std::chrono::milliseconds(1500));
  EXPECT_TRUE(options->strict);
  EXPECT_TRUE(options->dry_run);
  EXPECT_EQ(options->state, "s");
  EXPECT_EQ(options->docker_host, "tcp://d:1");
  EXPECT_EQ(options->ca_file, "c");
}

TEST(Options, FlagsBeatVariables) {
  const Environment env(
      Environment::Values{{"HULLMARK_SERVER", "https://v.example"}, {"HULLMARK_DEADLINE", "3s"}});
  EXPECT_EQ(Parse({"report"}, env)->server, "https://v.example");
  EXPECT_EQ(Parse({"report"}, env)->deadline, std::chrono::seconds(3));
  EXPECT_EQ(Parse({"report", "--server", "https://f.example"}, env)->server, "https://f.example");
}

struct CommandCase {
  std::string_view name;
  std::vector<std::string_view> arguments;
  std::optional<Command> command;
  std::string_view says = "";
};
const CommandCase kCommands[] = {
    {"nothing", {}, Command::kHelp},
    {"help", {"report", "--help"}, Command::kHelp},
    {"version", {"--version"}, Command::kVersion},
    {"start", {"start"}, Command::kStart},
    {"unknown_command", {"reprot"}, std::nullopt, "did you mean report?"},
    {"two_commands", {"start", "report"}, std::nullopt, "unknown argument"},
    {"unknown_flag", {"report", "--sever", "x"}, std::nullopt, "did you mean --server?"},
    {"no_value", {"report", "--server"}, std::nullopt, "wants a value"},
    {"value_for_a_switch", {"report", "--strict=yes"}, std::nullopt, "takes no value"},
    {"flag_without_command", {"--strict"}, std::nullopt, "no command"},
    {"bad_deadline", {"report", "--deadline", "soon"}, std::nullopt, "--deadline"},
};
class Commands : public testing::TestWithParam<CommandCase> {};
TEST_P(Commands, AreReadOrRefusedWithTheMend) {
  const auto options = ParseOptions(GetParam().arguments, Environment());
  ASSERT_EQ(options.has_value(), GetParam().command.has_value());
  if (options) {
    EXPECT_EQ(options->command, *GetParam().command);
  } else {
    EXPECT_NE(options.error().message().find(GetParam().says), std::string::npos)
        << options.error().message();
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, Commands, testing::ValuesIn(kCommands),
                         [](const auto& i) { return std::string(i.param.name); });

struct SpanCase {
  std::string_view text;
  int milliseconds;  // 0: refused
};
constexpr SpanCase kSpans[] = {{"10s", 10'000},
                               {"10", 10'000},
                               {"1500ms", 1500},
                               {"2m", 120'000},
                               {"60m", 3'600'000},
                               {"61m", 0},
                               {"99ms", 0},
                               {"0", 0},
                               {"-1s", 0},
                               {"s", 0},
                               {"", 0},
                               {"1h", 0},
                               {"99999999999999999999s", 0}};
TEST(ParseSpan, HasBounds) {
  for (const SpanCase& c : kSpans) {
    const auto span = ParseSpan(c.text);
    EXPECT_EQ(span ? span->count() : 0, c.milliseconds) << c.text;
  }
}

TEST(Help, FitsATerminal) {
  std::istringstream lines{std::string(HelpText())};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

}  // namespace
}  // namespace hullmark::collector
