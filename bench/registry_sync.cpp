// SPDX-License-Identifier: Apache-2.0
//
// How long a sync of a real docker-registry takes, cold and unchanged, into the real store; beside
// the very same requests sent bare over as many keep-alive connections of loopback.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../tests/integration/counting_transport.h"
#include "../tests/integration/docker_registry.h"
#include "base/check.h"
#include "base/crypto/hash.h"
#include "base/json_writer.h"
#include "base/net/client/curl_transport.h"
#include "base/scratch_dir.h"
#include "base/text.h"
#include "core/estate/sqlite/sqlite_store.h"
#include "sources/connect/parallel.h"
#include "sources/connect/registry.h"

namespace hullmark {
namespace {

using std::chrono::steady_clock;
using testing_support::CountingTransport;
using testing_support::DockerRegistry;
using testing_support::Pusher;

constexpr std::size_t kConnections = 8;
constexpr std::size_t kTagsInRepository = 100;

double MillisecondsSince(steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count();
}

// Of this process alone, its store's included.
double CpuMilliseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

// One keep-alive connection that says a request and reads its answer, and judges nothing.
class BareConnection {
 public:
  explicit BareConnection(const net::Url& url) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(url.port);
    inet_pton(AF_INET, url.host.c_str(), &address.sin_addr);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    HM_CHECK(::connect(fd_, any, sizeof address) == 0, "the registry listens");
  }
  ~BareConnection() { close(fd_); }
  BareConnection(const BareConnection&) = delete;
  BareConnection& operator=(const BareConnection&) = delete;

  void Exchange(std::string_view method, const net::Url& url) {
    const std::string request =
        Cat({method, " ", url.path, url.query.empty() ? "" : "?", url.query,
             " HTTP/1.1\r\nHost: ", url.Authority(), "\r\nAccept: */*\r\n\r\n"});
    HM_CHECK(send(fd_, request.data(), request.size(), MSG_NOSIGNAL) ==
                 static_cast<ssize_t>(request.size()),
             "a request fits into the socket's buffer");
    std::size_t head = std::string::npos;
    while ((head = buffer_.find("\r\n\r\n")) == std::string::npos) Read();
    const std::string fields = ToLower(std::string_view(buffer_).substr(0, head));
    buffer_.erase(0, head + 4);
    if (method == "HEAD") return;
    if (fields.contains("transfer-encoding: chunked")) {
      while (!buffer_.ends_with("0\r\n\r\n")) Read();
      buffer_.clear();
      return;
    }
    const std::size_t at = fields.find("content-length: ");
    HM_CHECK(at != std::string::npos, "an answer says how long it is");
    const std::size_t length = std::strtoull(fields.c_str() + at + 16, nullptr, 10);
    while (buffer_.size() < length) Read();
    buffer_.erase(0, length);
  }

 private:
  void Read() {
    char bytes[1 << 14];
    const ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
    HM_CHECK(got > 0, "the registry keeps the connection");
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }
  int fd_;
  std::string buffer_;
};

double BareMilliseconds(const std::vector<std::string>& requests) {
  struct Line {
    std::string method;
    net::Url url;
  };
  std::vector<Line> lines;
  for (const std::string& request : requests) {
    const std::size_t blank = request.find(' ');
    auto url = net::Url::Parse(request.substr(blank + 1));
    HM_CHECK(url.has_value(), "what was sent is a url");
    lines.push_back({request.substr(0, blank), *std::move(url)});
  }
  std::atomic<std::size_t> next{0};
  const auto begin = steady_clock::now();
  connect::ParallelFor(kConnections, kConnections, [&](std::size_t) {
    BareConnection connection(lines[0].url);
    for (std::size_t i = next++; i < lines.size(); i = next++) {
      connection.Exchange(lines[i].method, lines[i].url);
    }
  });
  return MillisecondsSince(begin);
}

void Row(std::string_view what, double milliseconds, std::string_view note) {
  JsonWriter out;
  out.BeginObject().Field("what", what);
  out.Field("value", static_cast<std::int64_t>(milliseconds + 0.5));
  out.Field("unit", "ms").Field("note", note).EndObject();
  std::puts(out.Take().c_str());
}

Status Fill(const DockerRegistry& registry, net::HttpTransport& transport, std::size_t tags) {
  Guarded<Status> outcome;
  const std::size_t repositories = (tags + kTagsInRepository - 1) / kTagsInRepository;
  connect::ParallelFor(repositories, kConnections, [&](std::size_t r) {
    Pusher pusher(transport, registry.url());
    const std::string name = Cat({"bench/r", std::to_string(r)});
    for (std::size_t t = r * kTagsInRepository; t < std::min(tags, (r + 1) * kTagsInRepository);
         ++t) {
      const auto pushed = pusher.PushImage(name, Cat({"t", std::to_string(t)}), std::to_string(t));
      if (!pushed) outcome.With([&](Status& all) { all = std::unexpected(pushed.error()); });
    }
  });
  return outcome.With([](Status& all) { return all; });
}

Result<connect::SyncSummary> Sync(CountingTransport& transport, estate::Store& store,
                                  const std::string& url) {
  connect::RegistryConnectorOptions options;
  options.url = url;
  options.requests_at_once = kConnections;
  const auto connector = HM_TRY(connect::RegistryConnector::Create(transport, options));
  const SystemClock clock;
  return connector->Sync({.sink = store, .known = store, .clock = clock});
}

Status Measure(std::size_t tags) {
  const ScratchDir dir;
  const auto registry = HM_TRY(DockerRegistry::Start({}));
  const auto curl = net::MakeCurlTransport({});
  HM_TRY(Fill(*registry, *curl, tags));
  const auto store = HM_TRY(sqlite::OpenSqliteStore({.dir = dir.Of("estate")}));
  CountingTransport transport(*curl);
  for (const std::string_view kind : {"cold", "unchanged"}) {
    transport.Clear();
    const double cpu_before = CpuMilliseconds();
    const auto begin = steady_clock::now();
    const connect::SyncSummary summary = HM_TRY(Sync(transport, *store, registry->url()));
    const double took = MillisecondsSince(begin);
    const double cpu = CpuMilliseconds() - cpu_before;
    if (!summary.complete) return Fail(Errc::kInternal, summary.problems[0].error.message());
    const std::vector<std::string> log = transport.Log();
    const double bare = BareMilliseconds(log);
    char beside[64];
    std::snprintf(beside, sizeof beside, "%.2f of bare, own CPU %.0f ms", took / bare, cpu);
    const std::string requests = std::to_string(log.size());
    Row(Cat({"registry sync, ", std::to_string(tags), " tags, ", kind}), took,
        Cat({requests, " requests, ", std::to_string(summary.manifests_read), " manifests; ",
             beside}));
    Row(Cat({"  the same requests bare, ", kind}), bare,
        Cat({requests, " over ", std::to_string(kConnections), " keep-alive connections"}));
  }
  return {};
}

}  // namespace
}  // namespace hullmark

int main(int argc, char** argv) {
  const std::size_t tags = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const hullmark::Status measured = hullmark::Measure(tags);
  if (measured) return 0;
  std::fprintf(stderr, "registry_sync: %s\n", measured.error().message().c_str());
  return 1;
}
