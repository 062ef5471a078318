// SPDX-License-Identifier: Apache-2.0
#include "collector/token.h"

#include "base/codec/json.h"
#include "base/text.h"
#include "collector/send.h"

namespace hullmark::collector {

namespace {

constexpr std::size_t kMaxTokenBytes = 16 << 10;

/// Three non-empty parts of base64url: what a JWT looks like.  Anything else would be an error
/// page.
bool LooksLikeToken(std::string_view text) {
  if (text.size() > kMaxTokenBytes) return false;
  const auto parts = Split(text, '.');
  if (parts.size() != 3) return false;
  for (const std::string_view part : parts) {
    if (part.empty() || !DecodeBase64Url(part)) return false;
  }
  return true;
}

}  // namespace

Result<Secret> GetToken(net::HttpTransport& transport, const Environment& env,
                        std::string_view audience, Deadline deadline, std::stop_token stop) {
  if (env.Has("HULLMARK_ID_TOKEN")) {
    const std::string given = env.Get("HULLMARK_ID_TOKEN");
    const std::string_view token = Trim(given);
    if (!LooksLikeToken(token)) {
      return Fail(Errc::kInvalidArgument, "HULLMARK_ID_TOKEN is not a JSON Web Token");
    }
    return Secret(token);
  }
  const std::string url = env.Get("ACTIONS_ID_TOKEN_REQUEST_URL");
  const std::string credential = env.Get("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url.empty() || credential.empty()) {
    return Fail(Errc::kUnauthenticated,
                env.Has("GITHUB_ACTIONS")
                    ? "the job has no OIDC token; give it `permissions: id-token: write`"
                    : "the job has no OIDC token; put one for this audience into "
                      "HULLMARK_ID_TOKEN");
  }
  net::HttpRequest request;
  // GitHub's URL has a query already.
  request.url = Cat({url, url.contains('?') ? "&" : "?", "audience=", PercentEncode(audience)});
  request.headers.Add("Authorization", "bearer " + credential);
  request.headers.Add("Accept", "application/json");
  request.max_response_bytes = 64 << 10;
  const net::HttpResponse response =
      HM_TRY(SendUntil(transport, request, "the CI's token service", deadline, stop));
  if (response.status != 200) {
    return Fail(Errc::kUnauthenticated, "the CI's token service answered " +
                                            std::to_string(response.status) + " and no token");
  }
  const auto document = codec::JsonDocument::Parse(response.body);
  if (!document || !LooksLikeToken(document->root()["value"].Text())) {
    return Fail(Errc::kUnauthenticated, "the CI's token service answered without a token");
  }
  return Secret(document->root()["value"].Text());
}

}  // namespace hullmark::collector
