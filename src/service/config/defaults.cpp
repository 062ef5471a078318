// SPDX-License-Identifier: Apache-2.0
//
// Addresses to listen on, where data lies by default, and environments of clusters.
#include <cstdlib>

#include "base/net/http.h"
#include "base/text.h"
#include "service/config/config.h"

namespace hullmark::config {

Result<Listen> Listen::Parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto bad = [&] {
    return Fail(Errc::kInputRefused,
                Cat({Quote(text), ": want ADDRESS:PORT, such as 127.0.0.1:4855 or [::1]:4855"}));
  };
  if (colon == std::string_view::npos) return bad();
  std::string_view address = text.substr(0, colon);
  const auto port = ParseUint(text.substr(colon + 1));
  if (!port || *port > 65'535 || address.empty()) return bad();
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  else if (address.find(':') != std::string_view::npos)
    return bad();
  return Listen{std::string(address), static_cast<std::uint16_t>(*port)};
}

std::string Listen::ToString() const {
  const bool six = address.find(':') != std::string::npos;
  return Cat({six ? "[" : "", address, six ? "]" : "", ":", std::to_string(port)});
}

bool Listen::IsLoopback() const {
  // Port 0, "the system picks", is none that a URL can have.
  const Result<net::Url> url = net::Url::Parse("http://" + Listen{address, 1}.ToString() + "/");
  return url && url->IsLoopback();
}

std::string DefaultDataDir() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && *xdg != '\0') {
    return std::string(xdg) + "/hullmark";
  }
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : ".") + "/.local/share/hullmark";
}

std::string EnvironmentOf(const std::vector<EnvironmentRule>& rules, std::string_view cluster) {
  for (const EnvironmentRule& rule : rules) {
    if (MatchesGlob(rule.cluster, cluster)) return rule.environment;
  }
  return "";
}

}  // namespace hullmark::config
