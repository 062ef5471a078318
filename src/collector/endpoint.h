// SPDX-License-Identifier: Apache-2.0
//
// Where the Docker engine of this job listens, by the rules of Docker's own client: --docker-host,
// DOCKER_HOST, the current context, the usual sockets.  Thread-compatible.
#pragma once
#include <string>

#include "base/result.h"
#include "collector/environment.h"

namespace hullmark::collector {

struct Endpoint {
  std::string host;  ///< as people write it: unix:///var/run/docker.sock, tcp://127.0.0.1:2375
  std::string unix_socket;  ///< empty for TCP
  std::string base_url;     ///< http://localhost, or http://host:port
};

/// kUnsupported for ssh://, npipe:// and TLS client certificates, with the mend.
Result<Endpoint> ParseEndpoint(const std::string& host, const Environment& env);
/// `flag` is --docker-host, empty when not given.
Result<Endpoint> FindEndpoint(const std::string& flag, const Environment& env);

}  // namespace hullmark::collector
