// SPDX-License-Identifier: Apache-2.0
//
// Where `docker login` and `podman login` keep what they were told.
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/codec/json.h"
#include "base/file.h"
#include "base/text.h"
#include "sources/oci/credential_helper.h"
#include "sources/oci/hosts.h"
#include "sources/oci/registry_client.h"

namespace hullmark::oci {
namespace {

using codec::Json;

constexpr std::string_view kHubServer = "https://index.docker.io/v1/";
constexpr std::size_t kMaxFileBytes = 1 << 20;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Earlier files win, as the more deliberate choice.
std::vector<std::string> FilesToLookIn(const std::string& config_dir) {
  if (!config_dir.empty()) return {config_dir + "/config.json"};
  std::vector<std::string> files;
  if (const std::string file = Environment("REGISTRY_AUTH_FILE"); !file.empty()) {
    files.push_back(file);
  }
  if (const std::string dir = Environment("DOCKER_CONFIG"); !dir.empty()) {
    files.push_back(dir + "/config.json");
  } else if (const std::string home = Environment("HOME"); !home.empty()) {
    files.push_back(home + "/.docker/config.json");
  }
  if (const std::string dir = Environment("XDG_RUNTIME_DIR"); !dir.empty()) {
    files.push_back(dir + "/containers/auth.json");
  }
  return files;
}

// `host` or `host/path`, of a key such as `https://host/v1/`, `host:5000` or `quay.io/acme`.
// Docker's keys with a scheme or an API version are for the whole host.
std::string ScopeOfKey(std::string_view key) {
  bool whole_host = false;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) {
      key.remove_prefix(scheme.size());
      whole_host = true;
    }
  }
  while (key.ends_with('/')) key.remove_suffix(1);
  const std::size_t slash = key.find('/');
  const std::string_view host = key.substr(0, slash);
  std::string_view path = slash == std::string_view::npos ? "" : key.substr(slash);
  if (whole_host || path == "/v1" || path == "/v2") path = "";
  return Cat({CanonicalHost(host), path});
}

// Whether credentials for `scope` serve `wanted`: itself, or something in it.
bool Covers(std::string_view scope, std::string_view wanted) {
  return wanted.starts_with(scope) &&
         (wanted.size() == scope.size() || wanted[scope.size()] == '/');
}

// The member whose key covers `wanted` most closely.
Json ClosestMember(Json object, std::string_view wanted, std::string* key_found = nullptr) {
  Json best;
  std::size_t best_size = 0;
  object.ForEachMember([&](std::string_view key, Json value) {
    const std::string scope = ScopeOfKey(key);
    if (scope.size() <= best_size || !Covers(scope, wanted)) return;
    best = value;
    best_size = scope.size();
    if (key_found != nullptr) *key_found = key;
  });
  return best;
}

Result<std::optional<Credentials>> FromAuthEntry(Json entry, std::string_view key) {
  Credentials credentials;
  credentials.identity_token = entry["identitytoken"].Text();
  credentials.username = entry["username"].Text();
  credentials.password = entry["password"].Text();
  if (const std::string_view auth = entry["auth"].Text(); !auth.empty()) {
    const auto bytes = DecodeBase64(auth);
    const std::string_view pair = bytes ? AsText(*bytes) : std::string_view();
    const std::size_t colon = pair.find(':');
    if (colon == std::string_view::npos) {
      return Fail(
          Errc::kInputRefused,
          Cat({"auths[", Quote(key), "].auth is not base64 of user:password; log in again"}));
    }
    credentials.username = pair.substr(0, colon);
    credentials.password = pair.substr(colon + 1);
    while (credentials.password.ends_with('\0')) credentials.password.pop_back();
  }
  if (credentials.empty()) return std::optional<Credentials>();  // kept by a helper instead
  return std::optional(std::move(credentials));
}

// What helpers are asked for: the name under which the login was stored.
std::string ServerFor(std::string_view wanted) {
  const std::string_view host = wanted.substr(0, wanted.find('/'));
  return std::string(host == kDockerHub ? kHubServer : host);
}

Result<std::optional<Credentials>> Look(Json root, std::string_view wanted) {
  const std::string server = ServerFor(wanted);
  if (const Json helper = ClosestMember(root["credHelpers"], wanted); helper.IsString()) {
    return AskCredentialHelper(helper.Text(), server);
  }
  if (const std::string_view store = root["credsStore"].Text(); !store.empty()) {
    std::optional<Credentials> found = HM_TRY(AskCredentialHelper(store, server));
    if (found) return found;
  }
  std::string key;
  const Json entry = ClosestMember(root["auths"], wanted, &key);
  if (!entry.IsObject()) return std::optional<Credentials>();
  return FromAuthEntry(entry, key);
}

Result<std::optional<Credentials>> LookInFile(const std::string& path, std::string_view wanted) {
  const Result<std::string> text = ReadFile(path, kMaxFileBytes);
  if (!text) {
    if (text.error().code() == Errc::kNotFound) return std::optional<Credentials>();
    return std::unexpected(text.error());
  }
  Result<codec::JsonDocument> json = codec::JsonDocument::Parse(*text);
  if (!json) return Fail(std::move(json).error(), path);
  Result<std::optional<Credentials>> found = Look(json->root(), wanted);
  if (!found) return Fail(std::move(found).error(), path);
  return found;
}

}  // namespace

Result<Credentials> FindCredentials(std::string_view host, const std::string& config_dir) {
  const std::size_t slash = host.find('/');
  const std::string wanted = Cat({CanonicalHost(host.substr(0, slash)),
                                  slash == std::string_view::npos ? "" : host.substr(slash)});
  for (const std::string& path : FilesToLookIn(config_dir)) {
    std::optional<Credentials> found = HM_TRY(LookInFile(path, wanted));
    if (found) return *std::move(found);
  }
  return Credentials();
}

}  // namespace hullmark::oci
