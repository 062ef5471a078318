// SPDX-License-Identifier: Apache-2.0
//
// One client's connection: reads requests, has them handled on a worker, writes the responses, one
// at a time, each step under its time limit.  Owned by the I/O thread.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "base/net/server/io_thread.h"
#include "base/net/server/request_reader.h"
#include "base/net/server/server_core.h"
#include "base/net/server/stream.h"

namespace hullmark::net {

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  /// `core` and `io` outlive it.  Without room, its first request is answered 503.
  Connection(ServerCore& core, IoThread& io, std::unique_ptr<Stream> stream, std::string peer,
             bool has_room);

  void Start();
  /// Ends what has taken too long.
  void Tick(Instant now);
  /// The server is stopping: an idle connection ends now, a busy one after its response.
  void Drain();
  void Close();

 private:
  enum class Phase : std::uint8_t {
    kHandshake,
    kIdle,  // between requests
    kHead,  // a request has begun
    kBody,
    kHandling,  // a worker has it
    kWriting,
    kLinger,  // all is said; what still comes is read over, so that the response is not lost
    kClosed,
  };

  void Enter(Phase phase, std::chrono::milliseconds limit);
  void Read();
  void OnRead(const std::error_code& ec, std::size_t size);
  void Advance();
  void Admit();
  void TakeBody(std::chrono::milliseconds limit);
  void Dispatch();
  void Refuse(int status, std::string_view what);
  void Respond(ServerResponse response, bool keep_alive);
  void OnWritten(const std::error_code& ec);
  void Finish();
  void FinishWriting();
  void Linger();

  ServerCore& core_;
  IoThread& io_;
  std::unique_ptr<Stream> stream_;
  const std::string peer_;
  const bool has_room_;
  RequestReader reader_;
  std::vector<char> in_;
  bool reading_ = false;
  std::string out_head_;
  ServerResponse out_;
  bool continuing_ = false;   // "100 Continue" is being written
  bool is_head_ = false;      // the request's method is HEAD
  bool keep_alive_ = false;   // after the response under way
  bool input_whole_ = false;  // the request was read to its end
  bool finished_ = false;     // the other end was told that no more comes
  std::size_t lingered_ = 0;
  Phase phase_ = Phase::kHandshake;
  Instant deadline_;
};

}  // namespace hullmark::net
