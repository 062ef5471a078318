// SPDX-License-Identifier: Apache-2.0
//
// Completion scripts.  One table of commands and flags; a test holds it against the parser's own
// help.
#include <array>
#include <span>

#include "base/text.h"
#include "cli/command_line.h"

namespace hullmark::cli {
namespace {

struct Words {
  std::string_view command;  ///< empty: hullmark itself
  std::string_view words;
};

constexpr std::array kWords = {
    Words{"",
          "serve trace import connect sources token completion --help --version --server --data "
          "--server-ca --token-file"},
    Words{"serve",
          "--config --check-config --sample --log-json --listen --listen-ci --store --public-url "
          "--audience --tls-cert --tls-key --data --help"},
    Words{"trace", "--json --limit --cursor --server --help"},
    Words{"import", "--as --cluster --environment --server --help"},
    Words{"connect",
          "registry --repository --ca-file --username --password-file --every "
          "--insecure-http --help"},
    Words{"sources", "sync --json --server --help"},
    Words{"token", "create list revoke --role --help"},
    Words{"completion", "bash zsh fish"},
};

std::string Bash() {
  std::string out =
      "_hullmark() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} command= words i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in --*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
      "  done\n"
      "  case $command in\n";
  for (const Words& row : std::span(kWords).subspan(1)) {
    out += Cat({"    ", row.command, ") words='", row.words, "' ;;\n"});
  }
  out += Cat({"    *) words='", kWords.front().words, "' ;;\n  esac\n"});
  out +=
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "}\n"
      "complete -o filenames -F _hullmark hullmark\n";
  return out;
}

std::string Fish() {
  std::string out = "complete -c hullmark -n __fish_use_subcommand -f -a '";
  out += Cat({kWords.front().words, "'\n"});
  for (const Words& row : std::span(kWords).subspan(1)) {
    out += Cat({"complete -c hullmark -n '__fish_seen_subcommand_from ", row.command, "' -a '",
                row.words, "'\n"});
  }
  return out;
}

}  // namespace

Result<std::string> CompletionScript(const std::string& shell) {
  if (shell == "bash") return Bash();
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + Bash();
  if (shell == "fish") return Fish();
  return Fail(Errc::kInvalidArgument,
              Cat({"no completion for ", Quote(shell), "; there is bash, zsh and fish"}));
}

}  // namespace hullmark::cli
