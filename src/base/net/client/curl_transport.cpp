// SPDX-License-Identifier: Apache-2.0
#include "base/net/client/curl_transport.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/net/client/curl_handle.h"
#include "base/net/redirect.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

constexpr std::size_t kIdleHandles = 32;

/// Handles that are not in use, each with the connections it made, last used last.
class HandlePool {
 public:
  /// One that has talked to `peer` if there is one.
  std::unique_ptr<CurlHandle> Take(const std::string& peer) {
    std::unique_ptr<CurlHandle> handle = idle_.With([&](auto& idle) -> std::unique_ptr<CurlHandle> {
      const auto match = std::find_if(idle.rbegin(), idle.rend(),
                                      [&](const Idle& one) { return one.peer == peer; });
      if (match == idle.rend()) return nullptr;
      std::unique_ptr<CurlHandle> taken = std::move(match->handle);
      idle.erase(std::next(match).base());
      return taken;
    });
    return handle != nullptr ? std::move(handle) : std::make_unique<CurlHandle>();
  }

  void Return(std::string peer, std::unique_ptr<CurlHandle> handle) {
    std::unique_ptr<CurlHandle> oldest;  // closed outside of the lock
    idle_.With([&](auto& idle) {
      idle.push_back({std::move(peer), std::move(handle)});
      if (idle.size() <= kIdleHandles) return;
      oldest = std::move(idle.front().handle);
      idle.erase(idle.begin());
    });
  }

 private:
  struct Idle {
    std::string peer;
    std::unique_ptr<CurlHandle> handle;
  };
  Guarded<std::vector<Idle>> idle_;
};

class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(std::move(options)) {}

  Result<HttpResponse> Send(const HttpRequest& request, Deadline deadline,
                            std::stop_token stop) override {
    std::optional<HttpRequest> redirected;
    while (true) {
      const HttpRequest& current = redirected ? *redirected : request;
      Result<HttpResponse> response = SendOnce(current, deadline, stop);
      if (!response) return response;
      Result<std::optional<HttpRequest>> next = FollowRedirect(current, *response);
      if (!next) return std::unexpected(std::move(next).error());
      if (!next->has_value()) {
        if (redirected && IsRedirect(response->status) && current.max_redirects == 0) {
          return Fail(Errc::kUnavailable,
                      Cat({request.method, " ", request.url, ": too many redirects"}));
        }
        return response;
      }
      redirected = *std::move(next);
    }
  }

 private:
  Result<HttpResponse> SendOnce(const HttpRequest& request, Deadline deadline,
                                const std::stop_token& stop) {
    const Url url = HM_TRY(Url::Parse(request.url));
    const std::string peer = Cat({url.scheme, "://", url.Authority(), request.unix_socket});
    std::unique_ptr<CurlHandle> handle = pool_.Take(peer);
    Result<HttpResponse> response = handle->Exchange(options_, request, url, deadline, stop);
    pool_.Return(peer, std::move(handle));
    if (!response) {
      // Without the query: it may hold a signature.
      const std::string where =
          Cat({request.method, " ", url.scheme, "://", url.Authority(), url.path});
      return Fail(std::move(response).error(), where);
    }
    return response;
  }

  const CurlOptions options_;
  HandlePool pool_;
};

}  // namespace

std::unique_ptr<HttpTransport> MakeCurlTransport(CurlOptions options) {
  return std::make_unique<CurlTransport>(std::move(options));
}

}  // namespace hullmark::net
