// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <sstream>

#include "base/text.h"

namespace hullmark::cli {
namespace {

constexpr std::string_view kAbout =
    "Hullmark: from any running container or image back to the code, commit,\n"
    "pipeline run and people it is from.\n";

constexpr std::string_view kMainExamples =
    "Examples:\n"
    "  hullmark serve                                    start on 127.0.0.1:4855\n"
    "  hullmark connect registry https://registry.example\n"
    "  kubectl get ns,no,po -A -o json | hullmark import - --cluster prod\n"
    "  hullmark trace registry.example/shop:v1           who built this?\n"
    "  hullmark trace shop/web-7d9c-x2x                  ... this pod?\n"
    "\n"
    "Exit codes: 0 yes, 1 no match, 2 usage, 3 input refused, 4 not reachable,\n"
    "            5 internal, 6 not allowed, 7 finding over the gate\n";

/// A subcommand whose help ends in examples.
CLI::App* Sub(CLI::App& parent, const std::string& name, const std::string& about,
              const std::string& examples) {
  CLI::App* sub = parent.add_subcommand(name, about);
  sub->footer("Examples:\n" + examples);
  return sub;
}

/// Everything the options write to while CLI11 reads.
struct Draft {
  Target target;
  ServeCommand serve;
  TraceCommand trace;
  ImportCommand import;
  ConnectRegistryCommand registry;
  SourcesCommand sources;
  TokenCommand token;
  CompletionCommand completion;
};

void Setting(CLI::App* app, ServeCommand& serve, const std::string& flag, const std::string& key,
             const std::string& variable, const std::string& about) {
  app->add_option_function<std::string>(
         flag, [&serve, key](const std::string& value) { serve.settings.emplace_back(key, value); },
         about)
      ->envname(variable);
}

CLI::App* AddServe(CLI::App& app, Draft& draft) {
  ServeCommand& serve = draft.serve;
  CLI::App* sub = Sub(app, "serve", "Start the server: API, connectors and store",
                      "  hullmark serve\n"
                      "  hullmark serve --listen 0.0.0.0:4855 --tls-cert c.pem --tls-key k.pem\n"
                      "  hullmark serve --config hullmark.yaml --check-config");
  sub->add_option("--config", serve.config_file, "YAML configuration file")
      ->envname("HULLMARK_CONFIG");
  sub->add_flag("--check-config", serve.check_config, "Say what is wrong with it, then stop");
  sub->add_flag("--sample", serve.sample, "Fill an empty store with a sample estate");
  sub->add_flag("--log-json", serve.log_json, "Logs as JSON lines");
  Setting(sub, serve, "--listen", "listen", "HULLMARK_LISTEN", "ADDRESS:PORT [127.0.0.1:4855]");
  Setting(sub, serve, "--listen-ci", "listen_ci", "HULLMARK_LISTEN_CI",
          "A second door: reports and downloads only");
  Setting(sub, serve, "--store", "store", "HULLMARK_STORE", "sqlite");
  Setting(sub, serve, "--public-url", "public_url", "HULLMARK_PUBLIC_URL",
          "What links and collectors use");
  Setting(sub, serve, "--audience", "trust.audience", "HULLMARK_AUDIENCE",
          "What CI jobs must ask their token for");
  Setting(sub, serve, "--tls-cert", "tls.cert", "HULLMARK_TLS_CERT", "PEM certificate chain");
  Setting(sub, serve, "--tls-key", "tls.key", "HULLMARK_TLS_KEY", "PEM key");
  return sub;
}

CLI::App* AddTrace(CLI::App& app, Draft& draft) {
  CLI::App* sub = Sub(app, "trace", "From an image, pod, commit or run to its code",
                      "  hullmark trace registry.example/shop:v1\n"
                      "  hullmark trace sha256:9f86d081…              index, manifest or config\n"
                      "  hullmark trace pod:prod/shop/web-7d9c-x2x\n"
                      "  hullmark trace https://github.com/acme/shop/actions/runs/1001 --json");
  sub->add_option("REF", draft.trace.ref, "Image, digest, namespace/pod, commit or run URL")
      ->required();
  sub->add_flag("--json", draft.trace.json, "The whole answer as JSON");
  sub->add_option("--limit", draft.trace.limit, "Origins on one page")->capture_default_str();
  sub->add_option("--cursor", draft.trace.cursor, "The next page, as the last answer said");
  return sub;
}

CLI::App* AddImport(CLI::App& app, Draft& draft) {
  ImportCommand& import = draft.import;
  CLI::App* sub =
      Sub(app, "import", "Take in what another tool saw",
          "  kubectl get namespaces,nodes,pods,deployments,replicasets,statefulsets,\\\n"
          "    daemonsets,jobs,cronjobs,services,ingresses,networkpolicies -A -o json |\n"
          "    hullmark import - --cluster prod-eu --environment production\n"
          "  hullmark import seen.ndjson --as observations");
  sub->add_option("FILE", import.file, "The file, or - for standard input")->required();
  sub->add_option("--as", import.format, "observations or kubectl [told from the content]");
  sub->add_option("--cluster", import.cluster, "The cluster's name (kubectl)");
  sub->add_option("--environment", import.environment, "production, staging, … (kubectl)");
  return sub;
}

CLI::App* AddConnect(CLI::App& app, Draft& draft) {
  ConnectRegistryCommand& registry = draft.registry;
  CLI::App* connect = Sub(app, "connect", "Add a source that the server reads by itself",
                          "  hullmark connect registry https://registry.example");
  connect->require_subcommand(1);
  CLI::App* sub =
      Sub(*connect, "registry", "An image registry (OCI distribution API)",
          "  hullmark connect registry https://registry.example\n"
          "  hullmark connect registry https://r.example --username ci --password-file pw\n"
          "  hullmark connect registry https://ghcr.example --repository acme/shop");
  sub->add_option("URL", registry.url, "https://HOST[:PORT]")->required();
  sub->add_option("--repository", registry.repositories, "A repository to read; repeatable");
  sub->add_option("--ca-file", registry.ca_file, "PEM roots, on the server's machine");
  sub->add_option("--username", registry.username, "[the server's `docker login` credentials]");
  sub->add_option("--password-file", registry.password_file, "On the server's machine");
  sub->add_option("--every", registry.every, "How often to look again [5m]");
  sub->add_flag("--insecure-http", registry.insecure, "Allow http to a host that is not loopback");
  return connect;
}

CLI::App* AddSources(CLI::App& app, Draft& draft) {
  CLI::App* sub = Sub(app, "sources", "Where facts come from, how fresh, what failed",
                      "  hullmark sources\n"
                      "  hullmark sources sync                  look at every source again, now\n"
                      "  hullmark sources sync registry:registry.example");
  sub->add_flag("--json", draft.sources.json, "As JSON");
  CLI::App* sync = sub->add_subcommand("sync", "Look again now, and wait for the outcome");
  sync->add_option("NAME", draft.sources.name, "Only this source");
  sync->callback([&draft] { draft.sources.sync = true; });
  return sub;
}

CLI::App* AddToken(CLI::App& app, Draft& draft) {
  TokenCommand& token = draft.token;
  CLI::App* sub = Sub(app, "token", "API tokens with a role",
                      "  hullmark token create dashboards --role viewer\n"
                      "  hullmark token list\n"
                      "  hullmark token revoke dashboards");
  sub->require_subcommand(1);
  CLI::App* create = sub->add_subcommand("create", "Make a token and print it, once");
  create->add_option("NAME", token.name)->required();
  create->add_option("--role", token.role, "viewer, operator or admin")->default_val("viewer");
  create->callback([&token] { token.action = "create"; });
  sub->add_subcommand("list", "Names, roles, ids, last use")->callback([&token] {
    token.action = "list";
  });
  CLI::App* revoke = sub->add_subcommand("revoke", "End a token");
  revoke->add_option("NAME", token.name, "Its name, or its id where several have the name")
      ->required();
  revoke->callback([&token] { token.action = "revoke"; });
  return sub;
}

ParsedLine Text(std::string text, int exit_code) {
  return {std::nullopt, std::move(text), exit_code};
}

}  // namespace

ParsedLine ParseCommandLine(int argc, const char* const* argv) {
  Draft draft;
  CLI::App app{std::string(kAbout), "hullmark"};
  app.footer(std::string(kMainExamples));
  app.set_version_flag("--version", "hullmark " HM_VERSION);
  app.get_formatter()->column_width(26);
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.add_option("--server", draft.target.server, "A running server [http://127.0.0.1:4855]")
      ->envname("HULLMARK_SERVER");
  app.add_option("--data", draft.target.data, "Data folder; without a server, open it")
      ->envname("HULLMARK_DATA");
  app.add_option("--server-ca", draft.target.ca_file, "PEM roots for the server's certificate")
      ->envname("HULLMARK_SERVER_CA");
  app.add_option("--token-file", draft.target.token_file,
                 "The API token's file; or set HULLMARK_TOKEN");

  CLI::App* serve = AddServe(app, draft);
  CLI::App* trace = AddTrace(app, draft);
  CLI::App* import = AddImport(app, draft);
  CLI::App* connect = AddConnect(app, draft);
  CLI::App* sources = AddSources(app, draft);
  CLI::App* token = AddToken(app, draft);
  CLI::App* completion = Sub(app, "completion", "Print a shell's completion script",
                             "  source <(hullmark completion bash)");
  completion->add_option("SHELL", draft.completion.shell, "bash, zsh or fish")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return code == 0 ? Text(out.str(), 0)
                     : Text(err.str(), InfoOf(Errc::kInvalidArgument).exit_code);
  }

  if (const char* value = std::getenv("HULLMARK_TOKEN"); value != nullptr)
    draft.target.token = value;
  if (serve->parsed()) {
    if (!draft.target.data.empty()) draft.serve.settings.emplace_back("data", draft.target.data);
    return {CommandLine{draft.target, draft.serve}, "", 0};
  }
  if (trace->parsed()) return {CommandLine{draft.target, draft.trace}, "", 0};
  if (import->parsed()) return {CommandLine{draft.target, draft.import}, "", 0};
  if (connect->parsed()) return {CommandLine{draft.target, draft.registry}, "", 0};
  if (sources->parsed()) return {CommandLine{draft.target, draft.sources}, "", 0};
  if (token->parsed()) return {CommandLine{draft.target, draft.token}, "", 0};
  if (completion->parsed()) return {CommandLine{draft.target, draft.completion}, "", 0};
  return Text(app.help(), 0);
}

}  // namespace hullmark::cli
