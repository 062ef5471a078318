// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/fake_registry.h"

#include <algorithm>

#include "base/crypto/hash.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "sources/oci/manifest.h"

namespace hullmark::oci {
namespace {

constexpr std::string_view kManifestType = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";

void WriteDescriptor(JsonWriter& out, std::string_view media_type, std::string_view bytes) {
  out.BeginObject();
  out.Field("mediaType", media_type);
  out.Field("digest", crypto::Sha256Of(bytes).ToString());
  out.Field("size", bytes.size());
  out.EndObject();
}

net::HttpResponse NotFound(std::string_view code) {
  net::HttpResponse response;
  response.status = 404;
  response.headers.Add("Content-Type", "application/json");
  response.body = Cat({R"({"errors":[{"code":")", code, R"(","message":"not here"}]})"});
  return response;
}

net::HttpResponse Found(std::string_view method, std::string_view media_type,
                        const std::string& bytes) {
  net::HttpResponse response;
  response.status = 200;
  response.headers.Add("Content-Type", std::string(media_type));
  response.headers.Add("Docker-Content-Digest", crypto::Sha256Of(bytes).ToString());
  if (method != "HEAD") response.body = bytes;
  return response;
}

std::string QueryValue(std::string_view query, std::string_view name) {
  for (const std::string_view pair : Split(query, '&')) {
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return "";
}

}  // namespace

Digest FakeRegistry::PutBlob(const std::string& repository, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  const Digest digest = crypto::Sha256Of(bytes);
  repositories_[repository].blobs[digest] = bytes;
  return digest;
}

Digest FakeRegistry::PutManifest(const std::string& repository, const std::string& tag,
                                 const std::string& media_type, const std::string& bytes) {
  const Digest digest = crypto::Sha256Of(bytes);
  {
    const std::lock_guard lock(mutex_);
    repositories_[repository].manifests[digest] = {media_type, bytes};
  }
  if (!tag.empty()) Tag(repository, tag, digest);
  return digest;
}

Digest FakeRegistry::PushImage(const std::string& repository, const std::string& tag,
                               const std::string& seed, const std::string& platform) {
  const std::vector<std::string_view> parts = Split(platform, '/');
  JsonWriter config;
  config.BeginObject().Field("os", parts[0]).Field("architecture", parts[1]);
  if (parts.size() > 2) config.Field("variant", parts[2]);
  config.Field("created", "2026-11-21T20:23:55Z");
  config.Key("config").BeginObject().Key("Labels").BeginObject().Field("seed", seed);
  config.EndObject().EndObject();
  config.Key("rootfs").BeginObject().Field("type", "layers").Key("diff_ids").BeginArray();
  config.String(crypto::Sha256Of("diff " + seed).ToString()).EndArray().EndObject().EndObject();
  const std::string config_bytes = config.Take();
  PutBlob(repository, config_bytes);

  JsonWriter out;
  out.BeginObject().Field("schemaVersion", 2).Field("mediaType", kManifestType);
  out.Key("config");
  WriteDescriptor(out, "application/vnd.oci.image.config.v1+json", config_bytes);
  out.Key("layers").BeginArray();
  WriteDescriptor(out, "application/vnd.oci.image.layer.v1.tar+gzip", "layer " + seed);
  out.EndArray().EndObject();
  return PutManifest(repository, tag, std::string(kManifestType), out.Take());
}

Digest FakeRegistry::PushIndex(const std::string& repository, const std::string& tag,
                               const std::vector<std::pair<Digest, std::string>>& children) {
  JsonWriter out;
  out.BeginObject().Field("schemaVersion", 2).Field("mediaType", kIndexType);
  out.Key("manifests").BeginArray();
  for (const auto& [digest, platform] : children) {
    const std::vector<std::string_view> parts = Split(platform, '/');
    out.BeginObject().Field("mediaType", kManifestType).Field("digest", digest.ToString());
    out.Field("size", 1).Key("platform").BeginObject();
    out.Field("os", parts[0]).Field("architecture", parts[1]).EndObject().EndObject();
  }
  out.EndArray().EndObject();
  return PutManifest(repository, tag, std::string(kIndexType), out.Take());
}

void FakeRegistry::Tag(const std::string& repository, const std::string& tag,
                       const Digest& digest) {
  const std::lock_guard lock(mutex_);
  repositories_[repository].tags.insert_or_assign(tag, digest);
}

void FakeRegistry::Untag(const std::string& repository, const std::string& tag) {
  const std::lock_guard lock(mutex_);
  repositories_[repository].tags.erase(tag);
}

void FakeRegistry::DeleteManifest(const std::string& repository, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  repositories_[repository].manifests.erase(digest);
}

void FakeRegistry::DeleteRepository(const std::string& repository) {
  const std::lock_guard lock(mutex_);
  repositories_.erase(repository);
}

Result<net::HttpResponse> FakeRegistry::Send(const net::HttpRequest& request, Deadline /*deadline*/,
                                             std::stop_token stop) {
  if (stop.stop_requested()) return Fail(Errc::kCancelled, "stopped");
  const net::Url url = HM_TRY(net::Url::Parse(request.url));
  {
    const std::lock_guard lock(mutex_);
    log_.push_back(Cat({request.method, " ", url.path, url.query.empty() ? "" : "?", url.query}));
  }
  if (intercept_) {
    if (std::optional<Result<net::HttpResponse>> answer = intercept_(request)) {
      return *std::move(answer);
    }
  }
  net::HttpResponse response = Answer(request, url);
  if (bend_) bend_(request, response);
  if (response.body.size() > request.max_response_bytes) {
    return Fail(Errc::kResourceExhausted, "body over the limit");
  }
  return response;
}

net::HttpResponse FakeRegistry::List(const std::string& member,
                                     const std::vector<std::string>& names,
                                     const net::Url& url) const {
  const std::string last = QueryValue(url.query, "last");
  auto from = last.empty() ? names.begin() : std::ranges::upper_bound(names, last);
  auto to = names.end();
  net::HttpResponse response;
  response.status = 200;
  response.headers.Add("Content-Type", "application/json");
  if (page_size_ > 0 && static_cast<std::size_t>(to - from) > page_size_) {
    to = from + static_cast<std::ptrdiff_t>(page_size_);
    response.headers.Add("Link", Cat({"<", url.path, "?last=", *(to - 1), ">; rel=\"next\""}));
  }
  JsonWriter out;
  out.BeginObject().Key(member).BeginArray();
  for (auto name = from; name != to; ++name) out.String(*name);
  out.EndArray().EndObject();
  response.body = out.Take();
  return response;
}

net::HttpResponse FakeRegistry::Answer(const net::HttpRequest& request, const net::Url& url) const {
  const std::lock_guard lock(mutex_);
  net::HttpResponse response;
  if (url.path == "/v2/") {
    response.status = 200;
    return response;
  }
  std::vector<std::string> names;
  if (url.path == "/v2/_catalog") {
    for (const auto& [name, repository] : repositories_) names.push_back(name);
    return List("repositories", names, url);
  }
  const std::string_view path = std::string_view(url.path).substr(4);
  for (const std::string_view what : {"/tags/list", "/manifests/", "/blobs/"}) {
    const std::size_t at = path.rfind(what);
    if (at == std::string_view::npos) continue;
    const auto repository = repositories_.find(std::string(path.substr(0, at)));
    if (repository == repositories_.end()) return NotFound("NAME_UNKNOWN");
    const std::string reference(path.substr(at + what.size()));
    const Repository& held = repository->second;
    if (what == "/tags/list") {
      for (const auto& [name, digest] : held.tags) names.push_back(name);
      return List("tags", names, url);
    }
    std::optional<Digest> digest;
    if (const auto parsed = Digest::Parse(reference)) digest = *parsed;
    if (const auto tag = held.tags.find(reference); tag != held.tags.end()) digest = tag->second;
    if (!digest) return NotFound("MANIFEST_UNKNOWN");
    if (what == "/blobs/") {
      const auto blob = held.blobs.find(*digest);
      if (blob == held.blobs.end()) return NotFound("BLOB_UNKNOWN");
      return Found(request.method, "application/octet-stream", blob->second);
    }
    const auto manifest = held.manifests.find(*digest);
    if (manifest == held.manifests.end()) return NotFound("MANIFEST_UNKNOWN");
    return Found(request.method, manifest->second.media_type, manifest->second.bytes);
  }
  return NotFound("UNSUPPORTED");
}

std::vector<std::string> FakeRegistry::TakeLog() {
  const std::lock_guard lock(mutex_);
  return std::exchange(log_, {});
}

std::size_t FakeRegistry::Count(const std::vector<std::string>& log, std::string_view prefix) {
  return static_cast<std::size_t>(std::ranges::count_if(
      log, [&](const std::string& line) { return line.starts_with(prefix); }));
}

}  // namespace hullmark::oci
