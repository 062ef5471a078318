// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/net/small/dial.h"
#include "base/net/small/stream.h"

namespace hullmark::net::small {
namespace {

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(UniqueFd fd) : fd_(std::move(fd)) {}

  Result<std::size_t> Read(std::span<char> into, Deadline deadline,
                           const std::stop_token& stop) override {
    while (true) {
      const ssize_t count = recv(fd_.get(), into.data(), into.size(), 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        return Fail(Errc::kUnavailable, std::strerror(errno));
      HM_TRY(WaitFor(fd_.get(), false, deadline, stop));
    }
  }

  Status Write(std::string_view bytes, Deadline deadline, const std::stop_token& stop) override {
    while (!bytes.empty()) {
      const ssize_t count = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
        continue;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        return Fail(Errc::kUnavailable, std::strerror(errno));
      HM_TRY(WaitFor(fd_.get(), true, deadline, stop));
    }
    return {};
  }

 private:
  UniqueFd fd_;
};

}  // namespace

std::unique_ptr<ByteStream> MakePlainStream(UniqueFd fd) {
  return std::make_unique<PlainStream>(std::move(fd));
}

}  // namespace hullmark::net::small
