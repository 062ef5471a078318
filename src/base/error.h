// SPDX-License-Identifier: Apache-2.0
//
// What went wrong, for a program (code) and for a person (message), in one cheap value.
// One table maps every code to its HTTP status and its exit code (DESIGN.md §5); nothing else
// decides either. Thread-safety: values; thread-compatible.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace hullmark {

enum class Errc : std::uint8_t {
  kInvalidArgument,  ///< The caller's words are off: a flag, a query parameter, a reference that
                     ///< cannot be read.
  kInputRefused,  ///< A document was read and judged bad: the message names the place and the mend.
  kNotFound,      ///< Nothing matches.
  kConflict,  ///< It contradicts what is already there (a lower sequence, a token used for another
              ///< body).
  kUnauthenticated,    ///< Who is speaking is not proven.
  kPermissionDenied,   ///< Who is speaking is known and may not.
  kUnavailable,        ///< A peer, a file or a port cannot be reached now; trying again may help.
  kDeadlineExceeded,   ///< Time ran out.
  kResourceExhausted,  ///< A limit of ours was hit: size, depth, count, rate.
  kCancelled,          ///< The caller no longer wants it.
  kDataLoss,           ///< Bytes that should be whole are not: a digest mismatch, a damaged store.
  kUnsupported,        ///< Understood, and not offered by this version.
  kFindingOverGate,    ///< The work succeeded and its finding is over the caller's gate.
  kInternal,           ///< A mistake of ours.
};

struct ErrcInfo {
  Errc code;
  std::string_view name;  ///< stable, snake_case; the `type` of RFC 9457 problem details
  int http_status;
  int exit_code;  ///< DESIGN.md §5
};

/// The row of the one table for `code`.
const ErrcInfo& InfoOf(Errc code);
/// The code whose name is `name`; kInternal when there is none (an answer of a newer server).
Errc ErrcByName(std::string_view name);

/// Messages are lower case, without a full stop; quoted input is cut to 80 bytes (see Quote in
/// text.h).
class [[nodiscard]] Error {
 public:
  Error(Errc code, std::string message) : code_(code), message_(std::move(message)) {}

  Errc code() const { return code_; }
  const std::string& message() const { return message_; }

  /// Says where it happened: `frame` is put before what is known so far, "frame: message".
  Error& Add(std::string_view frame);

 private:
  Errc code_;
  std::string message_;
};

}  // namespace hullmark
