// SPDX-License-Identifier: Apache-2.0
//
// One connection's bytes, plain or TLS, behind one type: all that is above it is compiled once.
// Owned by the I/O thread: every call comes from it and every `done` runs on it.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace hullmark::net {

class IoThread;

class Stream {
 public:
  using Done = std::move_only_function<void(std::error_code, std::size_t)>;

  virtual ~Stream() = default;
  virtual void Handshake(Done done) = 0;
  /// At least one byte, or an error.  At most one read and one write are outstanding at a time.
  virtual void Read(std::span<char> into, Done done) = 0;
  /// Both parts, whole; they must stay where they are until `done`.
  virtual void Write(std::string_view head, std::string_view body, Done done) = 0;
  /// Tells the other end that no more comes.
  virtual void FinishWriting(Done done) = 0;
  /// Whether reading may go on after FinishWriting.
  virtual bool can_half_close() const = 0;
  /// Ends everything outstanding with an error.
  virtual void Close() = 0;
};

/// Whether `fd` is a socket of IPv6.
bool IsIpv6Socket(int fd);
/// Takes over `fd`, a connected socket.
std::unique_ptr<Stream> MakePlainStream(IoThread& io, int fd);

/// A certificate chain and its key, for TLS 1.2 and later with ALPN http/1.1.  Thread-safe.
class TlsContext {
 public:
  /// kInvalidArgument when the files cannot be read or do not fit together.
  static Result<std::unique_ptr<TlsContext>> Load(const std::string& certificate_file,
                                                  const std::string& key_file);
  ~TlsContext();

  /// Takes over `fd`; the context must outlive the stream.
  std::unique_ptr<Stream> MakeStream(IoThread& io, int fd);

 private:
  class Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hullmark::net
