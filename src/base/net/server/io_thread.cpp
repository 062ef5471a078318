// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/io_thread.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <ctime>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/net/server/connection.h"

namespace hullmark::net {

namespace asio = boost::asio;
using boost::system::error_code;

class IoThread::Impl {
 public:
  explicit Impl(std::chrono::milliseconds tick)
      : context_(1), work_(context_.get_executor()), ticker_(context_), tick_(tick) {}

  void Add(std::shared_ptr<Connection> connection) {
    Connection* key = connection.get();
    connections_.emplace(key, std::move(connection));
    if (!ticking_) Tick();
  }

  void ForEach(const std::function<void(Connection&)>& visit) {
    // A visit may close its connection, which removes it.
    std::vector<std::shared_ptr<Connection>> all;
    all.reserve(connections_.size());
    for (const auto& [key, connection] : connections_) all.push_back(connection);
    for (const std::shared_ptr<Connection>& connection : all) visit(*connection);
  }

  void Tick() {
    ticking_ = !connections_.empty();
    if (!ticking_) return;
    ticker_.expires_after(tick_);
    ticker_.async_wait([this](const error_code& ec) {
      if (ec) return;
      const Instant now = std::chrono::steady_clock::now();
      ForEach([now](Connection& connection) { connection.Tick(now); });
      Tick();
    });
  }

  std::string_view HttpDate() {
    const std::time_t now = std::time(nullptr);
    if (now != date_of_) {
      date_of_ = now;
      std::tm parts{};
      gmtime_r(&now, &parts);
      // No strftime: its names follow the locale.
      static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
      static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
      char text[64];
      const int size =
          std::snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                        kDays[parts.tm_wday], parts.tm_mday, kMonths[parts.tm_mon],
                        parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
      date_.assign(text, static_cast<std::size_t>(size));
    }
    return date_;
  }

  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer ticker_;
  const std::chrono::milliseconds tick_;
  bool ticking_ = false;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::time_t date_of_ = 0;
  std::string date_;
};

IoThread::IoThread(std::chrono::milliseconds tick) : impl_(std::make_unique<Impl>(tick)) {}

IoThread::~IoThread() {
  Release();
  impl_->context_.stop();
  Join();
}

void IoThread::Start() {
  thread_ = std::jthread([this] { impl_->context_.run(); });
}
void IoThread::Join() {
  if (thread_.joinable()) thread_.join();
}
void IoThread::Post(std::move_only_function<void()> task) {
  asio::post(impl_->context_, std::move(task));
}
void IoThread::Release() {
  Post([this] {
    impl_->work_.reset();
    impl_->ticker_.cancel();
  });
}

void IoThread::Add(std::shared_ptr<Connection> connection) { impl_->Add(std::move(connection)); }
void IoThread::Remove(Connection* connection) { impl_->connections_.erase(connection); }
void IoThread::ForEach(const std::function<void(Connection&)>& visit) { impl_->ForEach(visit); }
void IoThread::After(std::chrono::milliseconds delay, std::move_only_function<void()> task) {
  auto timer = std::make_unique<asio::steady_timer>(impl_->context_, delay);
  asio::steady_timer& armed = *timer;
  armed.async_wait(
      [timer = std::move(timer), task = std::move(task)](const error_code& ec) mutable {
        if (!ec) task();
      });
}
std::string_view IoThread::HttpDate() { return impl_->HttpDate(); }
boost::asio::io_context& IoThread::context() { return impl_->context_; }

}  // namespace hullmark::net
