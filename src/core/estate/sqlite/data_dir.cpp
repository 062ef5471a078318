// SPDX-License-Identifier: Apache-2.0
#include "core/estate/sqlite/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/text.h"

namespace hullmark::sqlite {
namespace {

std::unexpected<Error> FailWith(std::string_view path, int error) {
  return Fail(Errc::kUnavailable, Cat({"data directory: ", path, ": ", std::strerror(error)}));
}

Result<UniqueFd> OpenFile(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return FailWith(path, errno);
  return fd;
}

// A directory that was made is there after a power cut once its parent is on disk; what is in it,
// SQLite sees to.
Status SyncDirectory(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || fsync(fd.get()) != 0) return FailWith(path, errno);
  return {};
}

// Who holds the lock wrote its process id into the file.
std::string HolderOf(int fd) {
  char text[24] = {};
  const ssize_t got = pread(fd, text, sizeof text - 1, 0);
  const std::string_view id =
      Trim(std::string_view(text, got > 0 ? static_cast<std::size_t>(got) : 0));
  return ParseUint(id) ? Cat({" (process ", id, ")"}) : std::string();
}

}  // namespace

Result<DataDir> DataDir::Open(const std::string& path) {
  DataDir out;
  out.path_ = path;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (error) return FailWith(parent.string(), error.value());
  if (mkdir(path.c_str(), 0700) == 0) {
    HM_TRY(SyncDirectory(parent.empty() ? "." : parent.string()));
  } else if (errno != EEXIST) {
    return FailWith(path, errno);
  }

  const std::string lock_path = path + "/lock";
  out.lock_ = HM_TRY(OpenFile(lock_path));
  if (flock(out.lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FailWith(lock_path, errno);
    return Fail(Errc::kConflict,
                Cat({"data directory: ", path, " is in use by another hullmark",
                     HolderOf(out.lock_.get()), "; stop that one or give another --data"}));
  }
  const std::string id = std::to_string(getpid()) + "\n";
  if (ftruncate(out.lock_.get(), 0) != 0 ||
      pwrite(out.lock_.get(), id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
    return FailWith(lock_path, errno);
  }
  return out;
}

Result<std::string> DataDir::DatabaseFile() const {
  // Made before SQLite makes it: its log and shared memory take over the mode.
  std::string path = path_ + "/estate.db";
  HM_TRY(OpenFile(path));
  return path;
}

}  // namespace hullmark::sqlite
