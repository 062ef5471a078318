// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/http_server.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/net/server/connection.h"
#include "base/net/server/io_thread.h"
#include "base/net/server/listener.h"
#include "base/net/server/server_core.h"
#include "base/net/server/stream.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;

// Time limits are kept to an eighth, and the timer costs nothing that one could measure.
milliseconds TickOf(const ServerOptions& options) {
  const milliseconds shortest =
      std::min({options.idle_timeout, options.header_timeout, options.write_timeout});
  return std::clamp(shortest / 8, milliseconds(5), milliseconds(250));
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(ServerOptions options) : core_(std::move(options)) {}
  ~Impl() { Stop(milliseconds(0)); }

  Status Start() {
    const ServerOptions& options = core_.options();
    if (!options.tls_certificate_file.empty()) {
      tls_ = HM_TRY(TlsContext::Load(options.tls_certificate_file, options.tls_key_file));
    }
    for (int i = 0; i < std::max(options.io_threads, 1); ++i) {
      threads_.push_back(std::make_unique<IoThread>(TickOf(options)));
    }
    listener_ = HM_TRY(Listener::Open(*threads_[0], options.address, options.port));
    listener_->Start(
        [this](UniqueFd fd, std::string peer) { Welcome(std::move(fd), std::move(peer)); });
    for (const std::unique_ptr<IoThread>& thread : threads_) thread->Start();
    return {};
  }

  void Stop(milliseconds grace) {
    if (listener_ == nullptr || stopped_.exchange(true)) return;
    core_.Drain();
    threads_[0]->Post([this] { listener_->Close(); });
    ForEachConnection([](Connection& connection) { connection.Drain(); });
    core_.AwaitNoConnections(grace);
    ForEachConnection([](Connection& connection) { connection.Close(); });
    core_.StopWorkers();
    for (const std::unique_ptr<IoThread>& thread : threads_) thread->Release();
    for (const std::unique_ptr<IoThread>& thread : threads_) thread->Join();
  }

  std::uint16_t port() const { return listener_->port(); }

 private:
  // On the first I/O thread; connections go round all of them.
  void Welcome(UniqueFd fd, std::string peer) {
    if (core_.draining()) return;
    const ServerCore::Room room = core_.ConnectionBegins();
    if (room == ServerCore::Room::kNone) return;
    IoThread& io = *threads_[next_++ % threads_.size()];
    io.Post([this, &io, room, fd = std::move(fd), peer = std::move(peer)]() mutable {
      const int raw = fd.Release();
      std::unique_ptr<Stream> stream =
          tls_ != nullptr ? tls_->MakeStream(io, raw) : MakePlainStream(io, raw);
      auto connection = std::make_shared<Connection>(core_, io, std::move(stream), std::move(peer),
                                                     room == ServerCore::Room::kServe);
      io.Add(connection);
      if (core_.draining()) return connection->Close();
      connection->Start();
    });
  }

  void ForEachConnection(void (*visit)(Connection&)) {
    for (const std::unique_ptr<IoThread>& thread : threads_) {
      thread->Post([io = thread.get(), visit] { io->ForEach(visit); });
    }
  }

  // The order is that of need: threads run connections, which use the core and the certificate.
  ServerCore core_;
  std::unique_ptr<TlsContext> tls_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::unique_ptr<Listener> listener_;
  std::size_t next_ = 0;
  std::atomic<bool> stopped_ = false;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Start(ServerOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  HM_TRY(impl->Start());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const { return impl_->port(); }
void HttpServer::Stop(std::chrono::milliseconds grace) { impl_->Stop(grace); }

}  // namespace hullmark::net
