// SPDX-License-Identifier: Apache-2.0
//
// A thread that runs an Asio event loop and looks after the time limits of the connections on it:
// one timer ticks for all of them while there are any.  Thread-safety: Post is thread-safe; Start
// and Join belong to the owner; the rest is owned by the I/O thread.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

// Declared, not included: Asio stays in the .cpp files.
namespace boost::asio {
class io_context;
}

namespace hullmark::net {

class Connection;
using Instant = std::chrono::steady_clock::time_point;

class IoThread {
 public:
  explicit IoThread(std::chrono::milliseconds tick);
  ~IoThread();

  void Start();
  /// Waits for the loop to end, which it does once Release was called and nothing is outstanding.
  void Join();
  void Post(std::move_only_function<void()> task);
  /// The loop may end.
  void Release();

  void Add(std::shared_ptr<Connection> connection);
  void Remove(Connection* connection);
  void ForEach(const std::function<void(Connection&)>& visit);
  /// Calls `task` on this thread after `delay`, unless the loop ends first.
  void After(std::chrono::milliseconds delay, std::move_only_function<void()> task);
  /// RFC 9110 §5.6.7, made once a second.
  std::string_view HttpDate();
  boost::asio::io_context& context();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
  std::jthread thread_;
};

}  // namespace hullmark::net
