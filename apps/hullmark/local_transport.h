// SPDX-License-Identifier: Apache-2.0
//
// The API of a house in this process, behind the transport seam: commands with `--data` and no
// server use it. Thread-safe.
#pragma once
#include "base/net/http.h"
#include "service/api/api.h"

namespace hullmark::app {

class LocalTransport final : public net::HttpTransport {
 public:
  /// `api` outlives this.
  explicit LocalTransport(const api::Api& api) : api_(api) {}
  Result<net::HttpResponse> Send(const net::HttpRequest& request, Deadline deadline,
                                 std::stop_token stop) override;

 private:
  const api::Api& api_;
};

}  // namespace hullmark::app
