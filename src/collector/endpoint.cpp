// SPDX-License-Identifier: Apache-2.0
#include "collector/endpoint.h"

#include <sys/stat.h>

#include <optional>

#include "base/codec/json.h"
#include "base/crypto/hash.h"
#include "base/file.h"
#include "base/net/http.h"
#include "base/text.h"

namespace hullmark::collector {

namespace {

constexpr std::size_t kMaxConfigBytes = 1 << 20;
constexpr char kSystemSocket[] = "/var/run/docker.sock";

bool IsSocket(const std::string& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

std::string DockerConfigFolder(const Environment& env) {
  if (env.Has("DOCKER_CONFIG")) return env.Get("DOCKER_CONFIG");
  return env.Has("HOME") ? env.Get("HOME") + "/.docker" : "";
}

/// The text at `path` of members in a JSON file; nothing when anything on the way is missing or
/// damaged.
std::optional<std::string> TextIn(const std::string& file,
                                  std::initializer_list<std::string_view> path) {
  const auto bytes = ReadFile(file, kMaxConfigBytes);
  if (!bytes) return std::nullopt;
  const auto document = codec::JsonDocument::Parse(*bytes);
  if (!document) return std::nullopt;
  codec::Json value = document->root();
  for (const std::string_view key : path) value = value[key];
  if (!value.IsString()) return std::nullopt;
  return std::string(value.Text());
}

/// Endpoints.docker.Host of the current context; its folder is named by the SHA-256 of its name.
std::optional<std::string> ContextHost(const Environment& env) {
  const std::string folder = DockerConfigFolder(env);
  if (folder.empty()) return std::nullopt;
  std::string name = env.Get("DOCKER_CONTEXT");
  if (name.empty()) name = TextIn(folder + "/config.json", {"currentContext"}).value_or("");
  if (name.empty() || name == "default") return std::nullopt;
  const std::string meta = folder + "/contexts/meta/" + crypto::Sha256Of(name).Hex() + "/meta.json";
  return TextIn(meta, {"Endpoints", "docker", "Host"});
}

}  // namespace

Result<Endpoint> ParseEndpoint(const std::string& host, const Environment& env) {
  constexpr std::string_view kUnix = "unix://";
  constexpr std::string_view kTcp = "tcp://";
  if (host.starts_with(kUnix)) {
    std::string path = host.substr(kUnix.size());
    if (path.empty()) path = kSystemSocket;
    if (path.front() != '/') {
      return Fail(Errc::kInvalidArgument,
                  "docker host " + Quote(host) + ": want an absolute path after unix://");
    }
    return Endpoint{host, path, "http://localhost"};
  }
  if (host.starts_with(kTcp) || host.starts_with("http://")) {
    if (env.Has("DOCKER_TLS_VERIFY") || env.Has("DOCKER_TLS")) {
      return Fail(Errc::kUnsupported,
                  "docker host " + Quote(host) +
                      ": client certificates (DOCKER_TLS_VERIFY) are not offered by this version; "
                      "give the job the engine's unix socket by --docker-host");
    }
    const std::string rest = host.substr(host.find("://") + 3);
    auto url = net::Url::Parse("http://" + rest);
    if (!url) return Fail(std::move(url).error(), "docker host " + Quote(host));
    // Docker's client takes 2375 where no port is given.
    if (!rest.contains(":" + std::to_string(url->port))) url->port = 2375;
    return Endpoint{host, "", "http://" + url->Authority()};
  }
  return Fail(Errc::kUnsupported,
              "docker host " + Quote(host) +
                  ": want unix:///path or tcp://host:port (--docker-host or DOCKER_HOST)");
}

Result<Endpoint> FindEndpoint(const std::string& flag, const Environment& env) {
  if (!flag.empty()) return ParseEndpoint(flag, env);
  if (env.Has("DOCKER_HOST")) return ParseEndpoint(env.Get("DOCKER_HOST"), env);
  if (const auto host = ContextHost(env)) return ParseEndpoint(*host, env);
  if (!IsSocket(kSystemSocket) && env.Has("XDG_RUNTIME_DIR")) {
    const std::string rootless = env.Get("XDG_RUNTIME_DIR") + "/docker.sock";
    if (IsSocket(rootless)) return ParseEndpoint("unix://" + rootless, env);
  }
  return ParseEndpoint(std::string("unix://") + kSystemSocket, env);
}

}  // namespace hullmark::collector
