// SPDX-License-Identifier: Apache-2.0
//
// hullmark-ci: the collector with its small transport.
#include <nss.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/net/small/small_transport.h"
#include "collector/collector.h"

namespace {

void WriteTo(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count <= 0) return;  // a closed log is no reason to fail
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
#ifdef HM_STATIC
  // A static program must not load the name service modules of the machine it happens to run on:
  // they may be of another libc.
  __nss_configure_lookup("hosts", "files dns");
#endif
  using hullmark::collector::Environment;
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const hullmark::collector::Outside outside{
      .make_transport =
          [](const std::string& ca_file) {
            return hullmark::net::MakeSmallTransport({.ca_file = ca_file});
          },
      .out = [](std::string_view text) { WriteTo(STDOUT_FILENO, text); },
      .err = [](std::string_view text) { WriteTo(STDERR_FILENO, text); },
      .end_process = [](int exit_code) { std::_Exit(exit_code); },
  };
  return hullmark::collector::Main(arguments, Environment::FromProcess(environ), outside);
}
