// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/retry.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <random>
#include <string>

#include "base/text.h"

namespace hullmark::oci {
namespace {

using std::chrono::milliseconds;

// False when asked to stop first.
bool Pause(milliseconds span, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, span, [] { return false; });
  return !stop.stop_requested();
}

// Half of it at least, so that many clients do not come back together.
milliseconds Jittered(milliseconds span) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto half = span.count() / 2;
  return milliseconds(half + std::uniform_int_distribution<milliseconds::rep>(0, half)(random));
}

bool IsPassing(Errc code) {
  return code == Errc::kUnavailable || code == Errc::kDeadlineExceeded || code == Errc::kDataLoss;
}

bool IsPassing(int status) { return status == 429 || (status >= 500 && status != 501); }

Error ErrorOf(const net::HttpResponse& response) {
  std::string message = Cat({"answered ", std::to_string(response.status)});
  if (response.status == 429) message += " (too many requests); try again later";
  return Error(Errc::kUnavailable, std::move(message));
}

Timestamp Now() { return SystemClock().Now(); }

}  // namespace

std::optional<milliseconds> ParseRetryAfter(std::string_view value, Timestamp now) {
  value = Trim(value);
  if (const auto seconds = ParseUint(value)) {
    return milliseconds(1000) *
           static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, 86'400));
  }
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::vector<std::string_view> words = Split(value, ' ');
  if (words.size() != 6 || words[5] != "GMT") return std::nullopt;
  const auto month = std::ranges::find(kMonths, words[2]);
  if (month == kMonths.end()) return std::nullopt;
  const std::string number = std::to_string(month - kMonths.begin() + 1);
  const Result<Timestamp> at = Timestamp::Parse(Cat(
      {words[3], "-", number.size() < 2 ? "0" : "", number, "-", words[1], "T", words[4], "Z"}));
  if (!at) return std::nullopt;
  const auto left = std::chrono::duration_cast<milliseconds>(*at - now);
  return std::max(left, milliseconds(0));
}

Result<net::HttpResponse> SendWithRetry(net::HttpTransport& transport,
                                        const net::HttpRequest& request, const RetryPolicy& policy,
                                        std::stop_token stop) {
  milliseconds growing = policy.first_pause;
  for (int tries_left = policy.retries;; --tries_left) {
    Result<net::HttpResponse> response =
        transport.Send(request, DeadlineIn(policy.request_timeout), stop);
    milliseconds pause = Jittered(growing);
    if (response) {
      if (!IsPassing(response->status)) return response;
      const std::string* asked = response->headers.Find("Retry-After");
      if (const auto span = asked ? ParseRetryAfter(*asked, Now()) : std::nullopt) {
        if (*span > policy.max_pause) {
          return Fail(Errc::kUnavailable,
                      Cat({"answered ", std::to_string(response->status), " and asks to wait ",
                           std::to_string(span->count() / 1000), " s; try again then"}));
        }
        pause = std::max(pause, *span);
      }
      if (tries_left <= 0) return std::unexpected(ErrorOf(*response));
    } else {
      if (!IsPassing(response.error().code()) || tries_left <= 0) return response;
    }
    if (!Pause(pause, stop)) return Fail(Errc::kCancelled, "stopped while waiting to try again");
    growing = std::min(growing * 2, policy.max_pause);
  }
}

}  // namespace hullmark::oci
