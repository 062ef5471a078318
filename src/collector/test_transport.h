// SPDX-License-Identifier: Apache-2.0
//
// For tests of this room: a transport that answers by rules, and recorded answers of real engines.
#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/net/http.h"
#include "base/text.h"

namespace hullmark::collector {

/// Answers by the first rule whose "METHOD URL" pattern (`*` for any run) fits; 404 without one.
/// For a unix socket the URL's host is `localhost`.
class TestTransport final : public net::HttpTransport {
 public:
  using Answer = std::function<Result<net::HttpResponse>(const net::HttpRequest&, Deadline)>;

  void On(std::string pattern, Answer answer) {
    rules_.insert(rules_.begin(), {std::move(pattern), std::move(answer)});
  }
  void On(std::string pattern, int status, std::string body, net::Headers headers = {}) {
    On(std::move(pattern), [=](const net::HttpRequest&, Deadline) -> Result<net::HttpResponse> {
      return net::HttpResponse{.status = status, .headers = headers, .body = body};
    });
  }

  Result<net::HttpResponse> Send(const net::HttpRequest& request, Deadline deadline,
                                 std::stop_token) override {
    const std::string line = request.method + " " + request.url;
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      for (const auto& [pattern, rule] : rules_) {
        if (MatchesGlob(pattern, line)) {
          answer = rule;
          break;
        }
      }
    }
    if (!answer) return net::HttpResponse{.status = 404, .body = R"({"message":"no rule"})"};
    auto response = answer(request, deadline);
    if (response && request.on_body) {
      // In awkward pieces, as a stream comes.
      for (std::size_t i = 0; i < response->body.size(); i += 37) {
        if (!request.on_body(std::string_view(response->body).substr(i, 37))) {
          return Fail(Errc::kCancelled, "no more wanted");
        }
      }
      response->body.clear();
    }
    return response;
  }

  std::vector<net::HttpRequest> Requests(std::string_view pattern) const {
    const std::lock_guard lock(mutex_);
    std::vector<net::HttpRequest> found;
    for (const net::HttpRequest& request : requests_) {
      if (MatchesGlob(pattern, request.method + " " + request.url)) found.push_back(request);
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, Answer>> rules_;
  std::vector<net::HttpRequest> requests_;
};

inline net::Headers HeadersOf(std::string name, std::string value) {
  net::Headers headers;
  headers.Add(std::move(name), std::move(value));
  return headers;
}

// Recorded from Debian's docker 20.10.24 (API 1.41, vfs), shortened.
inline constexpr char kClassicInfo[] =
    R"({"ID":"HR7Y:IW3R","Driver":"vfs","DriverStatus":null,"SystemTime":"2026-11-21T22:37:58.092674895Z",)"
    R"("RegistryConfig":{"InsecureRegistryCIDRs":["127.0.0.0/8"],"IndexConfigs":{"docker.io":)"
    R"({"Name":"docker.io","Mirrors":[],"Secure":true,"Official":true},"plain.example:5000":)"
    R"({"Name":"plain.example:5000","Mirrors":[],"Secure":false,"Official":false}}},)"
    R"("ServerVersion":"20.10.24+dfsg1"})";
// By moby's api/swagger.yaml of 1.52 and its daemon/containerd.
inline constexpr char kContainerdInfo[] =
    R"({"ID":"5e1f","Driver":"overlayfs","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]],)"
    R"("SystemTime":"2026-11-21T22:37:58.5Z","ServerVersion":"29.0.1"})";

}  // namespace hullmark::collector
