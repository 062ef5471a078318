// SPDX-License-Identifier: Apache-2.0
#include "service/ingest/source_settings.h"

#include <array>

#include "base/codec/json.h"
#include "base/json_writer.h"
#include "base/net/http.h"
#include "base/text.h"

namespace hullmark::ingest {
namespace {

constexpr std::array<std::string_view, 8> kFields = {"kind",    "url",          "repositories",
                                                     "ca_file", "username",     "password_file",
                                                     "every",   "insecure_http"};

Status SetField(RegistrySettings& settings, std::string_view name, const std::string& text) {
  if (name == "url") {
    settings.url = text;
  } else if (name == "repositories") {
    settings.repositories.push_back(text);
  } else if (name == "ca_file") {
    settings.ca_file = text;
  } else if (name == "username") {
    settings.username = text;
  } else if (name == "password_file") {
    settings.password_file = text;
  } else if (name == "every") {
    settings.every = HM_TRY(ParseInterval(text));
  } else if (name == "insecure_http") {
    if (text != "true" && text != "false") {
      return Fail(Errc::kInputRefused,
                  Cat({"insecure_http: want true or false, not ", Quote(text)}));
    }
    settings.insecure_http = text == "true";
  } else if (name == "kind") {
    if (text != "registry") {
      return Fail(Errc::kInputRefused,
                  Cat({"kind ", Quote(text), ": this version reads kind registry"}));
    }
  } else {
    const auto nearest = Nearest(name, kFields);
    return Fail(Errc::kInputRefused,
                Cat({"no setting ", Quote(name), nearest ? "; did you mean " : "",
                     nearest ? *nearest : std::string_view{}}));
  }
  return {};
}

}  // namespace

Result<RegistrySettings> MakeRegistrySettings(const SettingFields& fields) {
  RegistrySettings settings;
  for (const auto& [name, text] : fields) HM_TRY(SetField(settings, name, text));
  if (settings.url.empty()) {
    return Fail(Errc::kInputRefused, "url is missing: give the registry as https://HOST[:PORT]");
  }
  const Result<net::Url> url = net::Url::Parse(settings.url);
  if (!url) {
    return Fail(Errc::kInputRefused, Cat({url.error().message(), "; want https://HOST[:PORT]"}));
  }
  if (url->path != "/" || !url->query.empty()) {
    return Fail(Errc::kInputRefused,
                Cat({"url ", Quote(settings.url),
                     ": want only https://HOST[:PORT]; name repositories with --repository"}));
  }
  if (url->scheme == "http" && !url->IsLoopback() && !settings.insecure_http) {
    return Fail(Errc::kInputRefused, Cat({"url ", Quote(settings.url),
                                          ": credentials and answers would travel in the clear; "
                                          "use https, or say insecure_http"}));
  }
  settings.name = "registry:" + url->Authority();
  return settings;
}

std::string WriteSettings(const RegistrySettings& settings) {
  JsonWriter json;
  json.BeginObject()
      .Field("kind", "registry")
      .Field("url", settings.url)
      .Field("every", std::to_string(settings.every.count()) + "s")
      .Field("insecure_http", settings.insecure_http);
  if (!settings.ca_file.empty()) json.Field("ca_file", settings.ca_file);
  if (!settings.username.empty()) json.Field("username", settings.username);
  if (!settings.password_file.empty()) json.Field("password_file", settings.password_file);
  json.Key("repositories").BeginArray();
  for (const std::string& repository : settings.repositories) json.String(repository);
  json.EndArray().EndObject();
  return json.Take();
}

Result<SettingFields> FieldsOfJson(std::string_view json) {
  const codec::JsonDocument document = HM_TRY(codec::JsonDocument::Parse(json));
  const codec::Json root = document.root();
  if (!root.IsObject()) return Fail(Errc::kInputRefused, "want a JSON object of settings");
  SettingFields fields;
  Status status;
  root.ForEachMember([&](std::string_view name, codec::Json value) {
    const auto add = [&](codec::Json item) {
      if (item.IsString()) {
        fields.emplace_back(name, item.Text());
      } else if (item.IsInt() || item.IsBool()) {
        fields.emplace_back(name, item.Dump());
      } else if (status) {
        status =
            Fail(Errc::kInputRefused, Cat({"$.", name, ": want text, a number, true or false"}));
      }
    };
    if (value.IsArray()) {
      value.ForEachItem(add);
    } else {
      add(value);
    }
  });
  if (!status) return std::unexpected(std::move(status).error());
  return fields;
}

Result<std::chrono::seconds> ParseInterval(std::string_view text) {
  constexpr std::string_view kWant = "want a number and s, m, h or d, at least 10s";
  if (text.empty()) return Fail(Errc::kInputRefused, Cat({"interval is empty: ", kWant}));
  std::uint64_t unit = 1;
  switch (text.back()) {
    case 's':
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86'400;
      break;
    default:
      return Fail(Errc::kInputRefused, Cat({"interval ", Quote(text), ": ", kWant}));
  }
  const auto number = ParseUint(text.substr(0, text.size() - 1));
  if (!number || *number > 1'000'000 || *number * unit < 10) {
    return Fail(Errc::kInputRefused, Cat({"interval ", Quote(text), ": ", kWant}));
  }
  return std::chrono::seconds(*number * unit);
}

}  // namespace hullmark::ingest
