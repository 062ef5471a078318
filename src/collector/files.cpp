// SPDX-License-Identifier: Apache-2.0
#include "collector/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file.h"
#include "base/text.h"

namespace hullmark::collector {

namespace {

std::unexpected<Error> FailErrno(std::string_view what, const std::string& path) {
  const int number = errno;
  return Fail(number == ENOENT ? Errc::kNotFound : Errc::kUnavailable,
              Cat({what, " ", Quote(path), ": ", std::generic_category().message(number)}));
}

}  // namespace

Result<std::string> ReadOwnFile(const std::string& path, std::size_t max_bytes) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && errno != ELOOP) return FailErrno("cannot open", path);
  struct stat info{};
  if (file && fstat(file.get(), &info) != 0) return FailErrno("cannot look at", path);
  if (!file || !S_ISREG(info.st_mode) || info.st_uid != geteuid() ||
      (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Fail(
        Errc::kPermissionDenied,
        Cat({Quote(path), " is not a file of ours alone; remove it, or name another by --state"}));
  }
  return ReadAll(file.get(), max_bytes, path);
}

Status AppendToFile(const std::string& path, std::string_view text) {
  // O_NONBLOCK: a pipe without a reader is an error, not a wait.
  const UniqueFd file(
      open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644));
  if (!file) return FailErrno("cannot open", path);
  while (!text.empty()) {
    const ssize_t count = write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FailErrno("cannot write", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace hullmark::collector
