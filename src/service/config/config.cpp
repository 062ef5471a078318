// SPDX-License-Identifier: Apache-2.0
#include "service/config/config.h"

#include <array>
#include <functional>

#include "base/codec/yaml.h"
#include "base/net/http.h"
#include "base/text.h"

namespace hullmark::config {
namespace {

/// Where a value stands, for messages: "hullmark.yaml: line 3, column 5: trust.audience".
struct Place {
  std::string_view file;
  std::string key;
  std::string position;
};

std::unexpected<Error> Refuse(const Place& place, std::string_view what) {
  std::string where = place.file.empty() ? "configuration" : std::string(place.file);
  if (!place.position.empty()) where += ": " + place.position;
  return Fail(Errc::kInputRefused, Cat({where, ": ", place.key, ": ", what}));
}

using Setter = Status (*)(ServerConfig&, std::string_view text, const Place& place);

struct ScalarKey {
  std::string_view name;
  Setter set;
};

template <std::string ServerConfig::* member>
Status SetText(ServerConfig& config, std::string_view text, const Place& place) {
  if (text.empty()) return Refuse(place, "is empty; leave the key out or give it a value");
  config.*member = std::string(text);
  return {};
}

Status SetListen(ServerConfig& config, std::string_view text, const Place& place) {
  Result<Listen> listen = Listen::Parse(text);
  if (!listen) return Refuse(place, listen.error().message());
  config.listen = std::move(*listen);
  return {};
}

Status SetListenCi(ServerConfig& config, std::string_view text, const Place& place) {
  Result<Listen> listen = Listen::Parse(text);
  if (!listen) return Refuse(place, listen.error().message());
  config.listen_ci = {std::move(*listen)};
  return {};
}

Status SetStore(ServerConfig&, std::string_view text, const Place& place) {
  if (text == "sqlite") return {};
  return Refuse(place,
                Cat({"cannot open ", Quote(text), "; this version keeps its estate in sqlite"}));
}

Status SetPublicUrl(ServerConfig& config, std::string_view text, const Place& place) {
  if (const Result<net::Url> url = net::Url::Parse(text); !url)
    return Refuse(place, Cat({url.error().message(), "; want https://HOST[:PORT]"}));
  config.public_url = std::string(text);
  while (config.public_url.ends_with('/')) config.public_url.pop_back();
  return {};
}

Status SetAudience(ServerConfig& config, std::string_view text, const Place&) {
  config.trust.audience = std::string(text);
  return {};
}

constexpr std::array kScalars = {
    ScalarKey{"listen", &SetListen},
    ScalarKey{"listen_ci", &SetListenCi},
    ScalarKey{"data", &SetText<&ServerConfig::data>},
    ScalarKey{"store", &SetStore},
    ScalarKey{"public_url", &SetPublicUrl},
    ScalarKey{"dist", &SetText<&ServerConfig::dist>},
    ScalarKey{"tls.cert", &SetText<&ServerConfig::tls_cert>},
    ScalarKey{"tls.key", &SetText<&ServerConfig::tls_key>},
    ScalarKey{"trust.audience", &SetAudience},
};

std::unexpected<Error> UnknownKey(const Place& place, std::span<const std::string_view> known) {
  const std::string_view last = std::string_view(place.key).substr(place.key.rfind('.') + 1);
  const auto nearest = Nearest(last, known);
  return Refuse(
      place, nearest ? Cat({"no such key; did you mean ", *nearest}) : std::string("no such key"));
}

Status SetScalar(ServerConfig& config, std::string_view text, const Place& place) {
  for (const ScalarKey& key : kScalars) {
    if (key.name == place.key) return key.set(config, text, place);
  }
  std::vector<std::string_view> known;
  for (const ScalarKey& key : kScalars) known.push_back(key.name);
  return UnknownKey(place, known);
}

/// Walks the members of a mapping and gives each to `set` by its dotted key; the first error wins.
Status ForEachKey(codec::Yaml mapping, const Place& parent,
                  const std::function<Status(std::string_view, codec::Yaml, const Place&)>& set) {
  if (!mapping.IsMapping()) return Refuse(parent, "want keys and values");
  Status status;
  mapping.ForEachMember([&](std::string_view key, codec::Yaml value) {
    if (!status) return;
    const Place place{parent.file,
                      parent.key.empty() ? std::string(key) : Cat({parent.key, ".", key}),
                      mapping.PlaceOfKey(key)};
    status = set(key, value, place);
  });
  return status;
}

Status ForEachIn(codec::Yaml sequence, const Place& place,
                 const std::function<Status(codec::Yaml, const Place&)>& take) {
  if (!sequence.IsSequence()) return Refuse(place, "want a list");
  Status status;
  std::size_t index = 0;
  sequence.ForEachItem([&](codec::Yaml item) {
    if (!status) return;
    status =
        take(item, {place.file, Cat({place.key, "[", std::to_string(index++), "]"}), item.Place()});
  });
  return status;
}

Status ReadOwner(codec::Yaml owner, const Place& place, ci::TrustedIssuer& issuer) {
  ci::TrustedOwner read;
  HM_TRY(ForEachKey(owner, place,
                    [&](std::string_view key, codec::Yaml value, const Place& at) -> Status {
                      constexpr std::array<std::string_view, 2> kKnown = {"login", "id"};
                      if (key == "login") {
                        read.login = std::string(value.Text());
                      } else if (key == "id") {
                        read.id = std::string(value.Text());
                      } else {
                        return UnknownKey(at, kKnown);
                      }
                      return {};
                    }));
  issuer.owners.push_back(std::move(read));
  return {};
}

Result<bool> ReadBool(codec::Yaml value, const Place& place) {
  const std::optional<bool> read = value.Bool();
  if (!read) return Refuse(place, "want true or false");
  return *read;
}

Status ReadIssuerKey(std::string_view key, codec::Yaml value, const Place& at,
                     ci::TrustedIssuer& issuer) {
  constexpr std::array<std::string_view, 9> kKnown = {"issuer",  "provider",     "host",
                                                      "owners",  "repositories", "jwks_file",
                                                      "ca_file", "reuse",        "compatible"};
  if (key == "issuer") {
    issuer.issuer = std::string(value.Text());
  } else if (key == "provider") {
    issuer.provider = std::string(value.Text());
  } else if (key == "host") {
    issuer.host = std::string(value.Text());
  } else if (key == "jwks_file") {
    issuer.jwks_file = std::string(value.Text());
  } else if (key == "ca_file") {
    issuer.ca_file = std::string(value.Text());
  } else if (key == "reuse") {
    if (value.Text() != "job") return Refuse(at, "want job, or leave the key out");
    issuer.reuse_job = true;
  } else if (key == "compatible") {
    const bool compatible = HM_TRY(ReadBool(value, at));
    if (compatible) {
      return Refuse(at, "this version has no compatible doors yet; leave the key out");
    }
  } else if (key == "owners") {
    return ForEachIn(value, at, [&](codec::Yaml item, const Place& place) {
      return ReadOwner(item, place, issuer);
    });
  } else if (key == "repositories") {
    return ForEachIn(value, at, [&](codec::Yaml item, const Place&) -> Status {
      issuer.repositories.emplace_back(item.Text());
      return {};
    });
  } else {
    return UnknownKey(at, kKnown);
  }
  return {};
}

Status ReadIssuer(codec::Yaml item, const Place& place, ServerConfig& config) {
  ci::TrustedIssuer issuer;
  HM_TRY(ForEachKey(item, place, [&](std::string_view key, codec::Yaml value, const Place& at) {
    return ReadIssuerKey(key, value, at, issuer);
  }));
  config.trust.issuers.push_back(std::move(issuer));
  return {};
}

Status ReadTrust(codec::Yaml trust, const Place& place, ServerConfig& config) {
  return ForEachKey(trust, place,
                    [&](std::string_view key, codec::Yaml value, const Place& at) -> Status {
                      constexpr std::array<std::string_view, 2> kKnown = {"audience", "issuers"};
                      if (key == "audience") return SetScalar(config, value.Text(), at);
                      if (key == "issuers") {
                        return ForEachIn(value, at, [&](codec::Yaml item, const Place& where) {
                          return ReadIssuer(item, where, config);
                        });
                      }
                      return UnknownKey(at, kKnown);
                    });
}

Status ReadEnvironment(codec::Yaml item, const Place& place, ServerConfig& config) {
  EnvironmentRule rule;
  HM_TRY(ForEachKey(item, place,
                    [&](std::string_view key, codec::Yaml value, const Place& at) -> Status {
                      constexpr std::array<std::string_view, 2> kKnown = {"cluster", "environment"};
                      if (key == "cluster") {
                        rule.cluster = std::string(value.Text());
                      } else if (key == "environment") {
                        rule.environment = std::string(value.Text());
                      } else {
                        return UnknownKey(at, kKnown);
                      }
                      return {};
                    }));
  if (rule.cluster.empty() || rule.environment.empty()) {
    return Refuse(place, "want {cluster: GLOB, environment: NAME}");
  }
  config.environments.push_back(std::move(rule));
  return {};
}

Status ReadSource(codec::Yaml item, const Place& place, ServerConfig& config) {
  ingest::SettingFields fields;
  HM_TRY(ForEachKey(item, place,
                    [&](std::string_view key, codec::Yaml value, const Place& at) -> Status {
                      if (!value.IsSequence()) {
                        fields.emplace_back(key, value.Text());
                        return {};
                      }
                      return ForEachIn(value, at, [&](codec::Yaml entry, const Place&) -> Status {
                        fields.emplace_back(key, entry.Text());
                        return {};
                      });
                    }));
  Result<ingest::RegistrySettings> settings = ingest::MakeRegistrySettings(fields);
  if (!settings) return Refuse(place, settings.error().message());
  config.sources.push_back(std::move(*settings));
  return {};
}

Status ReadTop(std::string_view key, codec::Yaml value, const Place& at, ServerConfig& config) {
  if (key == "trust") return ReadTrust(value, at, config);
  if (key == "tls") {
    return ForEachKey(value, at, [&](std::string_view, codec::Yaml inner, const Place& place) {
      return SetScalar(config, inner.Text(), place);
    });
  }
  if (key == "environments") {
    return ForEachIn(value, at, [&](codec::Yaml item, const Place& place) {
      return ReadEnvironment(item, place, config);
    });
  }
  if (key == "sources") {
    return ForEachIn(value, at, [&](codec::Yaml item, const Place& place) {
      return ReadSource(item, place, config);
    });
  }
  for (const ScalarKey& scalar : kScalars) {
    if (scalar.name == key) return SetScalar(config, value.Text(), at);
  }
  std::vector<std::string_view> known = {"trust", "tls", "environments", "sources"};
  for (const ScalarKey& scalar : kScalars) known.push_back(scalar.name);
  return UnknownKey(at, known);
}

}  // namespace

Result<ServerConfig> ReadConfig(std::string_view yaml, std::string_view file,
                                const Overrides& overrides) {
  ServerConfig config;
  config.data = DefaultDataDir();
  const Result<codec::YamlDocument> document = codec::YamlDocument::Parse(yaml);
  if (!document) return Fail(document.error(), file.empty() ? "configuration" : file);
  if (!document->root().IsNull()) {
    HM_TRY(ForEachKey(document->root(), {file, "", ""},
                      [&](std::string_view key, codec::Yaml value, const Place& at) {
                        return ReadTop(key, value, at, config);
                      }));
  }
  for (const auto& [key, text] : overrides) HM_TRY(SetScalar(config, text, {"flags", key, ""}));
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return Refuse({file, "tls", ""}, "cert and key belong together; one is missing");
  }
  if (config.trust.audience.empty()) {
    config.trust.audience =
        config.public_url.empty() ? "http://" + config.listen.ToString() : config.public_url;
  }
  if (!config.trust.issuers.empty()) {
    if (const Status trust = ci::CheckTrust(config.trust); !trust) {
      return Refuse({file, "trust", ""}, trust.error().message());
    }
  }
  return config;
}

}  // namespace hullmark::config
