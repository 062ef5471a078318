// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/connection.h"

#include <utility>

#include "base/net/server/response_head.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReadSize = 4 << 10;
constexpr std::size_t kBodyReadSize = 64 << 10;
constexpr milliseconds kLinger{1000};
constexpr std::size_t kMaxLingerBytes = 4 << 20;
// Who takes a response more slowly than this is cut off.
constexpr std::size_t kLeastBytesPerMillisecond = 32;

}  // namespace

Connection::Connection(ServerCore& core, IoThread& io, std::unique_ptr<Stream> stream,
                       std::string peer, bool has_room)
    : core_(core),
      io_(io),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      has_room_(has_room),
      reader_(ReaderLimits{.head_bytes = core.options().header_limit}),
      in_(kReadSize) {}

void Connection::Start() {
  Enter(Phase::kHandshake, core_.options().header_timeout);
  stream_->Handshake([self = shared_from_this()](const std::error_code& ec, std::size_t) {
    if (self->phase_ == Phase::kClosed) return;
    if (ec) return self->Close();
    self->Enter(Phase::kIdle, self->core_.options().idle_timeout);
    self->Read();
  });
}

void Connection::Enter(Phase phase, milliseconds limit) {
  phase_ = phase;
  deadline_ = std::chrono::steady_clock::now() + limit;
}

void Connection::Tick(Instant now) {
  if (phase_ == Phase::kHandling || now < deadline_) return;
  switch (phase_) {
    case Phase::kHead:
      return Refuse(408, "the request's head took too long");
    case Phase::kBody:
      if (continuing_) return Close();  // two writes at once would mix
      return Refuse(408, "the request's body took too long");
    default:
      return Close();
  }
}

void Connection::Drain() {
  if (phase_ == Phase::kHandshake || phase_ == Phase::kIdle) Close();
}

void Connection::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  stream_->Close();
  io_.Remove(this);
  core_.ConnectionEnds();
}

void Connection::Read() {
  if (reading_) return;
  reading_ = true;
  in_.resize(phase_ == Phase::kBody || phase_ == Phase::kLinger ? kBodyReadSize : kReadSize);
  stream_->Read(in_, [self = shared_from_this()](const std::error_code& ec, std::size_t size) {
    self->reading_ = false;
    if (self->phase_ != Phase::kClosed) self->OnRead(ec, size);
  });
}

void Connection::OnRead(const std::error_code& ec, std::size_t size) {
  if (phase_ == Phase::kWriting) return;  // a late request was refused meanwhile
  if (phase_ == Phase::kLinger) {
    lingered_ += size;
    if (!ec && lingered_ <= kMaxLingerBytes) return Read();
    if (finished_) return Close();
    return FinishWriting();
  }
  if (ec) return Close();
  reader_.Feed({in_.data(), size});
  Advance();
}

void Connection::Advance() {
  switch (reader_.state()) {
    case RequestReader::State::kHead:
      if (!reader_.started()) {
        if (core_.draining()) return Close();
        Enter(Phase::kIdle, core_.options().idle_timeout);
      } else if (phase_ != Phase::kHead) {
        Enter(Phase::kHead, core_.options().header_timeout);
      }
      return Read();
    case RequestReader::State::kAdmit:
      return Admit();
    case RequestReader::State::kBody:
      return Read();
    case RequestReader::State::kDone:
      return Dispatch();
    case RequestReader::State::kRefused:
      return Refuse(reader_.refusal().status, reader_.refusal().what);
  }
}

void Connection::Admit() {
  is_head_ = reader_.request().method == "HEAD";
  if (!has_room_) return Refuse(503, "too many connections: try again soon");
  std::optional<Admission> admission = core_.Admit(reader_.request());
  if (!admission) return Refuse(500, "internal error");
  if (admission->answer) {
    input_whole_ = !reader_.has_body();
    if (input_whole_) reader_.Admit(0);
    return Respond(*std::move(admission->answer), input_whole_ && reader_.keep_alive());
  }
  reader_.Admit(admission->max_body_bytes);
  if (reader_.state() != RequestReader::State::kBody) return Advance();
  TakeBody(admission->body_timeout);
}

void Connection::TakeBody(milliseconds limit) {
  Enter(Phase::kBody, limit);
  if (!reader_.awaits_continue()) return Read();
  continuing_ = true;
  // Static: the write may outlive this call.
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_->Write(kContinue, {},
                 [self = shared_from_this()](const std::error_code& ec, std::size_t) {
                   self->continuing_ = false;
                   if (self->phase_ == Phase::kClosed) return;
                   if (ec) return self->Close();
                   self->Read();
                 });
}

void Connection::Dispatch() {
  const bool keep_alive = reader_.keep_alive();
  ServerRequest request = reader_.Take();
  request.peer = peer_;
  input_whole_ = true;
  phase_ = Phase::kHandling;
  const bool queued = core_.workers().TryPost(
      [self = shared_from_this(), request = std::move(request), keep_alive]() mutable {
        if (self->core_.aborted()) return;
        ServerResponse response = self->core_.Handle(request);
        // The last reference must not be dropped here: the stream belongs to the I/O thread.
        IoThread& io = self->io_;
        io.Post([self = std::move(self), response = std::move(response), keep_alive]() mutable {
          if (self->phase_ == Phase::kHandling) self->Respond(std::move(response), keep_alive);
        });
      });
  if (!queued) Refuse(503, "too busy: try again soon");
}

void Connection::Refuse(int status, std::string_view what) {
  Respond(core_.Refuse(status, what), false);
}

void Connection::Respond(ServerResponse response, bool keep_alive) {
  keep_alive_ = keep_alive && !core_.draining();
  std::optional<std::string> head = ResponseHead(response, io_.HttpDate(), keep_alive_);
  if (!head) {
    // A handler's field would have split the response.
    response = core_.Refuse(500, "internal error");
    response.headers = {};
    head = ResponseHead(response, io_.HttpDate(), keep_alive_);
  }
  out_head_ = *std::move(head);
  out_ = std::move(response);
  const bool send_body = !is_head_ && HasBody(out_.status);
  const std::string_view body = send_body ? std::string_view(out_.body) : std::string_view();
  Enter(Phase::kWriting,
        core_.options().write_timeout + milliseconds(body.size() / kLeastBytesPerMillisecond));
  stream_->Write(out_head_, body,
                 [self = shared_from_this()](const std::error_code& ec, std::size_t) {
                   if (self->phase_ != Phase::kClosed) self->OnWritten(ec);
                 });
}

void Connection::OnWritten(const std::error_code& ec) {
  if (ec) return Close();
  out_ = {};
  is_head_ = false;
  if (!keep_alive_) return Finish();
  input_whole_ = false;
  reader_.Next();
  Advance();
}

// A socket that is closed with bytes unread is reset, and a reset may take the response with it.
void Connection::Finish() {
  if (stream_->can_half_close() || (input_whole_ && !reading_)) {
    FinishWriting();
  } else {
    Linger();
  }
}

void Connection::FinishWriting() {
  finished_ = true;
  Enter(Phase::kLinger, kLinger);
  if (reading_ && !stream_->can_half_close()) return Close();
  stream_->FinishWriting([self = shared_from_this()](const std::error_code& ec, std::size_t) {
    if (self->phase_ == Phase::kClosed) return;
    if (ec || !self->stream_->can_half_close()) return self->Close();
    self->Linger();
  });
}

void Connection::Linger() {
  Enter(Phase::kLinger, kLinger);
  Read();
}

}  // namespace hullmark::net
