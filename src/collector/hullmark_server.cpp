// SPDX-License-Identifier: Apache-2.0
#include "collector/hullmark_server.h"

#include "base/codec/json.h"
#include "base/text.h"
#include "collector/send.h"
#include "sources/ci/trust.h"

namespace hullmark::collector {

namespace {

constexpr std::size_t kMaxAnswerBytes = 4 << 20;

Errc CodeOfStatus(int status) {
  switch (status) {
    case 401:
      return Errc::kUnauthenticated;
    case 403:
      return Errc::kPermissionDenied;
    case 404:
      return Errc::kNotFound;
    case 409:
      return Errc::kConflict;
    default:
      return status >= 500 || status == 429 ? Errc::kUnavailable : Errc::kInputRefused;
  }
}

/// The server's problem details (RFC 9457) as an error; its words are shown as a quotation.
std::unexpected<Error> Refusal(const net::HttpResponse& response) {
  std::string said;
  Errc code = CodeOfStatus(response.status);
  if (const auto document = codec::JsonDocument::Parse(response.body)) {
    said = document->root()["detail"].Text();
    if (said.empty()) said = document->root()["title"].Text();
    constexpr std::string_view kType = "urn:hullmark:error:";
    const std::string_view type = document->root()["type"].Text();
    if (type.starts_with(kType)) code = ErrcByName(type.substr(kType.size()));
  }
  std::string message = "the server answered " + std::to_string(response.status);
  // Quote() cuts at 80 bytes; the mend often stands at the end.
  for (char& c : said) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (!said.empty()) message += ": " + said.substr(0, 400);
  return Fail(code, std::move(message));
}

}  // namespace

Result<HullmarkServer> HullmarkServer::Open(net::HttpTransport& transport, std::string_view text,
                                            Deadline deadline, std::stop_token stop) {
  auto url = net::Url::Parse(text);
  if (!url) return Fail(std::move(url).error(), "server");
  if (!url->query.empty()) {
    return Fail(Errc::kInvalidArgument,
                Cat({"server ", Quote(text), ": want a URL without query"}));
  }
  if (url->scheme != "https" && !url->IsLoopback()) {
    return Fail(Errc::kInvalidArgument,
                Cat({"server ", Quote(text), ": want https, since the job's token goes there"}));
  }
  while (url->path.ends_with('/')) url->path.pop_back();
  return HullmarkServer(transport, *std::move(url), deadline, std::move(stop));
}

std::string HullmarkServer::Name() const { return Cat({url_.scheme, "://", url_.Authority()}); }

std::string HullmarkServer::At(std::string_view path) const {
  return Cat({Name(), url_.path, path});
}

Result<std::string> HullmarkServer::Audience(std::string_view wanted) const {
  net::HttpRequest request;
  request.url = At("/api/v1/ci/config");
  request.max_response_bytes = 64 << 10;
  const net::HttpResponse response =
      HM_TRY(SendUntil(*transport_, request, Name(), deadline_, stop_));
  if (response.status != 200) return Fail(Refusal(response).error(), Name());
  const auto document = codec::JsonDocument::Parse(response.body);
  if (!document || document->root()["audience"].Text().empty()) {
    return Fail(Errc::kUnsupported, Cat({Name(),
                                         " does not say its audience; is it a Hullmark "
                                         "server?"}));
  }
  std::string audience(document->root()["audience"].Text());
  HM_TRY(ci::CheckAudience({url_.host, url_.IsLoopback()}, audience, wanted));
  return audience;
}

Status HullmarkServer::SendReport(const Secret& token, const std::string& body) const {
  net::HttpRequest request;
  request.method = "POST";
  request.url = At("/api/v1/ci/reports");
  request.headers.Add("Authorization", Cat({"Bearer ", token.Reveal()}));
  request.headers.Add("Content-Type", "application/json");
  request.body = body;
  request.max_response_bytes = kMaxAnswerBytes;
  const net::HttpResponse response =
      HM_TRY(SendUntil(*transport_, request, Name(), deadline_, stop_));
  if (response.status < 200 || response.status > 299)
    return Fail(Refusal(response).error(), Name());
  return {};
}

}  // namespace hullmark::collector
