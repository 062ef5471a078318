// SPDX-License-Identifier: Apache-2.0
#include "cli/api_client.h"

#include "base/text.h"

namespace hullmark::cli {
namespace {

std::string Target(const std::string& base, std::string_view path, const QueryArguments& query) {
  std::string url = Cat({base, path});
  char joint = '?';
  for (const auto& [name, value] : query) {
    url += joint;
    url += Cat({PercentEncode(name), "=", PercentEncode(value)});
    joint = '&';
  }
  return url;
}

/// RFC 9457: `type` ends in our code's name, `detail` is for the reader.
Error ProblemOf(const net::HttpResponse& response) {
  const auto document = codec::JsonDocument::Parse(response.body);
  if (document) {
    const codec::Json root = document->root();
    std::string_view type = root["type"].Text();
    type.remove_prefix(type.rfind(':') == std::string_view::npos ? 0 : type.rfind(':') + 1);
    const std::string_view detail = root["detail"].Text();
    if (!detail.empty()) return {ErrcByName(type), std::string(detail)};
  }
  return {Errc::kUnavailable, Cat({"the server answered ", std::to_string(response.status),
                                   " with ", Quote(response.body), "; is this a Hullmark server"})};
}

}  // namespace

Result<std::string> ApiClient::Get(std::string_view path, const QueryArguments& query) {
  net::HttpRequest request;
  request.url = Target(base_url_, path, query);
  return Send(std::move(request));
}

Result<std::string> ApiClient::Post(std::string_view path, const QueryArguments& query,
                                    std::string body, std::string_view content_type) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = Target(base_url_, path, query);
  request.body = std::move(body);
  request.headers.Add("Content-Type", std::string(content_type));
  return Send(std::move(request));
}

Result<std::string> ApiClient::Send(net::HttpRequest request) {
  request.max_response_bytes = std::size_t{256} << 20U;
  request.headers.Add("Accept", "application/json");
  if (!token_.empty()) request.headers.Add("Authorization", "Bearer " + token_);
  Result<net::HttpResponse> response =
      transport_.Send(request, DeadlineIn(std::chrono::minutes(30)));
  if (!response) {
    Error error = std::move(response).error();
    if (error.code() == Errc::kUnavailable) {
      return Fail(Errc::kUnavailable,
                  Cat({"no server at ", base_url_, " (", error.message(),
                       "); start one with `hullmark serve`, or name it with --server"}));
    }
    return std::unexpected(std::move(error));
  }
  if (response->status / 100 != 2) return std::unexpected(ProblemOf(*response));
  return std::move(response->body);
}

}  // namespace hullmark::cli
