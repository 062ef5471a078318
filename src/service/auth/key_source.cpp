// SPDX-License-Identifier: Apache-2.0
#include "service/auth/key_source.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "base/codec/json.h"
#include "base/file.h"
#include "base/guarded.h"
#include "base/telemetry/log.h"
#include "base/text.h"

namespace hullmark::auth {
namespace {

using std::chrono::milliseconds;

// How long a caller that already has a usable key waits for newer ones.
constexpr milliseconds kRefreshPatience{2000};

std::unexpected<Error> Unavailable(std::string_view what) {
  return Fail(Errc::kUnavailable, std::string(what));
}

bool IsLocalHttp(const net::Url& url) { return url.scheme == "http" && url.IsLoopback(); }

// A lock that can be waited for until a deadline.  Not std::timed_mutex, which g++ 12's thread
// sanitizer does not see.
class Turn {
 public:
  bool TryTake() {
    const std::scoped_lock lock(mutex_);
    return !std::exchange(taken_, true);
  }
  bool TakeBy(Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!given_.wait_until(lock, deadline, [this] { return !taken_; })) return false;
    taken_ = true;
    return true;
  }
  void Give() {
    {
      const std::scoped_lock lock(mutex_);
      taken_ = false;
    }
    given_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  bool taken_ = false;
};
struct GiveBack {
  void operator()(Turn* turn) const noexcept { turn->Give(); }
};
using TakenTurn = std::unique_ptr<Turn, GiveBack>;

}  // namespace

class KeySource::Issuer {
 public:
  Issuer(const ci::TrustedIssuer& trusted, const TransportFactory& transports, const Clock& clock,
         const KeyLimits& limits)
      : name_(trusted.issuer), file_(trusted.jwks_file), clock_(clock), limits_(limits) {
    if (file_.empty()) transport_ = transports(trusted.ca_file);
  }

  const std::string& name() const { return name_; }
  bool has_file() const { return !file_.empty(); }

  Result<crypto::KeySet> KeysFor(std::string_view key_id, Deadline deadline,
                                 const std::stop_token& stop) {
    const State before = Copy();
    if (!MustLook(before, key_id)) return *before.keys;
    const bool usable = before.keys && before.keys->Has(key_id) && !IsTooOld(before);
    // Never queue for keys while holding some that do: one caller looks, the others go on.
    if (usable ? !looking_.TryTake() : !looking_.TakeBy(deadline)) {
      if (usable) return *before.keys;
      return Fail(Errc::kDeadlineExceeded,
                  Cat({"keys of issuer ", name_, ": still being fetched"}));
    }
    const TakenTurn turn(&looking_);
    const State now = Copy();  // another caller may have looked meanwhile
    if (MustLook(now, key_id) && MayLook(now)) {
      Look(usable ? std::min(deadline, DeadlineIn(kRefreshPatience)) : deadline, stop);
    }
    return Answer(Copy());
  }

  Status Load() {
    looking_.TakeBy(Deadline::max());
    const TakenTurn turn(&looking_);
    Look(DeadlineIn(kRefreshPatience), {});
    const State state = Copy();
    if (state.error) return std::unexpected(*state.error);
    return {};
  }

 private:
  struct State {
    std::optional<crypto::KeySet> keys;
    Timestamp keys_at;
    std::optional<Timestamp> looked_at;
    std::optional<Error> error;  // of the last look
  };

  State Copy() const {
    return state_.With([](const State& state) { return state; });
  }

  // A clock that was set back counts as time enough.
  bool IsOlder(Timestamp at, std::chrono::seconds than) const {
    const auto age = clock_.Now() - at;
    return age.count() < 0 || age >= than;
  }
  bool IsTooOld(const State& state) const { return IsOlder(state.keys_at, limits_.max_stale); }
  bool MustLook(const State& state, std::string_view key_id) const {
    return !state.keys || !state.keys->Has(key_id) || IsOlder(state.keys_at, limits_.max_age);
  }
  bool MayLook(const State& state) const {
    const auto gap = state.keys ? limits_.refresh_gap : limits_.retry_gap;
    return !state.looked_at || IsOlder(*state.looked_at, gap);
  }

  Result<crypto::KeySet> Answer(const State& state) const {
    if (state.keys && !IsTooOld(state)) return *state.keys;
    if (state.error) return std::unexpected(*state.error);
    return Unavailable(Cat({"keys of issuer ", name_, ": too old, and newer ones cannot be had"}));
  }

  void Look(Deadline deadline, const std::stop_token& stop) {
    auto keys = has_file() ? ReadKeys() : Discover(deadline, stop);
    const Timestamp now = clock_.Now();
    if (!keys) {
      telemetry::LogWarning("keys of an issuer cannot be had",
                            {{"issuer", name_}, {"why", keys.error().message()}});
    }
    state_.With([&](State& state) {
      state.looked_at = now;
      state.error.reset();
      if (keys) {
        state.keys = *std::move(keys);
        state.keys_at = now;
      } else {
        // Whatever went wrong with them, to the one who sent a token its keys are not there.
        state.error.emplace(Errc::kUnavailable,
                            Cat({"keys of issuer ", name_, ": ", keys.error().message()}));
      }
    });
  }

  Result<crypto::KeySet> ReadKeys() const {
    const std::string text = HM_TRY(ReadFile(file_, limits_.max_document_bytes));
    auto keys = crypto::KeySet::Parse(text);
    if (!keys) return Fail(std::move(keys).error(), file_);
    return keys;
  }

  Result<std::string> Get(const std::string& url, Deadline deadline, const std::stop_token& stop) {
    net::HttpRequest request;
    request.url = url;
    request.headers.Add("Accept", "application/json");
    request.max_response_bytes = limits_.max_document_bytes;
    auto response = transport_->Send(request, deadline, stop);
    if (!response) return Fail(std::move(response).error(), url);
    if (response->status != 200) {
      return Unavailable(Cat({url, ": answered ", std::to_string(response->status)}));
    }
    return std::move(response->body);
  }

  // OpenID Connect Discovery 1.0 §4.  Redirects are not followed: the issuer's own words only.
  Result<crypto::KeySet> Discover(Deadline deadline, const std::stop_token& stop) {
    const net::Url issuer = HM_TRY(net::Url::Parse(name_));
    if (issuer.scheme != "https" && !IsLocalHttp(issuer)) {
      return Unavailable("not an https URL; only a loopback issuer may go without");
    }
    const std::string_view base =
        name_.ends_with('/') ? std::string_view(name_).substr(0, name_.size() - 1) : name_;
    const std::string url = Cat({base, "/.well-known/openid-configuration"});
    const std::string text = HM_TRY(Get(url, deadline, stop));
    auto document = codec::JsonDocument::Parse(text);
    if (!document) return Fail(std::move(document).error(), url);
    const codec::Json root = document->root();
    if (root["issuer"].Text() != name_) {
      return Unavailable(Cat({url, ": is about issuer ", Quote(root["issuer"].Text())}));
    }
    const auto keys_url = net::Url::Parse(root["jwks_uri"].Text());
    if (!keys_url) return Unavailable(Cat({url, ": jwks_uri is not a URL"}));
    if (keys_url->scheme != "https" && !(IsLocalHttp(*keys_url) && IsLocalHttp(issuer))) {
      return Unavailable(
          Cat({url, ": jwks_uri ", Quote(root["jwks_uri"].Text()), " is not https"}));
    }
    const std::string jwks = HM_TRY(Get(keys_url->ToString(), deadline, stop));
    auto keys = crypto::KeySet::Parse(jwks);
    if (!keys) return Fail(std::move(keys).error(), keys_url->ToString());
    return keys;
  }

  const std::string name_;
  const std::string file_;
  const Clock& clock_;
  const KeyLimits limits_;
  std::unique_ptr<net::HttpTransport> transport_;
  Turn looking_;  // held while looking; state_ never is
  Guarded<State> state_;
};

KeySource::KeySource(const std::vector<ci::TrustedIssuer>& issuers,
                     const TransportFactory& transports, const Clock& clock, KeyLimits limits) {
  for (const ci::TrustedIssuer& issuer : issuers) {
    issuers_.push_back(std::make_unique<Issuer>(issuer, transports, clock, limits));
  }
}

KeySource::~KeySource() = default;

Status KeySource::LoadFiles() {
  for (const auto& issuer : issuers_) {
    if (issuer->has_file()) HM_TRY(issuer->Load());
  }
  return {};
}

Result<crypto::KeySet> KeySource::KeysFor(std::string_view issuer, std::string_view key_id,
                                          Deadline deadline, const std::stop_token& stop) {
  const auto at = std::ranges::find_if(
      issuers_, [issuer](const auto& known) { return known->name() == issuer; });
  if (at == issuers_.end()) {
    return Fail(Errc::kUnauthenticated, Cat({"issuer ", Quote(issuer), " is not trusted here"}));
  }
  return (*at)->KeysFor(key_id, deadline, stop);
}

}  // namespace hullmark::auth
