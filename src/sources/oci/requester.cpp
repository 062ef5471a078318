// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/requester.h"

#include <optional>

#include "base/codec/json.h"
#include "base/net/redirect.h"
#include "base/text.h"

namespace hullmark::oci {
namespace {

constexpr int kMaxRedirects = 5;
constexpr std::size_t kMaxErrorBytes = 16 << 10;

net::RetryPolicy PolicyOf(const RegistryOptions& options) {
  net::RetryPolicy policy;
  policy.attempts = options.retries + 1;
  policy.first_wait = options.first_pause;
  policy.attempt_timeout = options.request_timeout;
  return policy;
}

bool SameHost(const net::Url& a, const net::Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

// distribution-spec, "Error Codes": {"errors":[{"code","message"}]}; anything else says nothing.
std::string ReasonIn(const net::HttpResponse& response) {
  if (response.body.empty() || response.body.size() > kMaxErrorBytes) return "";
  const Result<codec::JsonDocument> json = codec::JsonDocument::Parse(response.body);
  if (!json) return "";
  const codec::Json first = json->root()["errors"].At(0);
  const std::string_view code = first["code"].Text();
  const std::string_view message = first["message"].Text();
  if (code.empty() && message.empty()) return "";
  return Cat({": ", Quote(Cat({code, code.empty() || message.empty() ? "" : ": ", message}))});
}

Error ErrorOf(const net::HttpResponse& response) {
  const std::string reason = ReasonIn(response);
  const std::string status = Cat({"answered ", std::to_string(response.status), reason});
  switch (response.status) {
    case 401:
      return Error(Errc::kUnauthenticated, status);
    case 403:
      return Error(Errc::kPermissionDenied,
                   status + "; let these credentials pull from it, or log in with others");
    case 404:
      return Error(Errc::kNotFound, status);
    case 405:
    case 501:
      return Error(Errc::kUnsupported, status);
    case 408:
    case 429: {
      const std::string* wait = response.headers.Find("Retry-After");
      return Error(Errc::kUnavailable,
                   Cat({status, wait != nullptr ? Cat({"; it asks to wait ", Quote(*wait)}) : "",
                        "; try again later"}));
    }
    default:
      return Error(response.status >= 500 ? Errc::kUnavailable : Errc::kInvalidArgument, status);
  }
}

}  // namespace

Requester::Requester(net::HttpTransport& transport, net::Url registry,
                     const RegistryOptions& options)
    : transport_(transport),
      registry_(registry),
      retry_(PolicyOf(options)),
      deadline_(options.deadline),
      authenticator_(transport, std::move(registry), options.credentials,
                     {.insecure = options.insecure,
                      .token_hosts = options.token_hosts,
                      .retry = PolicyOf(options),
                      .deadline = options.deadline}) {}

Result<Requester::Arrived> Requester::Follow(const Ask& ask, const std::string& authorization,
                                             const std::stop_token& stop) {
  const net::Url url = HM_TRY(net::ResolveUrl(registry_, ask.target));
  net::HttpRequest request;
  request.method = ask.method;
  request.url = url.ToString();
  request.max_response_bytes = ask.max_bytes;
  if (!ask.accept.empty()) request.headers.Add("Accept", ask.accept);
  if (!authorization.empty()) request.headers.Add("Authorization", authorization);

  // Followed here and not by the transport, so that a 401 of another host is never answered.
  Arrived arrived;
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    request.max_redirects = 0;
    arrived.response = HM_TRY(net::SendWithRetry(transport_, request, retry_, deadline_, stop));
    request.max_redirects = 1;
    std::optional<net::HttpRequest> next = HM_TRY(net::FollowRedirect(request, arrived.response));
    if (!next) return arrived;
    const net::Url to = HM_TRY(net::Url::Parse(next->url));
    if (to.IsLoopback() && !registry_.IsLoopback()) {
      return Fail(Errc::kPermissionDenied,
                  Cat({"a redirect to our own machine: ", Quote(next->url)}));
    }
    if (!SameHost(to, registry_)) arrived.at_home = false;  // and stays so
    request = *std::move(next);
  }
  return Fail(Errc::kInputRefused,
              Cat({"more than ", std::to_string(kMaxRedirects), " redirects"}));
}

Result<net::HttpResponse> Requester::Send(const Ask& ask, const std::stop_token& stop) {
  std::string authorization = HM_TRY(authenticator_.HeaderFor(ask.scope, stop));
  Arrived arrived = HM_TRY(Follow(ask, authorization, stop));
  if (arrived.response.status == 401 && arrived.at_home) {
    authorization =
        HM_TRY(authenticator_.Answer(ask.scope, arrived.response.headers, authorization, stop));
    arrived = HM_TRY(Follow(ask, authorization, stop));
    if (arrived.response.status == 401) {
      return Fail(Errc::kUnauthenticated,
                  Cat({"does not take what it asked for", ReasonIn(arrived.response),
                       "; see whether this account may pull, then run `docker login ",
                       registry_.Authority(), "` again"}));
    }
  }
  if (arrived.response.status / 100 == 2) return std::move(arrived.response);
  return std::unexpected(ErrorOf(arrived.response));
}

}  // namespace hullmark::oci
