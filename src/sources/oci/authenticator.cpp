// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/authenticator.h"

#include <algorithm>
#include <utility>

#include "base/codec/json.h"
#include "base/text.h"
#include "sources/oci/hosts.h"

namespace hullmark::oci {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::string_view kClientId = "hullmark";

// RFC 6750 §2.1: anything else would end the header field early.
bool IsToken68(std::string_view token) {
  return !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string Form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    if (!form.empty()) form += '&';
    form += Cat({name, "=", PercentEncode(value)});
  }
  return form;
}

struct Token {
  std::string text;
  seconds lifetime{60};  // distribution's token.md: what an absent expires_in means
};

Result<Token> ReadToken(std::string_view body, std::size_t max_bytes) {
  const codec::JsonDocument json =
      HM_TRY(codec::JsonDocument::Parse(body, {.max_bytes = max_bytes}));
  Token token;
  token.text = json.root()["token"].Text();
  if (token.text.empty()) token.text = json.root()["access_token"].Text();
  if (!IsToken68(token.text)) return Fail(Errc::kInputRefused, "its answer has no usable token");
  if (const auto lifetime = json.root()["expires_in"].Int()) {
    token.lifetime = seconds(std::clamp<std::int64_t>(*lifetime, 0, 86'400));
  }
  return token;
}

// A token about to run out is renewed, not tried.
steady_clock::time_point ExpiryOf(seconds lifetime) {
  return steady_clock::now() + lifetime - std::min(seconds(10), lifetime / 4);
}

}  // namespace

Authenticator::Authenticator(net::HttpTransport& transport, net::Url registry,
                             Credentials credentials, AuthPolicy policy)
    : transport_(transport),
      registry_(std::move(registry)),
      credentials_(std::move(credentials)),
      policy_(std::move(policy)),
      basic_(false) {}

bool Authenticator::HasCredentials() const { return !credentials_.empty(); }

std::string Authenticator::BasicHeader() const {
  return "Basic " + Base64Of(AsBytes(Cat({credentials_.username, ":", credentials_.password})));
}

std::shared_ptr<Authenticator::Entry> Authenticator::EntryOf(const std::string& scope) {
  return entries_.With([&](auto& entries) {
    // Forgetting costs one more challenge; whoever still uses an entry keeps it.
    if (entries.size() >= policy_.max_scopes && !entries.contains(scope)) entries.clear();
    std::shared_ptr<Entry>& entry = entries[scope];
    if (!entry) entry = std::make_shared<Entry>();
    return entry;
  });
}

Result<std::string> Authenticator::HeaderFor(const std::string& scope,
                                             const std::stop_token& stop) {
  if (basic_.With([](bool basic) { return basic; })) return BasicHeader();
  const std::shared_ptr<Entry> entry = EntryOf(scope);
  const std::lock_guard lock(entry->mutex);
  if (entry->bearer && steady_clock::now() >= entry->expires_at) HM_TRY(FetchToken(*entry, stop));
  return entry->header;
}

Result<std::string> Authenticator::Answer(const std::string& scope,
                                          const net::Headers& challenge_headers,
                                          const std::string& refused, const std::stop_token& stop) {
  std::vector<net::Challenge> challenges;
  for (const std::string_view field : challenge_headers.All("WWW-Authenticate")) {
    std::ranges::move(net::ParseChallenges(field), std::back_inserter(challenges));
  }
  const auto bearer = std::ranges::find(challenges, "bearer", &net::Challenge::scheme);
  if (bearer != challenges.end()) {
    const std::shared_ptr<Entry> entry = EntryOf(scope);
    const std::lock_guard lock(entry->mutex);
    // Somebody else was refused too and has fetched a newer one meanwhile.
    if (!entry->header.empty() && entry->header != refused) return entry->header;
    entry->bearer = HM_TRY(JudgeBearer(*bearer, scope));
    HM_TRY(FetchToken(*entry, stop));
    return entry->header;
  }
  if (std::ranges::find(challenges, "basic", &net::Challenge::scheme) == challenges.end()) {
    return Fail(Errc::kUnauthenticated,
                "refused without saying how to log in (no Basic or Bearer challenge)");
  }
  if (credentials_.username.empty()) {
    return Fail(Errc::kUnauthenticated, Cat({"wants a user and a password; run `docker login ",
                                             registry_.Authority(), "` where hullmark runs"}));
  }
  if (refused == BasicHeader()) {
    return Fail(Errc::kUnauthenticated,
                Cat({"does not take the password of user ", Quote(credentials_.username),
                     "; run `docker login ", registry_.Authority(), "` again"}));
  }
  basic_.With([](bool& basic) { basic = true; });
  return BasicHeader();
}

Result<Authenticator::Bearer> Authenticator::JudgeBearer(const net::Challenge& challenge,
                                                         const std::string& scope) const {
  const std::string* realm = challenge.Find("realm");
  if (realm == nullptr) {
    return Fail(Errc::kUnauthenticated, "the registry's Bearer challenge names no realm");
  }
  Bearer bearer;
  Result<net::Url> url = net::Url::Parse(*realm);
  if (!url) {
    return Fail(Errc::kPermissionDenied,
                Cat({"the registry's token service: ", url.error().message()}));
  }
  bearer.realm = *std::move(url);
  bearer.scope = scope;
  HM_TRY(CheckRealm(registry_, bearer.realm, policy_.insecure));
  if (HasCredentials() && !MaySendCredentials(registry_, bearer.realm, policy_.token_hosts)) {
    return Fail(Errc::kPermissionDenied,
                Cat({"the registry wants its credentials sent to ", Quote(bearer.realm.Authority()),
                     ", another host; if that is right, allow it as a token host of this source"}));
  }
  if (const std::string* service = challenge.Find("service")) bearer.service = *service;
  if (const std::string* wanted = challenge.Find("scope"); wanted && !wanted->empty()) {
    bearer.scope = *wanted;
  }
  return bearer;
}

net::HttpRequest Authenticator::TokenRequest(const Bearer& bearer) const {
  net::HttpRequest request;
  request.max_response_bytes = policy_.max_token_bytes;
  request.headers.Add("Accept", "application/json");
  if (!credentials_.identity_token.empty()) {
    request.method = "POST";
    request.url = bearer.realm.ToString();
    request.headers.Add("Content-Type", "application/x-www-form-urlencoded");
    request.body = Form({{"grant_type", "refresh_token"},
                         {"service", bearer.service},
                         {"client_id", kClientId},
                         {"scope", bearer.scope},
                         {"refresh_token", credentials_.identity_token}});
    return request;
  }
  net::Url url = bearer.realm;
  std::string query = Form({{"service", bearer.service}});
  // Several scopes in one challenge are told apart by blanks (token.md), and asked for one by one.
  for (const std::string_view scope : Split(bearer.scope, ' ')) {
    if (scope.empty()) continue;
    query += Cat({query.empty() ? "" : "&", Form({{"scope", scope}})});
  }
  url.query += Cat({url.query.empty() || query.empty() ? "" : "&", query});
  request.url = url.ToString();
  if (!credentials_.username.empty()) request.headers.Add("Authorization", BasicHeader());
  return request;
}

Status Authenticator::FetchToken(Entry& entry, const std::stop_token& stop) {
  entry.header.clear();
  const std::string frame = Cat({"token service ", entry.bearer->realm.Authority()});
  const Result<net::HttpResponse> response = net::SendWithRetry(
      transport_, TokenRequest(*entry.bearer), policy_.retry, policy_.deadline, stop);
  if (!response) return Fail(response.error(), frame);
  if (net::IsWorthRetrying(response)) {
    return Fail(Errc::kUnavailable, Cat({frame, ": answered ", std::to_string(response->status)}));
  }
  if (response->status != 200) {
    const std::string status = std::to_string(response->status);
    if (!HasCredentials()) {
      return Fail(Errc::kUnauthenticated, Cat({frame, ": answered ", status,
                                               " to a request without credentials; run `docker "
                                               "login ",
                                               registry_.Authority(), "` where hullmark runs"}));
    }
    return Fail(Errc::kUnauthenticated,
                Cat({frame, ": answered ", status, " to our credentials; run `docker login ",
                     registry_.Authority(), "` again"}));
  }
  Result<Token> token = ReadToken(response->body, policy_.max_token_bytes);
  if (!token) return Fail(std::move(token).error(), frame);
  entry.header = "Bearer " + token->text;
  entry.expires_at = ExpiryOf(token->lifetime);
  return {};
}

}  // namespace hullmark::oci
