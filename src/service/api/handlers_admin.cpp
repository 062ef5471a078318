// SPDX-License-Identifier: Apache-2.0
//
// Sources and API tokens.
#include "base/codec/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "service/api/problem.h"
#include "service/api/routes.h"

namespace hullmark::api {
namespace {

std::string Who(const Caller& caller) { return Cat({"token:", caller.principal.id}); }

void WriteOutcome(JsonWriter& json, const ingest::SyncOutcome& outcome) {
  json.BeginObject()
      .Field("name", outcome.name)
      .Field("ok", outcome.ok)
      .Field("summary", outcome.summary)
      .Field("error", outcome.error)
      .Field("mend", outcome.mend)
      .EndObject();
}

std::string TimeText(Timestamp at) { return at.micros == 0 ? "" : at.ToString(); }

}  // namespace

net::ServerResponse ListSources(const ApiParts& parts, const net::ServerRequest&, const Caller&) {
  const Result<std::vector<ingest::SourceRow>> rows = parts.sources.List();
  if (!rows) return Problem(rows.error());
  JsonWriter json;
  json.BeginObject().Key("sources").BeginArray();
  for (const ingest::SourceRow& row : *rows) {
    json.BeginObject()
        .Field("name", row.name)
        .Field("kind", row.kind)
        .Field("as_of", TimeText(row.as_of))
        .Field("complete", row.complete)
        .Field("configured", row.configured)
        .Field("syncing", row.syncing)
        .Field("error", row.error)
        .Field("mend", row.mend)
        .EndObject();
  }
  json.EndArray().EndObject();
  return JsonResponse(json.Take());
}

net::ServerResponse AddSource(const ApiParts& parts, const net::ServerRequest& request,
                              const Caller& caller) {
  const Result<ingest::SettingFields> fields = ingest::FieldsOfJson(request.body);
  if (!fields) return Problem(fields.error());
  const Result<ingest::RegistrySettings> settings = ingest::MakeRegistrySettings(*fields);
  if (!settings) return Problem(settings.error());
  const Result<ingest::SyncOutcome> outcome = parts.sources.Add(*settings, Who(caller));
  if (!outcome) return Problem(outcome.error());
  JsonWriter json;
  json.BeginObject().Field("name", settings->name).Key("synced").BeginArray();
  WriteOutcome(json, *outcome);
  json.EndArray().EndObject();
  return JsonResponse(json.Take(), 201);
}

net::ServerResponse SyncSources(const ApiParts& parts, const net::ServerRequest& request,
                                const Caller&) {
  const std::string* name = request.Query("name");
  const Result<std::vector<ingest::SyncOutcome>> outcomes =
      parts.sources.Sync(name == nullptr ? std::string_view{} : std::string_view(*name));
  if (!outcomes) return Problem(outcomes.error());
  JsonWriter json;
  json.BeginObject().Key("synced").BeginArray();
  for (const ingest::SyncOutcome& outcome : *outcomes) WriteOutcome(json, outcome);
  json.EndArray().EndObject();
  return JsonResponse(json.Take());
}

net::ServerResponse ListTokens(const ApiParts& parts, const net::ServerRequest&, const Caller&) {
  JsonWriter json;
  json.BeginObject().Key("tokens").BeginArray();
  for (const records::ApiToken& token : parts.tokens.List()) {
    json.BeginObject()
        .Field("id", token.id)
        .Field("name", token.name)
        .Field("role", token.role)
        .Field("created_at", token.created_at.ToString())
        .Field("last_used_at", token.last_used ? token.last_used->ToString() : "")
        .Field("expires_at", token.expires_at ? token.expires_at->ToString() : "")
        .EndObject();
  }
  json.EndArray().EndObject();
  return JsonResponse(json.Take());
}

net::ServerResponse CreateToken(const ApiParts& parts, const net::ServerRequest& request,
                                const Caller& caller) {
  const Result<codec::JsonDocument> body = codec::JsonDocument::Parse(request.body);
  if (!body) return Problem(body.error());
  const std::string_view name = body->root()["name"].Text();
  if (name.empty() || name.size() > 100) {
    return Problem(Error(Errc::kInputRefused, "$.name: want 1 to 100 characters"));
  }
  const Result<auth::Role> role = auth::RoleByName(body->root()["role"].Text());
  if (!role) return Problem(role.error());
  const Result<auth::NewToken> made = parts.tokens.Create(Who(caller), name, *role);
  if (!made) return Problem(made.error());
  JsonWriter json;
  json.BeginObject()
      .Field("id", made->record.id)
      .Field("name", made->record.name)
      .Field("role", made->record.role)
      .Field("token", made->secret.Reveal())
      .EndObject();
  return JsonResponse(json.Take(), 201);
}

net::ServerResponse RevokeToken(const ApiParts& parts, const net::ServerRequest& request,
                                const Caller& caller) {
  const Result<codec::JsonDocument> body = codec::JsonDocument::Parse(request.body);
  if (!body) return Problem(body.error());
  const std::string_view wanted = body->root()["name"].Text();
  std::vector<std::string> ids;
  for (const records::ApiToken& token : parts.tokens.List()) {
    if (token.id == wanted || token.name == wanted) ids.push_back(token.id);
  }
  if (ids.empty())
    return Problem(
        Error(Errc::kNotFound, Cat({"no token ", Quote(wanted), "; see `hullmark token list`"})));
  if (ids.size() > 1) {
    return Problem(Error(
        Errc::kConflict,
        Cat({Quote(wanted),
             " names several tokens; revoke one by its id, as `hullmark token list` shows it"})));
  }
  if (const Status revoked = parts.tokens.Revoke(Who(caller), ids.front()); !revoked)
    return Problem(revoked.error());
  JsonWriter json;
  json.BeginObject().Field("revoked", ids.front()).EndObject();
  return JsonResponse(json.Take());
}

}  // namespace hullmark::api
