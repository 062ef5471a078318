// SPDX-License-Identifier: Apache-2.0
#include "docker_registry.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/crypto/hash.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace hullmark::testing_support {
namespace {

std::string Slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Both its outputs go to `output_file`.
Result<pid_t> Spawn(const std::vector<std::string>& arguments, const std::string& output_file) {
  std::vector<std::string> owned = arguments;
  std::vector<char*> argv;
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    return Fail(Errc::kUnavailable, Cat({arguments[0], ": ", std::strerror(failed)}));
  return pid;
}

std::string TextAfter(const std::string& text, std::string_view before, std::string_view end) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const std::size_t from = at + before.size();
  const std::size_t to = text.find_first_of(end, from);
  return to == std::string::npos ? "" : text.substr(from, to - from);
}

void WriteDescriptor(JsonWriter& out, std::string_view media_type, std::string_view bytes) {
  out.BeginObject();
  out.Field("mediaType", media_type);
  out.Field("digest", crypto::Sha256Of(bytes).ToString());
  out.Field("size", bytes.size());
  out.EndObject();
}

}  // namespace

bool IsInstalled(std::string_view program) {
  return RunProgram({"sh", "-c", Cat({"command -v ", program})}) == 0;
}

int RunProgram(const std::vector<std::string>& arguments, std::string* output) {
  const ScratchDir dir;
  const Result<pid_t> pid = Spawn(arguments, dir.Of("output"));
  if (!pid) return 127;
  int status = 0;
  waitpid(*pid, &status, 0);
  if (output != nullptr) *output += Slurp(dir.Of("output"));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

Result<std::unique_ptr<DockerRegistry>> DockerRegistry::Start(const Options& options) {
  std::unique_ptr<DockerRegistry> registry(new DockerRegistry);
  const std::string config = registry->dir_.Of("config.yml");
  const std::string log = registry->dir_.Of("log");
  {
    std::ofstream out(config);
    out << "version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\n"
        << "storage:\n  filesystem: {rootdirectory: " << registry->dir_.Of("storage") << "}\n"
        << "  delete: {enabled: true}\n"
        << "http:\n  addr: 127.0.0.1:0\n";
    if (!options.certificate_file.empty()) {
      out << "  tls: {certificate: " << options.certificate_file << ", key: " << options.key_file
          << "}\n";
    }
    if (!options.auth.empty()) out << "auth:\n" << options.auth << "\n";
    if (!options.catalog.empty()) out << "catalog:\n" << options.catalog << "\n";
  }
  registry->pid_ = HM_TRY(Spawn({std::string(kProgram), "serve", config}, log));
  for (int i = 0; i < 1000; ++i) {
    registry->host_ = TextAfter(Slurp(log), "msg=\"listening on ", "\",");
    if (!registry->host_.empty()) {
      registry->url_ =
          Cat({options.certificate_file.empty() ? "http://" : "https://", registry->host_});
      return registry;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Fail(Errc::kUnavailable, Cat({"docker-registry does not start: ", Slurp(log)}));
}

void DockerRegistry::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

DockerRegistry::~DockerRegistry() { Kill(); }

Result<net::HttpResponse> Pusher::Send(net::HttpRequest request, int wanted_status) {
  net::HttpResponse response =
      HM_TRY(transport_.Send(request, DeadlineIn(std::chrono::seconds(60))));
  if (response.status != wanted_status) {
    return Fail(Errc::kInternal, Cat({request.method, " ", request.url, ": ",
                                      std::to_string(response.status), " ", response.body}));
  }
  return response;
}

Result<Digest> Pusher::PushBlob(const std::string& repository, const std::string& bytes) {
  const Digest digest = crypto::Sha256Of(bytes);
  net::HttpRequest begin;
  begin.method = "POST";
  begin.url = Cat({url_, "/v2/", repository, "/blobs/uploads/"});
  const net::HttpResponse upload = HM_TRY(Send(std::move(begin), 202));
  const std::string* location = upload.headers.Find("Location");
  if (location == nullptr) return Fail(Errc::kInternal, "an upload without a Location");
  net::HttpRequest put;
  put.method = "PUT";
  put.url = Cat({*location, location->contains('?') ? "&" : "?", "digest=", digest.ToString()});
  put.headers.Add("Content-Type", "application/octet-stream");
  put.body = bytes;
  HM_TRY(Send(std::move(put), 201));
  return digest;
}

Result<Digest> Pusher::PushManifest(const std::string& repository, const std::string& reference,
                                    const std::string& media_type, const std::string& bytes) {
  net::HttpRequest put;
  put.method = "PUT";
  put.url = Cat({url_, "/v2/", repository, "/manifests/", reference});
  put.headers.Add("Content-Type", media_type);
  put.body = bytes;
  HM_TRY(Send(std::move(put), 201));
  return crypto::Sha256Of(bytes);
}

Result<Digest> Pusher::PushImage(const std::string& repository, const std::string& tag,
                                 const std::string& seed) {
  const std::string layer = "layer of " + seed;
  JsonWriter config;
  config.BeginObject().Field("os", "linux").Field("architecture", "amd64");
  config.Key("config").BeginObject().Key("Labels").BeginObject().Field("seed", seed).EndObject();
  config.EndObject().Key("rootfs").BeginObject().Field("type", "layers").Key("diff_ids");
  config.BeginArray().String(crypto::Sha256Of(layer).ToString()).EndArray().EndObject().EndObject();
  const std::string config_bytes = config.Take();
  HM_TRY(PushBlob(repository, layer));
  HM_TRY(PushBlob(repository, config_bytes));
  JsonWriter out;
  const std::string media_type = "application/vnd.oci.image.manifest.v1+json";
  out.BeginObject().Field("schemaVersion", 2).Field("mediaType", media_type).Key("config");
  WriteDescriptor(out, "application/vnd.oci.image.config.v1+json", config_bytes);
  out.Key("layers").BeginArray();
  WriteDescriptor(out, "application/vnd.oci.image.layer.v1.tar", layer);
  out.EndArray().EndObject();
  const std::string bytes = out.Take();
  return PushManifest(repository, tag.empty() ? crypto::Sha256Of(bytes).ToString() : tag,
                      media_type, bytes);
}

Result<Digest> Pusher::PushIndex(const std::string& repository, const std::string& tag,
                                 const std::vector<std::pair<Digest, std::string>>& children) {
  const std::string media_type = "application/vnd.oci.image.index.v1+json";
  JsonWriter out;
  out.BeginObject().Field("schemaVersion", 2).Field("mediaType", media_type);
  out.Key("manifests").BeginArray();
  for (const auto& [digest, architecture] : children) {
    out.BeginObject().Field("mediaType", "application/vnd.oci.image.manifest.v1+json");
    out.Field("digest", digest.ToString()).Field("size", 1).Key("platform").BeginObject();
    out.Field("os", "linux").Field("architecture", architecture).EndObject().EndObject();
  }
  out.EndArray().EndObject();
  return PushManifest(repository, tag, media_type, out.Take());
}

Status Pusher::DeleteManifest(const std::string& repository, const Digest& digest) {
  net::HttpRequest request;
  request.method = "DELETE";
  request.url = Cat({url_, "/v2/", repository, "/manifests/", digest.ToString()});
  HM_TRY(Send(std::move(request), 202));
  return {};
}

}  // namespace hullmark::testing_support
