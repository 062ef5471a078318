// SPDX-License-Identifier: Apache-2.0
#include "collector/engine.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"

namespace hullmark::collector {

namespace {

// What this collector was written against.  1.24 is the first whose image events carry Actor;
// 1.52 and later only take keys away that are not read here.
constexpr int kOldestApi = 24;
constexpr int kNewestApi = 52;
constexpr int kImageManifestsApi = 47;

/// The minor of an API version "1.N".
std::optional<int> ApiMinor(std::string_view version) {
  if (!version.starts_with("1.")) return std::nullopt;
  const auto minor = ParseUint(version.substr(2));
  if (!minor || *minor > 9999) return std::nullopt;
  return static_cast<int>(*minor);
}

std::vector<std::string> Texts(codec::Json array) {
  std::vector<std::string> result;
  array.ForEachItem([&](codec::Json item) {
    // Older engines write "<none>:<none>" and "<none>@<none>" for nothing.
    if (item.IsString() && !item.Text().starts_with("<none>")) result.emplace_back(item.Text());
  });
  return result;
}

std::string PlatformOf(codec::Json image) {
  const std::string_view os = image["Os"].Text();
  const std::string_view architecture = image["Architecture"].Text();
  if (os.empty() || architecture.empty()) return "";
  const std::string_view variant = image["Variant"].Text();
  return variant.empty() ? Cat({os, "/", architecture})
                         : Cat({os, "/", architecture, "/", variant});
}

EngineImage ImageOf(codec::Json json) {
  EngineImage image;
  image.id = json["Id"].Text();
  image.tags = Texts(json["RepoTags"]);
  image.digests = Texts(json["RepoDigests"]);
  json["Manifests"].ForEachItem([&](codec::Json manifest) {
    if (manifest["Kind"].Text() == "image" && manifest["Available"].Bool().value_or(false)) {
      image.manifests.emplace_back(manifest["ID"].Text());
    }
  });
  image.created = json["Created"].Text();
  image.platform = PlatformOf(json);
  return image;
}

ImageStore StoreOf(codec::Json info) {
  if (info["Driver"].Text().empty()) return ImageStore::kUnknown;
  bool snapshotter = false;
  info["DriverStatus"].ForEachItem([&](codec::Json pair) {
    if (pair.At(0).Text() == "driver-type" && pair.At(1).Text().contains("snapshotter")) {
      snapshotter = true;
    }
  });
  return snapshotter ? ImageStore::kContainerd : ImageStore::kClassic;
}

/// Seconds and nanoseconds, as `since` and `until` take them.
std::string EngineTime(Timestamp t) {
  std::string micros = std::to_string(t.micros % 1'000'000);
  micros.insert(0, 6 - micros.size(), '0');
  return std::to_string(t.seconds()) + "." + micros + "000";
}

/// An image name in a path: `/`, `:` and `@` stand as they are.
std::string PathOf(std::string_view name) {
  std::string path;
  for (const char c : name) {
    if (c == '/' || c == ':' || c == '@') {
      path += c;
    } else {
      path += PercentEncode(std::string_view(&c, 1));
    }
  }
  return path;
}

Errc CodeOf(int status) {
  if (status == 404) return Errc::kNotFound;
  if (status == 401) return Errc::kUnauthenticated;
  if (status == 403) return Errc::kPermissionDenied;
  if (status == 400) return Errc::kUnsupported;
  return Errc::kUnavailable;
}

std::unexpected<Error> Refused(int status, std::string_view body) {
  std::string said;
  if (const auto document = codec::JsonDocument::Parse(body)) {
    said = document->root()["message"].Text();
  }
  return Fail(CodeOf(status), Cat({"docker engine answered ", std::to_string(status),
                                   said.empty() ? "" : " ", said.empty() ? "" : Quote(said)}));
}

}  // namespace

std::string_view NameOf(ImageStore store) {
  switch (store) {
    case ImageStore::kClassic:
      return "classic";
    case ImageStore::kContainerd:
      return "containerd";
    case ImageStore::kUnknown:
      break;
  }
  return "unknown";
}

net::HttpRequest Engine::Request(std::string_view path, bool versioned) const {
  net::HttpRequest request;
  request.url = versioned ? Cat({endpoint_.base_url, "/v", api_version_, path})
                          : Cat({endpoint_.base_url, path});
  request.unix_socket = endpoint_.unix_socket;
  request.max_response_bytes = limits_.max_answer_bytes;
  return request;
}

Result<net::HttpResponse> Engine::Send(net::HttpRequest request) const {
  Result<net::HttpResponse> response = transport_->Send(request, deadline_, stop_);
  if (!response) return Fail(std::move(response).error(), "docker engine at " + endpoint_.host);
  return response;
}

Result<codec::JsonDocument> Engine::GetJson(net::HttpRequest request) const {
  const net::HttpResponse response = HM_TRY(Send(std::move(request)));
  if (response.status != 200) return Refused(response.status, response.body);
  auto document =
      codec::JsonDocument::Parse(response.body, {.max_bytes = limits_.max_answer_bytes});
  if (!document) return Fail(std::move(document).error(), "docker engine at " + endpoint_.host);
  return document;
}

Result<Engine> Engine::Connect(net::HttpTransport& transport, Endpoint endpoint, Deadline deadline,
                               std::stop_token stop, EngineLimits limits) {
  Engine engine(transport, std::move(endpoint), deadline, std::move(stop), limits);
  const net::HttpResponse ping = HM_TRY(engine.Send(engine.Request("/_ping", false)));
  std::string offered;
  if (const std::string* header = ping.headers.Find("Api-Version")) offered = *header;
  if (offered.empty()) {
    const codec::JsonDocument version = HM_TRY(engine.GetJson(engine.Request("/version", false)));
    offered = version.root()["ApiVersion"].Text();
  }
  const std::optional<int> minor = ApiMinor(offered);
  if (!minor) {
    return Fail(Errc::kUnsupported, Cat({"docker engine at ", engine.endpoint_.host,
                                         ": says API version ", Quote(offered), ", not 1.N"}));
  }
  if (*minor < kOldestApi) {
    return Fail(Errc::kUnsupported,
                Cat({"docker engine at ", engine.endpoint_.host, ": API version ", offered,
                     " is too old; 1.", std::to_string(kOldestApi), " is the oldest understood"}));
  }
  engine.api_version_ = "1." + std::to_string(std::min(*minor, kNewestApi));
  return engine;
}

Result<EngineInfo> Engine::Info(const Clock& clock) const {
  EngineInfo info;
  info.now = clock.Now();
  auto document = GetJson(Request("/info"));
  if (!document) {
    // A proxy that filters paths may keep /info closed; the rest still works.
    if (document.error().code() == Errc::kPermissionDenied ||
        document.error().code() == Errc::kNotFound) {
      return info;
    }
    return std::unexpected(std::move(document).error());
  }
  const codec::Json root = document->root();
  info.id = root["ID"].Text();
  info.version = root["ServerVersion"].Text();
  info.store = StoreOf(root);
  if (const auto now = Timestamp::Parse(root["SystemTime"].Text())) {
    info.now = *now;
    info.engine_clock = true;
  }
  root["RegistryConfig"]["IndexConfigs"].ForEachMember(
      [&](std::string_view name, codec::Json index) {
        if (index["Secure"].Bool() == false) info.plain.emplace_back(name);
      });
  return info;
}

Result<std::vector<EngineImage>> Engine::Images() const {
  const bool manifests = ApiMinor(api_version_).value_or(0) >= kImageManifestsApi;
  const codec::JsonDocument document =
      HM_TRY(GetJson(Request(manifests ? "/images/json?all=1&manifests=1" : "/images/json?all=1")));
  if (document.root().size() > limits_.max_images) {
    return Fail(Errc::kResourceExhausted,
                "docker engine holds more than " + std::to_string(limits_.max_images) + " images");
  }
  std::vector<EngineImage> images;
  document.root().ForEachItem([&](codec::Json item) { images.push_back(ImageOf(item)); });
  return images;
}

Result<std::optional<EngineImage>> Engine::Inspect(std::string_view name) const {
  auto document = GetJson(Request(Cat({"/images/", PathOf(name), "/json"})));
  if (!document) {
    if (document.error().code() == Errc::kNotFound) return std::optional<EngineImage>();
    return Fail(std::move(document).error(), Quote(name));
  }
  return std::optional<EngineImage>(ImageOf(document->root()));
}

Result<EventParser> Engine::Events(Timestamp since, Timestamp until) const {
  EventParser parser(limits_.events);
  std::string head;  // the engine's own words when it refuses
  net::HttpRequest request =
      Request(Cat({"/events?since=", EngineTime(since), "&until=", EngineTime(until)}));
  request.on_body = [&](std::string_view bytes) {
    if (head.size() < 4096) head.append(bytes.substr(0, 4096 - head.size()));
    return parser.Feed(bytes);
  };
  const net::HttpResponse response = HM_TRY(Send(std::move(request)));
  if (response.status != 200) return Refused(response.status, head);
  parser.Finish();
  return parser;
}

Result<DistributionAnswer> Engine::Distribution(const codec::ImageReference& reference,
                                                std::string_view username,
                                                std::string_view password) const {
  net::HttpRequest request =
      Request(Cat({"/distribution/", PathOf(reference.ToString()), "/json"}));
  if (!username.empty()) {
    JsonWriter auth;
    auth.BeginObject().Field("username", username).Field("password", password);
    auth.Field("serveraddress", reference.host).EndObject();
    // Docker reads base64url with padding here.
    std::string encoded = Base64UrlOf(AsBytes(auth.text()));
    encoded.append((4 - encoded.size() % 4) % 4, '=');
    request.headers.Add("X-Registry-Auth", std::move(encoded));
  }
  const codec::JsonDocument document = HM_TRY(GetJson(std::move(request)));
  DistributionAnswer answer;
  answer.digest = document.root()["Descriptor"]["digest"].Text();
  answer.media_type = document.root()["Descriptor"]["mediaType"].Text();
  document.root()["Platforms"].ForEachItem([&](codec::Json platform) {
    const std::string_view os = platform["os"].Text();
    const std::string_view variant = platform["variant"].Text();
    if (os.empty() || os == "unknown") return;
    answer.platforms.push_back(
        Cat({os, "/", platform["architecture"].Text(), variant.empty() ? "" : "/", variant}));
  });
  return answer;
}

}  // namespace hullmark::collector
