// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_view.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace hullmark::cli {
namespace {

constexpr std::string_view kAnswer =
    R"({"version":1,"ref":"127.0.0.1:5000/acme/shop:v1","at":"2026-11-21T10:00:00Z",
 "total":1,"cursor":null,"freshness":[{"source":"registry:127.0.0.1:5000","as_of":"2026-11-21T09:59:00Z","complete":true}],
 "matched":[{"kind":"Image","key":"sha256:1111111111111111111111111111111111111111111111111111111111111111","by":"tag"}],
 "origins":[{"image":"sha256:1111111111111111111111111111111111111111111111111111111111111111","level":"reported",
   "how":"built","why":"the job itself, proven by its token, says that it built and pushed this digest",
   "repository":{"key":"github.com#101","name":"github.com/acme-corporation/shop-frontend"},
   "commit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","ref":"refs/heads/main","pipeline":".github/workflows/build.yml",
   "run":{"id":"1001","attempt":2,"url":"https://github.com/acme/shop/actions/runs/1001/attempts/2","actor":"octo\u001b[31mcat","event":"push"},
   "job":"build","via":[],"evidence":[{"kind":"ci-report","level":"reported","binding":{"push":"named","body":false},
     "source":"ci:github.com","observed_at":"2026-11-21T09:58:00Z",
     "subject":"sha256:1111111111111111111111111111111111111111111111111111111111111111","detail":""}]}],
 "unknown":[],"conflicts":[],
 "images":[{"digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","indexes":[],
   "config_digest":"sha256:2222222222222222222222222222222222222222222222222222222222222222","platform":"linux/amd64",
   "locations":["127.0.0.1:5000/acme/shop:v1","127.0.0.1:5000/acme/shop@sha256:1111111111111111111111111111111111111111111111111111111111111111"]}],
 "running":[{"image":"sha256:1111111111111111111111111111111111111111111111111111111111111111","cluster":"prod-eu",
   "namespace":"shop","workload":"Deployment/web","pod":"web-1","container":"web"}]})";

TEST(ShowTrace, DrawsTheChainWithinEightyColumns) {
  const auto document = codec::JsonDocument::Parse(kAnswer);
  ASSERT_TRUE(document.has_value()) << document.error().message();
  const std::string shown = ShowTrace(document->root(), Terminal{});
  for (std::string_view line : Split(shown, '\n')) EXPECT_LE(WidthOf(line), 80U) << line;
  for (const char* want : {"Source", "Pipeline run", "Registry", "Runtime", "build.yml",
                           "run 1001 try 2", "prod-eu/shop", "Deployment, 1 pod", ":v1", "reported",
                           "how: built", "registry:127.0.0.1:5000 as of"}) {
    EXPECT_NE(shown.find(want), std::string::npos) << want << "\n" << shown;
  }
}

TEST(ShowTrace, DisarmsUntrustedText) {
  const auto document = codec::JsonDocument::Parse(kAnswer);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(ShowTrace(document->root(), Terminal{}).find('\x1b'), std::string::npos);
}

TEST(ShowTrace, SaysWhatIsUnknownAndTheMend) {
  const auto document = codec::JsonDocument::Parse(
      R"({"ref":"x","matched":[],"origins":[],"total":0,"unknown":[{"subject":{"kind":"Container","key":"c"},
          "reason":"no pipeline reported it","mend":"add `hullmark-ci report` to the pipeline"}],
          "conflicts":[],"images":[],"running":[],"freshness":[]})");
  ASSERT_TRUE(document.has_value());
  const std::string shown = ShowTrace(document->root(), Terminal{});
  EXPECT_NE(shown.find("unknown    Container c"), std::string::npos) << shown;
  EXPECT_NE(shown.find("mend: add `hullmark-ci report`"), std::string::npos) << shown;
}

}  // namespace
}  // namespace hullmark::cli
