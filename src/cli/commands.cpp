// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <unistd.h>

#include <ostream>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/trace_view.h"

namespace hullmark::cli {
namespace {

/// More than the server takes in one body, so that it is the one to refuse.
constexpr std::size_t kMaxInputBytes = std::size_t{1} << 30U;
constexpr codec::JsonLimits kAnswerLimits{.max_bytes = std::size_t{256} << 20U, .max_depth = 64};

Result<codec::JsonDocument> ParseAnswer(const std::string& body) {
  Result<codec::JsonDocument> document = codec::JsonDocument::Parse(body, kAnswerLimits);
  if (!document)
    return Fail(Errc::kUnavailable, "the server's answer: " + document.error().message());
  return document;
}

std::string Clean(codec::Json value) { return Printable(value.Text()); }

Result<std::string> ReadInput(const std::string& file) {
  if (file == "-") return ReadAll(STDIN_FILENO, kMaxInputBytes, "standard input");
  Result<std::string> bytes = ReadFile(file, kMaxInputBytes);
  // Exit 1 would say that the question had no answer.
  if (!bytes && bytes.error().code() == Errc::kNotFound) {
    return Fail(Errc::kInvalidArgument, std::string(bytes.error().message()));
  }
  return bytes;
}

/// One line for each source that a sync looked at.  Whether all went well.
bool ShowSyncs(codec::Json answer, Console& console) {
  bool good = true;
  answer["synced"].ForEachItem([&](codec::Json item) {
    const bool ok = item["ok"].Bool().value_or(false);
    good = good && ok;
    console.out << (ok ? "synced  " : "FAILED  ") << Clean(item["name"]);
    if (ok) {
      console.out << ": " << Clean(item["summary"]) << "\n";
      return;
    }
    console.out << "\n" << Wrap(Clean(item["error"]), console.terminal.columns, 8);
    if (!item["mend"].Text().empty()) {
      console.out << Wrap("mend: " + Clean(item["mend"]), console.terminal.columns, 8);
    }
  });
  return good;
}

}  // namespace

int Complain(const Error& error, Console& console) {
  console.err << "hullmark: " << Printable(error.message()) << "\n";
  return InfoOf(error.code()).exit_code;
}

int RunTrace(const TraceCommand& command, ApiClient& api, Console& console) {
  QueryArguments query{{"ref", command.ref}, {"limit", std::to_string(command.limit)}};
  if (!command.cursor.empty()) query.emplace_back("cursor", command.cursor);
  const Result<std::string> body = api.Get("/api/v1/trace", query);
  if (!body) return Complain(body.error(), console);
  const Result<codec::JsonDocument> answer = ParseAnswer(*body);
  if (!answer) return Complain(answer.error(), console);
  console.out << (command.json ? *body : ShowTrace(answer->root(), console.terminal));
  if (command.json && !body->ends_with('\n')) console.out << "\n";
  return answer->root()["origins"].size() > 0 ? 0 : InfoOf(Errc::kNotFound).exit_code;
}

int RunImport(const ImportCommand& command, ApiClient& api, Console& console) {
  Result<std::string> input = ReadInput(command.file);
  if (!input) return Complain(input.error(), console);
  if (input->empty()) {
    return Complain(Error(Errc::kInputRefused, "nothing to import: the input is empty"), console);
  }
  QueryArguments query;
  if (!command.format.empty()) query.emplace_back("as", command.format);
  if (!command.cluster.empty()) query.emplace_back("cluster", command.cluster);
  if (!command.environment.empty()) query.emplace_back("environment", command.environment);
  if (console.terminal.interactive) {
    console.err << "importing " << input->size() / 1024 << " KiB …\n";
  }
  const Result<std::string> body =
      api.Post("/api/v1/imports", query, std::move(*input), "application/octet-stream");
  if (!body) return Complain(body.error(), console);
  const Result<codec::JsonDocument> answer = ParseAnswer(*body);
  if (!answer) return Complain(answer.error(), console);
  const codec::Json root = answer->root();
  console.out << "imported " << root["records"].Int().value_or(0) << " records as "
              << Clean(root["format"]) << ": " << root["changes"].Int().value_or(0) << " changes\n";
  root["notes"].ForEachItem(
      [&](codec::Json note) { console.out << Wrap(Clean(note), console.terminal.columns, 2); });
  return 0;
}

int RunConnectRegistry(const ConnectRegistryCommand& command, ApiClient& api, Console& console) {
  JsonWriter json;
  json.BeginObject().Field("kind", "registry").Field("url", command.url);
  if (!command.ca_file.empty()) json.Field("ca_file", command.ca_file);
  if (!command.username.empty()) json.Field("username", command.username);
  if (!command.password_file.empty()) json.Field("password_file", command.password_file);
  if (!command.every.empty()) json.Field("every", command.every);
  if (command.insecure) json.Field("insecure_http", true);
  if (!command.repositories.empty()) {
    json.Key("repositories").BeginArray();
    for (const std::string& repository : command.repositories) json.String(repository);
    json.EndArray();
  }
  json.EndObject();
  if (console.terminal.interactive) console.err << "reading " << command.url << " …\n";
  const Result<std::string> body = api.Post("/api/v1/sources", {}, json.Take(), "application/json");
  if (!body) return Complain(body.error(), console);
  const Result<codec::JsonDocument> answer = ParseAnswer(*body);
  if (!answer) return Complain(answer.error(), console);
  console.out << "connected " << Clean(answer->root()["name"]) << "\n";
  return ShowSyncs(answer->root(), console) ? 0 : InfoOf(Errc::kUnavailable).exit_code;
}

int RunSources(const SourcesCommand& command, ApiClient& api, Console& console) {
  if (command.sync) {
    QueryArguments query;
    if (!command.name.empty()) query.emplace_back("name", command.name);
    const Result<std::string> body =
        api.Post("/api/v1/sources/sync", query, "", "application/json");
    if (!body) return Complain(body.error(), console);
    const Result<codec::JsonDocument> answer = ParseAnswer(*body);
    if (!answer) return Complain(answer.error(), console);
    if (answer->root()["synced"].size() == 0) {
      console.out << "no source to look at; add one with `hullmark connect`\n";
      return InfoOf(Errc::kNotFound).exit_code;
    }
    return ShowSyncs(answer->root(), console) ? 0 : InfoOf(Errc::kUnavailable).exit_code;
  }
  const Result<std::string> body = api.Get("/api/v1/sources");
  if (!body) return Complain(body.error(), console);
  if (command.json) {
    console.out << *body << "\n";
    return 0;
  }
  const Result<codec::JsonDocument> answer = ParseAnswer(*body);
  if (!answer) return Complain(answer.error(), console);
  if (answer->root()["sources"].size() == 0) {
    console.out << "no sources yet; add one with `hullmark connect registry URL`,\n"
                   "or pipe a cluster's objects into `hullmark import -`\n";
    return 0;
  }
  TextTable table({"SOURCE", "KIND", "AS OF", "COMPLETE", "LAST ERROR"});
  answer->root()["sources"].ForEachItem([&](codec::Json item) {
    table.Add({Clean(item["name"]), Clean(item["kind"]), Clean(item["as_of"]),
               item["complete"].Bool().value_or(false) ? "yes" : "no",
               item["error"].Text().empty() ? "-" : Clean(item["error"])});
  });
  console.out << table.Render(console.terminal);
  answer->root()["sources"].ForEachItem([&](codec::Json item) {
    if (item["mend"].Text().empty()) return;
    console.out << Wrap(Clean(item["name"]) + ": " + Clean(item["mend"]), console.terminal.columns,
                        2);
  });
  return 0;
}

int RunToken(const TokenCommand& command, ApiClient& api, Console& console) {
  if (command.action == "list") {
    const Result<std::string> body = api.Get("/api/v1/tokens");
    if (!body) return Complain(body.error(), console);
    const Result<codec::JsonDocument> answer = ParseAnswer(*body);
    if (!answer) return Complain(answer.error(), console);
    TextTable table({"NAME", "ROLE", "ID", "CREATED", "LAST USED"});
    answer->root()["tokens"].ForEachItem([&](codec::Json item) {
      table.Add({Clean(item["name"]), Clean(item["role"]), Clean(item["id"]),
                 Clean(item["created_at"]),
                 item["last_used_at"].Text().empty() ? "never" : Clean(item["last_used_at"])});
    });
    console.out << table.Render(console.terminal);
    return 0;
  }
  JsonWriter json;
  json.BeginObject().Field("name", command.name);
  if (command.action == "create") json.Field("role", command.role);
  json.EndObject();
  const Result<std::string> body =
      api.Post(command.action == "create" ? "/api/v1/tokens" : "/api/v1/tokens/revoke", {},
               json.Take(), "application/json");
  if (!body) return Complain(body.error(), console);
  if (command.action == "revoke") {
    console.out << "revoked " << command.name << "\n";
    return 0;
  }
  const Result<codec::JsonDocument> answer = ParseAnswer(*body);
  if (!answer) return Complain(answer.error(), console);
  console.out << Clean(answer->root()["token"]) << "\n";
  console.err << "shown once; keep it, or make another\n";
  return 0;
}

int RunCompletion(const CompletionCommand& command, Console& console) {
  const Result<std::string> script = CompletionScript(command.shell);
  if (!script) return Complain(script.error(), console);
  console.out << *script;
  return 0;
}

}  // namespace hullmark::cli
