// SPDX-License-Identifier: Apache-2.0
//
// Files read whole within a limit and written so that a crash leaves the old or the new one, never
// a half. Thread-safety: functions thread-safe; UniqueFd thread-compatible.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace hullmark {

/// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~UniqueFd() { Reset(-1); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void Reset(int fd);
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// The whole file.  kNotFound when it is not there, kResourceExhausted when longer than
/// `max_bytes`; pipes and the like are read to their end.
Result<std::string> ReadFile(const std::string& path, std::size_t max_bytes);
/// The same from an open descriptor (standard input); `name` is for errors.
Result<std::string> ReadAll(int fd, std::size_t max_bytes, std::string_view name);

/// Replaces `path`: written beside it, flushed to disk, renamed, and the folder flushed.  Its
/// permissions are `mode` exactly, from its first byte on.
Status WriteFileAtomically(const std::string& path, std::string_view content, mode_t mode);

}  // namespace hullmark
