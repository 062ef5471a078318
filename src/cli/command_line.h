// SPDX-License-Identifier: Apache-2.0
//
// What `hullmark` was asked to do, read from its arguments; names and meanings are promises
// (DESIGN.md §5). Thread-compatible values.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace hullmark::cli {

/// Whom to talk to: a running server, or the store in a folder when `data` is given and no server
/// runs on it.
struct Target {
  std::string server;      ///< --server, HULLMARK_SERVER; default http://127.0.0.1:4855
  std::string token;       ///< HULLMARK_TOKEN
  std::string token_file;  ///< --token-file; without either, the admin token of the data folder
                           ///< where we may read it
  std::string data;        ///< --data
  std::string ca_file;
};

struct ServeCommand {
  std::string config_file;
  bool check_config = false;
  bool sample = false;  ///< fill an empty store with the sample estate first
  bool log_json = false;
  /// Keys of the configuration that flags set, by their YAML names ("listen", "tls.cert"), in
  /// order.
  std::vector<std::pair<std::string, std::string>> settings;
};
struct TraceCommand {
  std::string ref;
  bool json = false;
  std::size_t limit = 100;
  std::string cursor;
};
struct ImportCommand {
  std::string file;  ///< "-" is standard input
  std::string format;
  std::string cluster;
  std::string environment;
};
struct ConnectRegistryCommand {
  std::string url;
  std::vector<std::string> repositories;
  std::string ca_file;
  std::string username;
  std::string password_file;
  std::string every;
  bool insecure = false;
};
struct SourcesCommand {
  bool sync = false;
  std::string name;  ///< with sync: only this one
  bool json = false;
};
struct TokenCommand {
  std::string action;  ///< "create", "list" or "revoke"
  std::string name;
  std::string role;
};
struct CompletionCommand {
  std::string shell;
};

using Command = std::variant<ServeCommand, TraceCommand, ImportCommand, ConnectRegistryCommand,
                             SourcesCommand, TokenCommand, CompletionCommand>;

struct CommandLine {
  Target target;
  Command command;
};

/// Either a command, or text that was to be printed (--help, --version, a usage error) with its
/// exit code.
struct ParsedLine {
  std::optional<CommandLine> line;
  std::string text;
  int exit_code = 0;
};

/// Reads the arguments and the HULLMARK_… variables of the environment.
ParsedLine ParseCommandLine(int argc, const char* const* argv);

/// The completion script of `shell` (bash, zsh or fish).
Result<std::string> CompletionScript(const std::string& shell);

}  // namespace hullmark::cli
