// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/text.h"

namespace hullmark::cli {
namespace {

ParsedLine Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "hullmark");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

TEST(CommandLine, ReadsTrace) {
  const ParsedLine parsed =
      Parse({"trace", "127.0.0.1:5000/shop:v1", "--json", "--server", "http://h:1"});
  ASSERT_TRUE(parsed.line.has_value()) << parsed.text;
  EXPECT_EQ(parsed.line->target.server, "http://h:1");
  const auto& trace = std::get<TraceCommand>(parsed.line->command);
  EXPECT_EQ(trace.ref, "127.0.0.1:5000/shop:v1");
  EXPECT_TRUE(trace.json);
}

TEST(CommandLine, ImportTakesStandardInput) {
  const ParsedLine parsed =
      Parse({"import", "-", "--cluster", "prod", "--environment", "production"});
  ASSERT_TRUE(parsed.line.has_value()) << parsed.text;
  const auto& import = std::get<ImportCommand>(parsed.line->command);
  EXPECT_EQ(import.file, "-");
  EXPECT_EQ(import.cluster, "prod");
  EXPECT_EQ(import.environment, "production");
}

TEST(CommandLine, SourcesSyncOneOrAll) {
  const ParsedLine all = Parse({"sources", "sync"});
  ASSERT_TRUE(all.line.has_value()) << all.text;
  EXPECT_TRUE(std::get<SourcesCommand>(all.line->command).sync);
  const ParsedLine one = Parse({"sources", "sync", "registry:r"});
  ASSERT_TRUE(one.line.has_value()) << one.text;
  EXPECT_EQ(std::get<SourcesCommand>(one.line->command).name, "registry:r");
  const ParsedLine list = Parse({"sources"});
  ASSERT_TRUE(list.line.has_value()) << list.text;
  EXPECT_FALSE(std::get<SourcesCommand>(list.line->command).sync);
}

TEST(CommandLine, ServeKeepsSettingsByTheirConfigurationNames) {
  const ParsedLine parsed =
      Parse({"serve", "--listen", "127.0.0.1:0", "--data", "d", "--audience", "x"});
  ASSERT_TRUE(parsed.line.has_value()) << parsed.text;
  const auto& serve = std::get<ServeCommand>(parsed.line->command);
  using Setting = std::pair<std::string, std::string>;
  EXPECT_EQ(
      serve.settings,
      (std::vector<Setting>{{"listen", "127.0.0.1:0"}, {"trust.audience", "x"}, {"data", "d"}}));
}

struct UsageCase {
  std::string_view name;
  std::vector<const char*> arguments;
};
class UsageErrors : public testing::TestWithParam<UsageCase> {};
TEST_P(UsageErrors, ExitWithTwo) {
  const ParsedLine parsed = Parse(GetParam().arguments);
  EXPECT_FALSE(parsed.line.has_value());
  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_FALSE(parsed.text.empty());
}
INSTANTIATE_TEST_SUITE_P(Cases, UsageErrors,
                         testing::Values(UsageCase{"unknown_command", {"trcae", "x"}},
                                         UsageCase{"unknown_flag", {"trace", "x", "--jsno"}},
                                         UsageCase{"missing_reference", {"trace"}},
                                         UsageCase{"connect_nothing", {"connect"}}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Help, FitsEightyColumnsAndShowsExamples) {
  for (const std::vector<const char*>& arguments :
       std::vector<std::vector<const char*>>{{"--help"},
                                             {"serve", "--help"},
                                             {"trace", "--help"},
                                             {"import", "--help"},
                                             {"connect", "--help"},
                                             {"connect", "registry", "--help"},
                                             {"sources", "--help"},
                                             {"token", "--help"}}) {
    const ParsedLine parsed = Parse(arguments);
    EXPECT_EQ(parsed.exit_code, 0);
    EXPECT_NE(parsed.text.find("Examples:"), std::string::npos) << parsed.text;
    for (std::string_view line : Split(parsed.text, '\n')) EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Completion, NamesEveryFlagOfTheHelp) {
  for (const char* command : {"serve", "trace", "import", "sources", "token"}) {
    const ParsedLine help = Parse({command, "--help"});
    const Result<std::string> script = CompletionScript("bash");
    ASSERT_TRUE(script.has_value());
    const std::size_t at = script->find(std::string("    ") + command + ") words='");
    ASSERT_NE(at, std::string::npos) << command;
    const std::string words = script->substr(at, script->find('\n', at) - at) + " ";
    std::istringstream text(help.text);
    for (std::string word; text >> word;) {
      if (!word.starts_with("--")) continue;
      word = word.substr(0, word.find_first_of(",=[:"));
      const bool global =
          word == "--server" || word == "--data" || word == "--server-ca" || word == "--token-file";
      if (!global && help.text.find("\n  " + word + " ") != std::string::npos) {
        EXPECT_NE(words.find(word), std::string::npos) << command << " " << word;
      }
    }
  }
}

TEST(Completion, RefusesAnUnknownShell) { EXPECT_FALSE(CompletionScript("tcsh").has_value()); }

}  // namespace
}  // namespace hullmark::cli
