// SPDX-License-Identifier: Apache-2.0
//
// A load of HTTP requests over kept connections, and how long each took, as one JSON object:
//   http_load --url http://127.0.0.1:4855/path --connections 64 --requests-file FILE
//   http_load --url http://127.0.0.1:4855/path --connections 64 --count 100000
// FILE has one request a line, {"headers":{…},"body":"…"}, each sent once, as POST; without it the
// same GET is sent `count` times.  One thread, plain HTTP: it must cost less than what it measures.
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/codec/json.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/net/http.h"
#include "base/text.h"

namespace {

using hullmark::Cat;
using hullmark::Errc;
using hullmark::Fail;
using hullmark::Result;
using hullmark::Status;
using hullmark::UniqueFd;
using hullmark::net::Url;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxFile = std::size_t{4} << 30;

struct Options {
  Url url;
  std::size_t connections = 8;
  std::size_t count = 0;
  std::string requests_file;
};

Result<Options> ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    const std::optional<std::uint64_t> number = hullmark::ParseUint(value);
    if (name == "--url") {
      options.url = HM_TRY(Url::Parse(value));
    } else if (name == "--requests-file") {
      options.requests_file = value;
    } else if (name == "--connections" && number && *number > 0) {
      options.connections = *number;
    } else if (name == "--count" && number) {
      options.count = *number;
    } else {
      return Fail(Errc::kInvalidArgument, Cat({"bad option ", name, " ", value}));
    }
  }
  const bool what = options.count > 0 || !options.requests_file.empty();
  if (options.url.scheme != "http" || argc % 2 == 0 || !what) {
    return Fail(
        Errc::kInvalidArgument,
        "usage: http_load --url http://… [--connections N] (--requests-file FILE | --count N)");
  }
  return options;
}

std::string TargetOf(const Url& url) {
  return url.query.empty() ? url.path : url.path + "?" + url.query;
}

Result<std::string> RequestOf(const Url& url, std::string_view line) {
  const auto document = HM_TRY(hullmark::codec::JsonDocument::Parse(line));
  const std::string_view body = document.root()["body"].Text();
  std::string out = Cat({"POST ", TargetOf(url), " HTTP/1.1\r\nHost: ", url.Authority(),
                         "\r\nContent-Length: ", std::to_string(body.size()), "\r\n"});
  document.root()["headers"].ForEachMember([&](std::string_view name, hullmark::codec::Json value) {
    out += Cat({name, ": ", value.Text(), "\r\n"});
  });
  return Cat({out, "\r\n", body});
}

/// The requests to send, in order; with `count`, one of them over and over.
struct Load {
  std::vector<std::string> requests;
  std::size_t total = 0;
  std::size_t next = 0;

  const std::string* Take() { return next < total ? &requests[next++ % requests.size()] : nullptr; }
};

Result<Load> MakeLoad(const Options& options) {
  Load load;
  if (options.requests_file.empty()) {
    load.requests.push_back(Cat({"GET ", TargetOf(options.url),
                                 " HTTP/1.1\r\nHost: ", options.url.Authority(), "\r\n\r\n"}));
    load.total = options.count;
    return load;
  }
  const std::string text = HM_TRY(hullmark::ReadFile(options.requests_file, kMaxFile));
  for (const std::string_view line : hullmark::Split(text, '\n')) {
    if (hullmark::Trim(line).empty()) continue;
    std::string request = HM_TRY(RequestOf(options.url, line));
    load.requests.push_back(std::move(request));
  }
  load.total = options.count > 0 ? options.count : load.requests.size();
  if (load.requests.empty()) return Fail(Errc::kInputRefused, "no requests in the file");
  return load;
}

struct Tally {
  std::map<std::string, std::uint64_t> statuses;
  std::vector<float> milliseconds;
  std::uint64_t broken = 0;  // connections that ended in the middle

  double Percentile(double p) const {
    if (milliseconds.empty()) return 0;
    const auto at =
        static_cast<std::size_t>(std::ceil(p * static_cast<double>(milliseconds.size())));
    return static_cast<double>(
        milliseconds[std::clamp<std::size_t>(at, 1, milliseconds.size()) - 1]);
  }
};

Result<UniqueFd> Connect(const Url& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found) != 0) {
    return Fail(Errc::kUnavailable, Cat({"no address for ", url.host}));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
  for (const addrinfo* one = all.get(); one != nullptr; one = one->ai_next) {
    UniqueFd fd(socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd.get(), one->ai_addr, one->ai_addrlen) != 0) continue;
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
  }
  return Fail(Errc::kUnavailable, Cat({"cannot connect to ", url.Authority()}));
}

/// One connection: a request under way, its bytes still to send, and what came of its response.
class Client {
 public:
  explicit Client(UniqueFd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }
  bool busy() const { return busy_; }
  bool wants_to_write() const { return busy_ && sent_ < request_->size(); }

  void Begin(const std::string& request) {
    request_ = &request;
    sent_ = 0;
    busy_ = true;
    begun_ = Clock::now();
  }
  // False when the connection is no more.
  bool Write() {
    while (sent_ < request_->size()) {
      const ssize_t n = send(fd_.get(), request_->data() + sent_, request_->size() - sent_,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0) return errno == EAGAIN;
      sent_ += static_cast<std::size_t>(n);
    }
    return true;
  }
  bool Read(Tally& tally) {
    char buffer[16 << 10];
    const ssize_t n = recv(fd_.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN;
    if (n == 0) return false;
    in_.append(buffer, static_cast<std::size_t>(n));
    const std::size_t size = ResponseSize();
    if (size == 0 || in_.size() < size) return true;
    ++tally.statuses[in_.substr(9, 3)];
    const std::chrono::duration<float, std::milli> took = Clock::now() - begun_;
    tally.milliseconds.push_back(took.count());
    in_.erase(0, size);
    busy_ = false;
    return true;
  }

 private:
  // 0 while the head is not whole.
  std::size_t ResponseSize() const {
    const std::size_t end = in_.find("\r\n\r\n");
    if (end == std::string::npos) return 0;
    constexpr std::string_view kField = "\r\nContent-Length: ";
    const std::size_t at = in_.find(kField);
    if (at > end) return end + 4;
    const std::size_t from = at + kField.size();
    const std::string_view number =
        std::string_view(in_).substr(from, in_.find("\r\n", from) - from);
    return end + 4 + hullmark::ParseUint(number).value_or(0);
  }

  UniqueFd fd_;
  const std::string* request_ = nullptr;
  std::size_t sent_ = 0;
  bool busy_ = false;
  Clock::time_point begun_;
  std::string in_;
};

Status Watch(int epoll, Client& client, int operation) {
  epoll_event event{};
  event.events = client.wants_to_write() ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &client;
  if (epoll_ctl(epoll, operation, client.fd(), &event) == 0) return {};
  return Fail(Errc::kInternal, "epoll");
}

// Gives `client` its next request, if there is one.
Status Feed(int epoll, Client& client, Load& load, Tally& tally) {
  const std::string* request = load.Take();
  if (request == nullptr) return {};
  client.Begin(*request);
  if (!client.Write()) ++tally.broken;
  return client.wants_to_write() ? Watch(epoll, client, EPOLL_CTL_MOD) : Status();
}

Result<Tally> Run(const Options& options, Load& load) {
  const UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  std::vector<std::unique_ptr<Client>> clients;
  Tally tally;
  tally.milliseconds.reserve(load.total);
  for (std::size_t i = 0; i < options.connections; ++i) {
    UniqueFd fd = HM_TRY(Connect(options.url));
    clients.push_back(std::make_unique<Client>(std::move(fd)));
    HM_TRY(Watch(epoll.get(), *clients.back(), EPOLL_CTL_ADD));
  }
  for (const auto& client : clients) {
    HM_TRY(Feed(epoll.get(), *client, load, tally));
  }
  while (tally.milliseconds.size() + tally.broken < load.total) {
    epoll_event events[64];
    const int ready = epoll_wait(epoll.get(), events, 64, 30'000);
    if (ready == 0) return Fail(Errc::kDeadlineExceeded, "no answer for 30 seconds");
    for (int i = 0; i < ready; ++i) {
      Client& client = *static_cast<Client*>(events[i].data.ptr);
      if (client.wants_to_write()) {
        if (!client.Write()) return Fail(Errc::kUnavailable, "the server closed a connection");
        if (!client.wants_to_write()) HM_TRY(Watch(epoll.get(), client, EPOLL_CTL_MOD));
      }
      if (!client.Read(tally)) return Fail(Errc::kUnavailable, "the server closed a connection");
      if (!client.busy()) HM_TRY(Feed(epoll.get(), client, load, tally));
    }
  }
  return tally;
}

Status Main(int argc, char** argv) {
  const Options options = HM_TRY(ParseOptions(argc, argv));
  Load load = HM_TRY(MakeLoad(options));
  const Clock::time_point start = Clock::now();
  Tally tally = HM_TRY(Run(options, load));
  const std::chrono::duration<double> took = Clock::now() - start;
  std::ranges::sort(tally.milliseconds);
  hullmark::JsonWriter json;
  json.BeginObject()
      .Field("requests", std::uint64_t{load.total})
      .Field("connections", std::uint64_t{options.connections})
      .Field("seconds", took.count())
      .Field("per_second", static_cast<double>(load.total) / took.count())
      .Field("p50_ms", tally.Percentile(0.5))
      .Field("p90_ms", tally.Percentile(0.9))
      .Field("p99_ms", tally.Percentile(0.99))
      .Field("max_ms", tally.Percentile(1))
      .Key("statuses")
      .BeginObject();
  for (const auto& [status, count] : tally.statuses) json.Field(status, count);
  json.EndObject().EndObject();
  std::printf("%s\n", json.Take().c_str());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (const Status done = Main(argc, argv); !done) {
    std::fprintf(stderr, "http_load: %s\n", done.error().message().c_str());
    return InfoOf(done.error().code()).exit_code;
  }
  return 0;
}
