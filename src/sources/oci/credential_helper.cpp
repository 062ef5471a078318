// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/credential_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/codec/json.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"

namespace hullmark::oci {
namespace {

bool IsHelperName(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// The server's name as a file, so that a helper that never reads cannot block or signal us.
Result<UniqueFd> InputOf(const std::string& text) {
  UniqueFd fd(memfd_create("server", MFD_CLOEXEC));
  if (!fd || write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      lseek(fd.get(), 0, SEEK_SET) != 0) {
    return Fail(Errc::kUnavailable, Cat({"cannot write its input: ", std::strerror(errno)}));
  }
  return fd;
}

struct SpawnPlan {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  SpawnPlan(int input, int output) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);  // a group of its own, to be ended whole
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
};

// A started program; ended and waited for when it goes.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Requires: its output has ended.  The exit status, or nothing when it runs on past `deadline`.
  std::optional<int> Wait(Deadline deadline) {
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  }

 private:
  pid_t pid_;
};

Result<std::string> ReadUntil(int fd, Deadline deadline, std::size_t max_bytes) {
  std::string output;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Fail(Errc::kDeadlineExceeded, "takes too long");
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got == 0) return output;
    if (got < 0) {
      if (errno == EINTR) continue;
      return Fail(Errc::kUnavailable, Cat({"cannot read its answer: ", std::strerror(errno)}));
    }
    output.append(buffer.data(), static_cast<std::size_t>(got));
    if (output.size() > max_bytes) {
      return Fail(Errc::kResourceExhausted,
                  Cat({"answers with more than ", std::to_string(max_bytes), " bytes"}));
    }
  }
}

Result<std::optional<Credentials>> ReadAnswer(std::string_view output) {
  const codec::JsonDocument json = HM_TRY(codec::JsonDocument::Parse(output));
  const std::string_view user = json.root()["Username"].Text();
  const std::string_view secret = json.root()["Secret"].Text();
  if (secret.empty()) return std::optional<Credentials>();
  Credentials credentials;
  if (user == "<token>") {
    credentials.identity_token = secret;
  } else {
    credentials.username = user;
    credentials.password = secret;
  }
  return std::optional(std::move(credentials));
}

Result<std::optional<Credentials>> Ask(std::string program, const std::string& server,
                                       const HelperLimits& limits) {
  const Deadline deadline = DeadlineIn(limits.timeout);
  const UniqueFd input = HM_TRY(InputOf(server));
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(Errc::kUnavailable, Cat({"no pipe: ", std::strerror(errno)}));
  }
  const UniqueFd output(ends[0]);
  UniqueFd theirs(ends[1]);

  std::string verb = "get";
  std::array<char*, 3> arguments = {program.data(), verb.data(), nullptr};
  const SpawnPlan plan(input.get(), theirs.get());
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, program.c_str(), &plan.actions, &plan.attributes,
                                  arguments.data(), environ);
  theirs.Reset(-1);
  if (failed != 0) {
    return Fail(Errc::kUnavailable, Cat({"cannot be started (", std::strerror(failed),
                                         "); install it or take it out of config.json"}));
  }
  Child child(pid);
  const std::string answer = HM_TRY(ReadUntil(output.get(), deadline, limits.max_output_bytes));
  const std::optional<int> status = child.Wait(deadline);
  if (!status) return Fail(Errc::kDeadlineExceeded, "takes too long");
  if (*status == 0) return ReadAnswer(answer);
  // Every helper of docker-credential-helpers says it in these words and fails.
  if (answer.contains("credentials not found")) return std::optional<Credentials>();
  return Fail(Errc::kUnauthenticated,
              Cat({"fails with exit code ", std::to_string(*status), ": ", Quote(Trim(answer))}));
}

}  // namespace

Result<std::optional<Credentials>> AskCredentialHelper(std::string_view name,
                                                       const std::string& server,
                                                       const HelperLimits& limits) {
  if (!IsHelperName(name)) {
    return Fail(Errc::kInputRefused, Cat({"credential helper ", Quote(name),
                                          ": a name has letters, digits, '-', '_' and '.' only"}));
  }
  const std::string program = Cat({"docker-credential-", name});
  Result<std::optional<Credentials>> answer = Ask(program, server, limits);
  if (!answer) return Fail(std::move(answer).error(), program);
  return answer;
}

}  // namespace hullmark::oci
