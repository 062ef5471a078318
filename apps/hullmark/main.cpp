// SPDX-License-Identifier: Apache-2.0
//
// hullmark: the server and its commands.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "base/file.h"
#include "base/net/client/curl_transport.h"
#include "base/net/http.h"
#include "base/text.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "house.h"
#include "local_transport.h"
#include "serve.h"

namespace hullmark::app {
namespace {

constexpr std::size_t kMaxTokenBytes = 4096;
constexpr std::string_view kDefaultServer = "http://127.0.0.1:4855";

/// The token that was given, else the admin token of the data folder where this user may read it;
/// that one only for a server on this machine, since any other is not whose token it is.
Result<std::string> TokenOf(const cli::Target& target, const std::string& server) {
  if (!target.token.empty()) return target.token;
  std::string text;
  if (!target.token_file.empty()) {
    Result<std::string> read = ReadFile(target.token_file, kMaxTokenBytes);
    // Not with ReadFile's code: exit 1 would say that the question had no answer.
    if (!read) return Fail(Errc::kInvalidArgument, "token: " + std::string(read.error().message()));
    text = std::move(*read);
  } else if (const Result<net::Url> url = net::Url::Parse(server); url && url->IsLoopback()) {
    const std::string data = target.data.empty() ? config::DefaultDataDir() : target.data;
    if (Result<std::string> read = ReadFile(data + "/admin-token", kMaxTokenBytes))
      text = std::move(*read);
  }
  return std::string(Trim(text));
}

int RunOn(const cli::Command& command, cli::ApiClient& api, cli::Console& console) {
  if (const auto* trace = std::get_if<cli::TraceCommand>(&command))
    return cli::RunTrace(*trace, api, console);
  if (const auto* import = std::get_if<cli::ImportCommand>(&command))
    return cli::RunImport(*import, api, console);
  if (const auto* registry = std::get_if<cli::ConnectRegistryCommand>(&command)) {
    return cli::RunConnectRegistry(*registry, api, console);
  }
  if (const auto* sources = std::get_if<cli::SourcesCommand>(&command)) {
    return cli::RunSources(*sources, api, console);
  }
  return cli::RunToken(std::get<cli::TokenCommand>(command), api, console);
}

/// `--data DIR` without `--server`: the store itself, unless a server has it open; then that server
/// is asked.
int RunOnData(const cli::CommandLine& line, cli::Console& console) {
  const SystemClock clock;
  Result<config::ServerConfig> config = config::ReadConfig("", "", {{"data", line.target.data}});
  if (!config) return cli::Complain(config.error(), console);
  const Result<std::unique_ptr<House>> house = House::Open(*config, clock);
  if (!house) return cli::Complain(house.error(), console);
  LocalTransport transport((*house)->api());
  cli::ApiClient api(transport, std::string(kDefaultServer), "");
  return RunOn(line.command, api, console);
}

int RunOnServer(const cli::CommandLine& line, cli::Console& console) {
  std::string server =
      line.target.server.empty() ? std::string(kDefaultServer) : line.target.server;
  const Result<std::string> token = TokenOf(line.target, server);
  if (!token) return cli::Complain(token.error(), console);
  while (server.ends_with('/')) server.pop_back();
  const std::unique_ptr<net::HttpTransport> transport =
      net::MakeCurlTransport({.ca_file = line.target.ca_file});
  cli::ApiClient api(*transport, std::move(server), *token);
  return RunOn(line.command, api, console);
}

int Main(int argc, const char* const* argv) {
  const cli::ParsedLine parsed = cli::ParseCommandLine(argc, argv);
  if (!parsed.line) {
    (parsed.exit_code == 0 ? std::cout : std::cerr) << parsed.text;
    return parsed.exit_code;
  }
  const cli::CommandLine& line = *parsed.line;
  cli::Console console{std::cout, std::cerr, cli::Terminal::Detect()};
  if (const auto* serve = std::get_if<cli::ServeCommand>(&line.command)) return Serve(*serve);
  if (const auto* completion = std::get_if<cli::CompletionCommand>(&line.command)) {
    return cli::RunCompletion(*completion, console);
  }
  const bool local = line.target.server.empty() && !line.target.data.empty();
  return local ? RunOnData(line, console) : RunOnServer(line, console);
}

}  // namespace
}  // namespace hullmark::app

int main(int argc, char** argv) { return hullmark::app::Main(argc, argv); }
