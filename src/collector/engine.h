// SPDX-License-Identifier: Apache-2.0
//
// The Docker Engine API, as much of it as a collector asks: who the engine is, what images it
// holds, what happened lately.  The version is negotiated.  Thread-safe.
// Protocol: moby api/swagger.yaml; classic and containerd image stores differ in what an id is.
#pragma once
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/image_reference.h"
#include "base/codec/json.h"
#include "base/net/http.h"
#include "base/result.h"
#include "base/time.h"
#include "collector/endpoint.h"
#include "collector/events.h"

namespace hullmark::collector {

enum class ImageStore {
  kUnknown,
  kClassic,     ///< an image's id is its config digest
  kContainerd,  ///< an image's id is the digest of its manifest or index
};
std::string_view NameOf(ImageStore store);

struct EngineInfo {
  std::string id;       ///< of the installation; empty when the engine keeps /info closed
  std::string version;  ///< 20.10.24
  ImageStore store = ImageStore::kUnknown;
  Timestamp now;                   ///< the engine's clock
  bool engine_clock = false;       ///< false: ours, since the engine did not say
  std::vector<std::string> plain;  ///< registries this engine speaks plain HTTP to, by name
};

struct EngineImage {
  std::string id;
  std::vector<std::string> tags;       ///< as the engine writes them
  std::vector<std::string> digests;    ///< repository@sha256:…
  std::vector<std::string> manifests;  ///< digests of an index's platform images, where told
  std::string created;                 ///< RFC 3339; of Inspect only
  std::string platform;                ///< os/arch[/variant]; of Inspect only
};

/// GET /distribution: the engine asks the registry, with its own TLS roots and settings.
struct DistributionAnswer {
  std::string digest;
  std::string media_type;
  std::vector<std::string> platforms;
};

struct EngineLimits {
  std::size_t max_answer_bytes = 32 << 20;
  std::size_t max_images = 100'000;
  EventLimits events;
};

class Engine {
 public:
  /// Asks for the version and takes the smaller of the engine's and ours.  kUnavailable when
  /// nothing listens, kUnsupported when the engine is too old or too new.
  static Result<Engine> Connect(net::HttpTransport& transport, Endpoint endpoint, Deadline deadline,
                                std::stop_token stop = {}, EngineLimits limits = {});

  const std::string& api_version() const { return api_version_; }
  const Endpoint& endpoint() const { return endpoint_; }

  /// Works, with less, where a filtering proxy keeps /info or /version closed.
  Result<EngineInfo> Info(const Clock& clock) const;
  /// All of them, intermediate ones of the classic builder included.
  Result<std::vector<EngineImage>> Images() const;
  /// Nothing when the engine holds no such image.
  Result<std::optional<EngineImage>> Inspect(std::string_view name) const;
  /// What the engine still remembers of [since, until], of all kinds.
  Result<EventParser> Events(Timestamp since, Timestamp until) const;
  Result<DistributionAnswer> Distribution(const codec::ImageReference& reference,
                                          std::string_view username,
                                          std::string_view password) const;

 private:
  Engine(net::HttpTransport& transport, Endpoint endpoint, Deadline deadline, std::stop_token stop,
         EngineLimits limits)
      : transport_(&transport),
        endpoint_(std::move(endpoint)),
        deadline_(deadline),
        stop_(std::move(stop)),
        limits_(limits) {}
  net::HttpRequest Request(std::string_view path, bool versioned = true) const;
  Result<net::HttpResponse> Send(net::HttpRequest request) const;
  Result<codec::JsonDocument> GetJson(net::HttpRequest request) const;

  net::HttpTransport* transport_;  // outlives the engine
  Endpoint endpoint_;
  Deadline deadline_;
  std::stop_token stop_;
  EngineLimits limits_;
  std::string api_version_;
};

}  // namespace hullmark::collector
