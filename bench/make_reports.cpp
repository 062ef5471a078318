// SPDX-License-Identifier: Apache-2.0
//
// Makes signed CI reports for a load: `make_reports DIR COUNT [ISSUER AUDIENCE]` writes
// DIR/jwks.json, and DIR/requests.jsonl with one request a line, {"headers":{…},"body":"…"}: each a
// job of its own with its own token (RS256, 2048 bits), run, commit and image, over fifty
// repositories.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/crypto/hash.h"
#include "base/crypto/token_signer.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "sources/ci/report.h"

namespace {

using hullmark::Cat;
using hullmark::JsonWriter;

std::string ClaimsOf(int job, const std::string& issuer, const std::string& audience,
                     std::int64_t now) {
  const std::string repository = std::to_string(100 + job % 50);
  const std::string name = "acme/service-" + repository;
  const std::string path = name + "/.github/workflows/build.yml@refs/heads/main";
  const std::string sha =
      hullmark::crypto::Sha256Of("commit " + std::to_string(job)).Hex().substr(0, 40);
  JsonWriter json;
  json.BeginObject()
      .Field("iss", issuer)
      .Field("aud", audience)
      .Field("jti", "job-" + std::to_string(job))
      .Field("iat", now)
      .Field("nbf", now)
      .Field("exp", now + 3600)
      .Field("sub", "repo:" + name + ":ref:refs/heads/main")
      .Field("repository", name)
      .Field("repository_id", repository)
      .Field("repository_owner", "acme")
      .Field("repository_owner_id", "77")
      .Field("ref", "refs/heads/main")
      .Field("ref_type", "branch")
      .Field("sha", sha)
      .Field("event_name", "push")
      .Field("workflow", "build")
      .Field("workflow_ref", path)
      .Field("job_workflow_ref", path)
      .Field("run_id", std::to_string(1'000'000 + job))
      .Field("run_number", std::to_string(1 + job))
      .Field("run_attempt", "1")
      .Field("check_run_id", std::to_string(5'000'000 + job))
      .Field("actor", "dev-" + std::to_string(1 + job % 200))
      .Field("actor_id", std::to_string(1 + job % 200))
      .Field("runner_environment", "github-hosted")
      .EndObject();
  return json.Take();
}

std::string BodyOf(int job) {
  hullmark::ci::Report report{
      .collector = "bench/1", .engine = "docker/20.10", .job_name = "build"};
  const std::string number = std::to_string(job);
  report.pushes.push_back(
      {.reference =
           Cat({"registry.example/acme/service-", std::to_string(100 + job % 50), ":", number}),
       .digest = hullmark::crypto::Sha256Of("manifest " + number).ToString(),
       .media_type = "application/vnd.docker.distribution.manifest.v2+json",
       .config_digest = hullmark::crypto::Sha256Of("config " + number).ToString(),
       .platform = "linux/amd64",
       .how = "built",
       .how_detail = "not in the engine when the job started"});
  return hullmark::ci::WriteReport(report);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::fprintf(stderr, "usage: make_reports DIR COUNT [ISSUER AUDIENCE]\n");
    return 2;
  }
  const std::filesystem::path dir = argv[1];
  const int count = std::atoi(argv[2]);
  const std::string issuer = argc == 5 ? argv[3] : "https://token.actions.githubusercontent.com";
  const std::string audience = argc == 5 ? argv[4] : "https://hullmark.bench";
  const auto signer = hullmark::crypto::TokenSigner::Rsa("bench");
  std::ofstream(dir / "jwks.json") << signer.Jwks();
  std::ofstream requests(dir / "requests.jsonl");
  const std::int64_t now = hullmark::SystemClock().Now().seconds();
  for (int job = 0; job < count; ++job) {
    JsonWriter json;
    json.BeginObject().Key("headers").BeginObject();
    json.Field("Authorization",
               "Bearer " + signer.Sign("RS256", ClaimsOf(job, issuer, audience, now)));
    json.Field("Content-Type", "application/json").EndObject();
    json.Field("body", BodyOf(job)).EndObject();
    requests << json.text() << '\n';
  }
  return requests.good() ? 0 : 1;
}
