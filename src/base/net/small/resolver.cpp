// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/resolver.h"

#include <netdb.h>
#include <nss.h>
#include <sys/auxv.h>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/text.h"

namespace hullmark::net {
namespace {

struct FreeInfo {
  void operator()(addrinfo* info) const { freeaddrinfo(info); }
};

// A static program has no interpreter.  Its glibc would load the host's name service modules, which
// belong to another glibc; files and DNS are built in.
void KeepToBuiltInServices() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (getauxval(AT_BASE) == 0) __nss_configure_lookup("hosts", "files dns");
  });
}

Result<std::vector<SocketAddress>> GetAddresses(const std::string& host, const std::string& port,
                                                int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &raw);
  if (error != 0) {
    return Fail(Errc::kUnavailable,
                Cat({"name ", Quote(host), " has no address: ", gai_strerror(error)}));
  }
  const std::unique_ptr<addrinfo, FreeInfo> all(raw);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* one = all.get(); one != nullptr; one = one->ai_next) {
    SocketAddress address;
    if (one->ai_addrlen > sizeof(address.storage)) continue;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

/// Shared with a thread that may outlive everything else.
struct Pending {
  std::mutex mutex;
  std::condition_variable_any answered;
  std::optional<Result<std::vector<SocketAddress>>> answer;
};

}  // namespace

Result<std::vector<SocketAddress>> SystemLookUp(const std::string& host, const std::string& port) {
  KeepToBuiltInServices();
  // Not AI_ADDRCONFIG: where there is no network, it hides even localhost.
  return GetAddresses(host, port, 0);
}

Result<std::vector<SocketAddress>> Resolve(const std::string& host, std::uint16_t port,
                                           const Patience& patience, const LookUp& look_up) {
  const std::string service = std::to_string(port);
  if (Result<std::vector<SocketAddress>> literal = GetAddresses(host, service, AI_NUMERICHOST)) {
    return literal;
  }
  const auto pending = std::make_shared<Pending>();
  try {
    std::thread([pending, host, service, look_up] {
      Result<std::vector<SocketAddress>> answer = look_up(host, service);
      const std::lock_guard lock(pending->mutex);
      pending->answer = std::move(answer);
      pending->answered.notify_all();
    }).detach();
  } catch (const std::system_error& failure) {
    return Fail(Errc::kUnavailable, Cat({"no thread to look up a name: ", failure.what()}));
  }
  std::unique_lock lock(pending->mutex);
  pending->answered.wait_until(lock, patience.stop(), patience.deadline(),
                               [&] { return pending->answer.has_value(); });
  if (pending->answer) return *std::move(pending->answer);
  if (patience.stop().stop_requested()) return Fail(Errc::kCancelled, "stopped");
  return Fail(Errc::kDeadlineExceeded, Cat({"name ", Quote(host), " was not found in time"}));
}

}  // namespace hullmark::net
