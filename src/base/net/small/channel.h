// SPDX-License-Identifier: Apache-2.0
//
// A connection to somewhere, and how long anybody waits on it.  Thread-compatible.
#pragma once
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace hullmark::net {

/// One deadline and one stop for everything that a request waits on.
class Patience {
 public:
  Patience(Deadline deadline, const std::stop_token& stop);

  Deadline deadline() const { return deadline_; }
  const std::stop_token& stop() const { return stop_; }
  /// Until `fd` has one of `events`, `until` at the latest: false when that came first.  Errors:
  /// kDeadlineExceeded, kCancelled.
  Result<bool> AwaitUntil(int fd, short events, Deadline until) const;
  Status Await(int fd, short events) const;

 private:
  Deadline deadline_;
  std::stop_token stop_;
  UniqueFd stopped_;  // readable once stopped
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

class Channel {
 public:
  virtual ~Channel() = default;
  /// Some bytes; 0 when the other end is done.
  virtual Result<std::size_t> Read(std::span<char> into, const Patience& patience) = 0;
  virtual Status Write(std::string_view bytes, const Patience& patience) = 0;
  virtual int fd() const = 0;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// Connects to the first address that answers.
Result<std::unique_ptr<Channel>> Dial(const std::vector<SocketAddress>& addresses,
                                      const Patience& patience);
Result<std::unique_ptr<Channel>> DialUnix(const std::string& path, const Patience& patience);

}  // namespace hullmark::net
