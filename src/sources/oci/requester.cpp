// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/requester.h"

#include "base/codec/json.h"
#include "base/text.h"

namespace hullmark::oci {
namespace {

constexpr int kMaxRedirects = 5;
constexpr std::size_t kMaxErrorBytes = 16 << 10;

RetryPolicy PolicyOf(const RegistryOptions& options) {
  return {.retries = options.retries,
          .request_timeout = options.request_timeout,
          .first_pause = options.first_pause,
          .max_pause = options.max_pause};
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
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
      authenticator_(transport, std::move(registry), options.credentials,
                     {.insecure = options.insecure,
                      .token_hosts = options.token_hosts,
                      .retry = PolicyOf(options)}) {}

Result<Requester::Arrived> Requester::Follow(const Ask& ask, const std::string& authorization,
                                             std::stop_token stop) {
  Arrived arrived;
  net::Url url = HM_TRY(net::ResolveUrl(registry_, ask.target));
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    net::HttpRequest request;
    request.method = ask.method;
    request.url = url.ToString();
    request.max_response_bytes = ask.max_bytes;
    if (!ask.accept.empty()) request.headers.Add("Accept", ask.accept);
    if (arrived.at_home && !authorization.empty()) {
      request.headers.Add("Authorization", authorization);
    }
    arrived.response = HM_TRY(SendWithRetry(transport_, request, retry_, stop));
    if (!IsRedirect(arrived.response.status)) return arrived;

    const std::string* location = arrived.response.headers.Find("Location");
    if (location == nullptr) return Fail(Errc::kInputRefused, "a redirect that leads nowhere");
    const net::Url next = HM_TRY(net::ResolveUrl(url, *location));
    if (url.scheme == "https" && next.scheme != "https") {
      return Fail(Errc::kPermissionDenied, Cat({"a redirect from https to ", Quote(*location)}));
    }
    if (next.IsLoopback() && !registry_.IsLoopback()) {
      return Fail(Errc::kPermissionDenied,
                  Cat({"a redirect to our own machine: ", Quote(*location)}));
    }
    if (!SameHost(next, registry_)) arrived.at_home = false;  // and stays so
    url = next;
  }
  return Fail(Errc::kInputRefused,
              Cat({"more than ", std::to_string(kMaxRedirects), " redirects"}));
}

Result<net::HttpResponse> Requester::Send(const Ask& ask, std::stop_token stop) {
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
