// SPDX-License-Identifier: Apache-2.0
#include "service/api/problem.h"

#include "base/json_writer.h"
#include "base/text.h"

namespace hullmark::api {
namespace {

net::ServerResponse Make(int status, std::string_view name, std::string_view detail) {
  JsonWriter json;
  json.BeginObject()
      .Field("type", Cat({"urn:hullmark:error:", name}))
      .Field("title", name)
      .Field("status", status)
      .Field("detail", detail)
      .EndObject();
  net::ServerResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/problem+json");
  response.headers.Add("Cache-Control", "no-store");
  if (status == 401) response.headers.Add("WWW-Authenticate", "Bearer realm=\"hullmark\"");
  response.body = json.Take();
  return response;
}

std::string_view NameOfStatus(int status) {
  switch (status) {
    case 404:
      return InfoOf(Errc::kNotFound).name;
    case 405:
      return "method_not_allowed";
    case 408:
      return InfoOf(Errc::kDeadlineExceeded).name;
    case 413:
    case 431:
      return InfoOf(Errc::kResourceExhausted).name;
    case 503:
      return InfoOf(Errc::kUnavailable).name;
    default:
      return status < 500 ? InfoOf(Errc::kInvalidArgument).name : InfoOf(Errc::kInternal).name;
  }
}

}  // namespace

net::ServerResponse Problem(const Error& error) {
  const ErrcInfo& info = InfoOf(error.code());
  return Make(info.http_status, info.name, error.message());
}

net::ServerResponse Problem(int status, std::string_view detail) {
  return Make(status, NameOfStatus(status), detail);
}

net::ServerResponse JsonResponse(std::string body, int status) {
  net::ServerResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

net::ServerResponse TextResponse(std::string body, std::string_view content_type) {
  net::ServerResponse response;
  response.headers.Add("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

}  // namespace hullmark::api
