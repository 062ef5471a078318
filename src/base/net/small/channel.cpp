// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/channel.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;

// An address that does not answer must leave time for the next one.
constexpr milliseconds kLongestTry{2000};

std::string Why(int error) { return std::generic_category().message(error); }

class SocketChannel final : public Channel {
 public:
  explicit SocketChannel(UniqueFd fd) : fd_(std::move(fd)) {}

  Result<std::size_t> Read(std::span<char> into, const Patience& patience) override {
    while (true) {
      const ssize_t n = recv(fd_.get(), into.data(), into.size(), 0);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return Fail(Errc::kUnavailable, Why(errno));
      HM_TRY(patience.Await(fd_.get(), POLLIN));
    }
  }
  Status Write(std::string_view bytes, const Patience& patience) override {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(n));
        continue;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return Fail(Errc::kUnavailable, Why(errno));
      HM_TRY(patience.Await(fd_.get(), POLLOUT));
    }
    return {};
  }
  int fd() const override { return fd_.get(); }

 private:
  UniqueFd fd_;
};

// One attempt; the error it ended with, 0 when connected.
Result<int> TryConnect(int fd, const SocketAddress& to, Deadline until, const Patience& patience) {
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to.storage), to.size) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  const bool ready = HM_TRY(patience.AwaitUntil(fd, POLLOUT, until));
  if (!ready) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

Patience::Patience(Deadline deadline, const std::stop_token& stop)
    : deadline_(deadline), stop_(stop) {
  if (!stop.stop_possible()) return;
  stopped_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  on_stop_.emplace(stop, [fd = stopped_.get()] {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof(one));
  });
}

Result<bool> Patience::AwaitUntil(int fd, short events, Deadline until) const {
  pollfd fds[2] = {{.fd = fd, .events = events, .revents = 0},
                   {.fd = stopped_.get(), .events = POLLIN, .revents = 0}};
  while (true) {
    if (stop_.stop_requested()) return Fail(Errc::kCancelled, "stopped");
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline_) return Fail(Errc::kDeadlineExceeded, "no answer in time");
    if (now >= until) return false;
    const auto left = std::chrono::ceil<milliseconds>(std::min(until, deadline_) - now);
    const int ready = poll(fds, 2, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0 && fds[0].revents != 0) return true;
  }
}

Status Patience::Await(int fd, short events) const {
  const Result<bool> ready = AwaitUntil(fd, events, deadline_);
  if (!ready) return std::unexpected(ready.error());
  if (!*ready) return Fail(Errc::kDeadlineExceeded, "no answer in time");
  return {};
}

Result<std::unique_ptr<Channel>> Dial(const std::vector<SocketAddress>& addresses,
                                      const Patience& patience) {
  int error = EADDRNOTAVAIL;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    UniqueFd fd(
        socket(addresses[i].storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
      error = errno;
      continue;
    }
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const bool last = i + 1 == addresses.size();
    const Deadline until = last ? patience.deadline() : DeadlineIn(kLongestTry);
    error = HM_TRY(TryConnect(fd.get(), addresses[i], until, patience));
    if (error == 0) return std::make_unique<SocketChannel>(std::move(fd));
  }
  return Fail(Errc::kUnavailable, Cat({"cannot connect: ", Why(error)}));
}

Result<std::unique_ptr<Channel>> DialUnix(const std::string& path, const Patience& patience) {
  constexpr milliseconds kPause{20};
  SocketAddress to;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) {
    return Fail(Errc::kInvalidArgument, Cat({"socket path ", Quote(path), " is too long"}));
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  std::memcpy(&to.storage, &name, sizeof(name));
  to.size = sizeof(name);
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  while (true) {
    const int error = HM_TRY(TryConnect(fd.get(), to, patience.deadline(), patience));
    if (error == 0) return std::make_unique<SocketChannel>(std::move(fd));
    if (error != EAGAIN) {
      return Fail(Errc::kUnavailable, Cat({"socket ", Quote(path), ": ", Why(error)}));
    }
    // The queue of connections is full, and such a socket cannot be polled.  A pollfd of -1 waits.
    HM_TRY(patience.AwaitUntil(-1, 0, DeadlineIn(kPause)));
  }
}

}  // namespace hullmark::net
