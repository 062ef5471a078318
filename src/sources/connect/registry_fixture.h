// SPDX-License-Identifier: Apache-2.0
//
// For tests: a registry connector between a fake registry and an estate in memory.
#pragma once
#include <chrono>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "sources/connect/memory_estate.h"
#include "sources/connect/registry.h"
#include "sources/oci/fake_registry.h"

namespace hullmark::connect {

class ManualClock final : public Clock {
 public:
  Timestamp Now() const override { return now; }
  Timestamp now = Timestamp::FromSeconds(1'800'000'000);
};

class RegistryFixture {
 protected:
  RegistryFixture() {
    options_.url = std::string(oci::FakeRegistry::kUrl);
    options_.client.first_pause = std::chrono::milliseconds(1);
  }

  Result<SyncSummary> TrySync(std::stop_token stop = {}) {
    clock_.now = clock_.now + std::chrono::seconds(1);
    auto connector = RegistryConnector::Create(registry_, options_);
    if (!connector) return std::unexpected(connector.error());
    SyncContext context{
        .sink = estate_, .known = estate_, .clock = clock_, .stop = std::move(stop)};
    return (*connector)->Sync(context);
  }
  SyncSummary Sync() {
    auto summary = TrySync();
    HM_CHECK(summary.has_value(), "a sync that sees the registry has a summary");
    return *std::move(summary);
  }
  MemoryEstate::Extent At(std::string_view extent) const {
    return estate_.At("registry:registry.example", extent);
  }
  static model::EntityRef Tag(std::string_view name) {
    return {model::EntityKind::kTag, Cat({"registry.example/shop:", name})};
  }
  static bool HasEdge(const MemoryEstate::Extent& extent, const model::EntityRef& from,
                      model::EdgeKind kind, const model::EntityRef& to) {
    return extent.edges.contains({from, kind, to});
  }
  static model::EntityRef Image(const Digest& digest) {
    return {model::EntityKind::kImage, digest.ToString()};
  }
  static model::EntityRef Index(const Digest& digest) {
    return {model::EntityKind::kImageIndex, digest.ToString()};
  }
  // Requests whose url has `part` in it fail so.
  void FailOn(std::string part, Error error) {
    registry_.set_intercept(
        [part, error](const net::HttpRequest& request) -> std::optional<Result<net::HttpResponse>> {
          if (!request.url.contains(part)) return std::nullopt;
          return std::unexpected(error);
        });
  }

  oci::FakeRegistry registry_;
  MemoryEstate estate_;
  ManualClock clock_;
  RegistryConnectorOptions options_;
  const model::EntityRef shop_{model::EntityKind::kImageRepository, "registry.example/shop"};
};

}  // namespace hullmark::connect
