// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/dial.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.h"

namespace hullmark::net::small {
namespace {

constexpr std::chrono::milliseconds kStopStep{50};  // how soon a request to stop is noticed

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  int family = AF_UNSPEC;
};

/// Shared with the thread that looks up, which may outlive the caller.
struct Lookup {
  std::mutex mutex;
  std::condition_variable done_changed;
  bool done = false;
  int error = 0;
  std::vector<Address> addresses;
};

void LookUp(const std::shared_ptr<Lookup>& lookup, const std::string& host,
            const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error == EAI_NONAME || error == EAI_ADDRFAMILY) {  // loopback on a machine without a network
    hints.ai_flags = 0;
    error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  }
  std::vector<Address> addresses;
  for (const addrinfo* item = found; item != nullptr; item = item->ai_next) {
    if (item->ai_addrlen > sizeof(sockaddr_storage)) continue;
    Address address;
    std::memcpy(&address.storage, item->ai_addr, item->ai_addrlen);
    address.length = item->ai_addrlen;
    address.family = item->ai_family;
    addresses.push_back(address);
  }
  if (found != nullptr) freeaddrinfo(found);
  const std::lock_guard lock(lookup->mutex);
  lookup->done = true;
  lookup->error = error;
  lookup->addresses = std::move(addresses);
  lookup->done_changed.notify_all();
}

Result<std::vector<Address>> Resolve(const std::string& host, std::uint16_t port, Deadline deadline,
                                     const std::stop_token& stop) {
  const auto lookup = std::make_shared<Lookup>();
  std::thread(&LookUp, lookup, host, std::to_string(port)).detach();
  std::unique_lock lock(lookup->mutex);
  while (!lookup->done) {
    if (stop.stop_requested()) return Fail(Errc::kCancelled, "stopped");
    const Deadline until = std::min(deadline, std::chrono::steady_clock::now() + kStopStep);
    lookup->done_changed.wait_until(lock, until);
    if (!lookup->done && std::chrono::steady_clock::now() >= deadline) {
      return Fail(Errc::kDeadlineExceeded, Cat({"no name server answered for ", Quote(host)}));
    }
  }
  if (lookup->error != 0 || lookup->addresses.empty()) {
    return Fail(Errc::kUnavailable,
                Cat({"cannot find host ", Quote(host), ": ", gai_strerror(lookup->error)}));
  }
  return lookup->addresses;
}

std::string ErrnoText(int error) {
  return std::strerror(error);
}  // NOLINT(concurrency-mt-unsafe): glibc's is safe

Status Connect(int fd, const Address& address, Deadline deadline, const std::stop_token& stop) {
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0)
    return {};
  if (errno != EINPROGRESS) return Fail(Errc::kUnavailable, ErrnoText(errno));
  HM_TRY(WaitFor(fd, true, deadline, stop));
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return Fail(Errc::kUnavailable, ErrnoText(error));
  return {};
}

}  // namespace

Status WaitFor(int fd, bool write, Deadline deadline, const std::stop_token& stop) {
  while (true) {
    if (stop.stop_requested()) return Fail(Errc::kCancelled, "stopped");
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Fail(Errc::kDeadlineExceeded, "no answer in time");
    const auto step = stop.stop_possible() ? std::min(left, kStopStep)
                                           : std::min(left, std::chrono::milliseconds(60'000));
    pollfd wait{.fd = fd, .events = static_cast<short>(write ? POLLOUT : POLLIN), .revents = 0};
    const int ready = poll(&wait, 1, static_cast<int>(step.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Fail(Errc::kUnavailable, ErrnoText(errno));
  }
}

Result<UniqueFd> DialTcp(const std::string& host, std::uint16_t port, Deadline deadline,
                         const std::stop_token& stop) {
  const std::vector<Address> addresses = HM_TRY(Resolve(host, port, deadline, stop));
  Error last(Errc::kUnavailable, "no address");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // A black hole behind one address leaves time for the others.
    const auto now = std::chrono::steady_clock::now();
    const Deadline until = now + (deadline - now) / static_cast<std::int64_t>(addresses.size() - i);
    UniqueFd fd(socket(addresses[i].family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
      last = Error(Errc::kUnavailable, ErrnoText(errno));
      continue;
    }
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    Status connected = Connect(fd.get(), addresses[i], until, stop);
    if (connected) return fd;
    last = std::move(connected).error();
    if (last.code() == Errc::kCancelled) break;
  }
  return Fail(std::move(last), Cat({"cannot connect to ", host, " port ", std::to_string(port)}));
}

Result<UniqueFd> DialUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Fail(Errc::kInvalidArgument, Cat({"socket path ", Quote(path), " is too long"}));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Fail(Errc::kUnavailable, Cat({"cannot connect to ", path, ": ", ErrnoText(errno)}));
  }
  fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  return fd;
}

}  // namespace hullmark::net::small
