// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/text.h"

namespace hullmark {
namespace {

std::unexpected<Error> FailErrno(std::string_view what, std::string_view path, int error) {
  Errc code = Errc::kUnavailable;
  if (error == ENOENT || error == ENOTDIR) code = Errc::kNotFound;
  if (error == EACCES || error == EPERM || error == EROFS) code = Errc::kPermissionDenied;
  return Fail(code, Cat({what, " ", Quote(path), ": ", std::generic_category().message(error)}));
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status WriteAll(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t count = write(fd, content.data(), content.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return FailErrno("cannot write", path, errno);
    }
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

void UniqueFd::Reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

Result<std::string> ReadAll(int fd, std::size_t max_bytes, std::string_view name) {
  std::string content;
  struct stat info{};
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    content.reserve(std::min(max_bytes, static_cast<std::size_t>(info.st_size)) + 1);
  }
  constexpr std::size_t kPiece = 256 << 10;
  while (true) {
    const std::size_t before = content.size();
    // One byte more than allowed shows that there is more, without reading all of it.
    const std::size_t want = max_bytes - before < kPiece ? max_bytes - before + 1 : kPiece;
    content.resize(before + want);
    const ssize_t count = read(fd, content.data() + before, want);
    content.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count == 0) return content;
    if (count < 0 && errno != EINTR) return FailErrno("cannot read", name, errno);
    if (content.size() > max_bytes) {
      return Fail(Errc::kResourceExhausted,
                  Cat({Quote(name), " is longer than ", std::to_string(max_bytes), " bytes"}));
    }
  }
}

Result<std::string> ReadFile(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return FailErrno("cannot open", path, errno);
  return ReadAll(fd.get(), max_bytes, path);
}

Status WriteFileAtomically(const std::string& path, std::string_view content, mode_t mode) {
  std::string beside = path + ".XXXXXX";
  UniqueFd fd(mkostemp(beside.data(), O_CLOEXEC));  // created 0600
  if (!fd) return FailErrno("cannot write beside", path, errno);
  const auto drop = [&](Status status) {
    unlink(beside.c_str());
    return status;
  };
  if (fchmod(fd.get(), mode) != 0) return drop(FailErrno("cannot set mode of", beside, errno));
  if (Status written = WriteAll(fd.get(), content, beside); !written) return drop(written);
  if (fsync(fd.get()) != 0) return drop(FailErrno("cannot flush", beside, errno));
  // Some file systems report a failed write only when closing.
  if (close(fd.Release()) != 0) return drop(FailErrno("cannot close", beside, errno));
  if (std::rename(beside.c_str(), path.c_str()) != 0) {
    return drop(FailErrno("cannot replace", path, errno));
  }
  const std::string folder = FolderOf(path);
  const UniqueFd folder_fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_fd) return FailErrno("cannot open folder", folder, errno);
  if (fsync(folder_fd.get()) != 0) return FailErrno("cannot flush folder", folder, errno);
  return {};
}

}  // namespace hullmark
