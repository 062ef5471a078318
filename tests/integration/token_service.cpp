// SPDX-License-Identifier: Apache-2.0
#include "token_service.h"

#include <fstream>
#include <vector>

#include "base/crypto/hash.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "docker_registry.h"

namespace hullmark::testing_support {
namespace {

// libtrust's name for a key: the first 240 bits of the SHA-256 of its DER, in base32, in fours.
std::string LibtrustKeyId(const std::string& der) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const Digest digest = crypto::Sha256Of(der);
  std::string id;
  for (std::size_t bit = 0; bit < 240; bit += 5) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 5; ++i) {
      value = value * 2 + ((digest.bytes()[i / 8] >> (7 - i % 8)) & 1U);
    }
    if (!id.empty() && (bit / 5) % 4 == 0) id += ':';
    id += kAlphabet[value];
  }
  return id;
}

}  // namespace

Status MakeCertificate(const ScratchDir& dir, std::string_view name) {
  std::string output;
  const std::string stem = dir.Of(name);
  if (RunProgram({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                  "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                  stem + ".key", "-out", stem + ".crt"},
                 &output) != 0) {
    return Fail(Errc::kInternal, output);
  }
  return {};
}

Result<std::unique_ptr<TokenService>> TokenService::Start() {
  std::unique_ptr<TokenService> service(new TokenService);
  HM_TRY(MakeCertificate(service->dir_, "token"));
  std::string output;
  const std::string der = service->dir_.Of("token.der");
  if (RunProgram({"openssl", "pkey", "-in", service->dir_.Of("token.key"), "-pubout", "-outform",
                  "DER", "-out", der},
                 &output) != 0) {
    return Fail(Errc::kInternal, output);
  }
  const std::string bytes = HM_TRY(ReadFile(der, 1 << 20));
  service->key_id_ = LibtrustKeyId(bytes);
  net::ServerOptions options;
  options.handle = [raw = service.get()](const net::ServerRequest& request) {
    return raw->Answer(request);
  };
  service->server_ = HM_TRY(net::HttpServer::Start(std::move(options)));
  return service;
}

std::string TokenService::AuthSection() const {
  return Cat({"  token:\n    realm: http://127.0.0.1:", std::to_string(server_->port()),
              "/token\n    service: registry\n    issuer: issuer\n    rootcertbundle: ",
              dir_.Of("token.crt")});
}

Result<std::string> TokenService::Sign(const std::string& claims) const {
  JsonWriter header;
  header.BeginObject().Field("typ", "JWT").Field("alg", "RS256").Field("kid", key_id_).EndObject();
  const std::string input =
      Cat({Base64UrlOf(AsBytes(header.text())), ".", Base64UrlOf(AsBytes(claims))});
  const ScratchDir work;
  std::ofstream(work.Of("input")) << input;
  std::string output;
  if (RunProgram({"openssl", "dgst", "-sha256", "-sign", dir_.Of("token.key"), "-out",
                  work.Of("signature"), work.Of("input")},
                 &output) != 0) {
    return Fail(Errc::kInternal, output);
  }
  const std::string signature = HM_TRY(ReadFile(work.Of("signature"), 1 << 16));
  return Cat({input, ".", Base64UrlOf(AsBytes(signature))});
}

net::ServerResponse TokenService::Answer(const net::ServerRequest& request) {
  const std::string* authorization = request.headers.Find("Authorization");
  const std::string wanted = "Basic " + Base64Of(AsBytes(Cat({kUser, ":", kPassword})));
  if (authorization == nullptr || *authorization != wanted) return {.status = 401};
  JsonWriter claims;
  const std::int64_t now = SystemClock().Now().seconds();
  claims.BeginObject().Field("iss", "issuer").Field("sub", kUser).Field("aud", "registry");
  claims.Field("nbf", now - 10).Field("iat", now).Field("exp", now + lifetime_);
  claims.Field("jti", std::to_string(++given_)).Key("access").BeginArray();
  for (const auto& [name, value] : request.query) {
    if (name != "scope") continue;
    const std::size_t first = value.find(':');
    const std::size_t last = value.rfind(':');
    if (first == last) continue;
    claims.BeginObject().Field("type", std::string_view(value).substr(0, first));
    claims.Field("name", std::string_view(value).substr(first + 1, last - first - 1));
    claims.Key("actions").BeginArray();
    for (const auto action : Split(std::string_view(value).substr(last + 1), ',')) {
      claims.String(action);
    }
    claims.EndArray().EndObject();
  }
  claims.EndArray().EndObject();
  const Result<std::string> token = Sign(claims.Take());
  if (!token) return {.status = 500, .headers = {}, .body = token.error().message()};
  JsonWriter answer;
  answer.BeginObject().Field("token", *token).Field("expires_in", lifetime_.load()).EndObject();
  return {.status = 200, .headers = {}, .body = answer.Take()};
}

}  // namespace hullmark::testing_support
