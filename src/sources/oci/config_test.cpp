// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "sources/oci/manifest.h"

namespace hullmark::oci {
namespace {

// As Debian's Docker 20.10 writes a config, and as skopeo 1.9.3 wrote the same one when it
// recompressed the image to zstd (recorded).
constexpr std::string_view kByDocker =
    R"({"architecture": "amd64", "config": {"Hostname": "", "Domainname": "", "User": "", )"
    R"("AttachStdin": false, "AttachStdout": false, "AttachStderr": false, "Tty": false, )"
    R"("OpenStdin": false, "StdinOnce": false, "Env": ["PATH=/usr/bin"], )"
    R"("Cmd": ["sh", "-c", "a && b <c>"], )"
    R"("Image": "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", )"
    R"("Volumes": null, "WorkingDir": "", "Entrypoint": null, "OnBuild": null, )"
    R"("Labels": {"x": "é<>&"}}, "container": "abc", "container_config": {"Hostname": "abc"}, )"
    R"("created": "2026-11-21T20:23:55.120000000Z", "docker_version": "20.10.24+dfsg1", )"
    R"("history": [{"created": "2026-11-21T20:23:55.1Z", )"
    R"("created_by": "/bin/sh -c #(nop) COPY a", "empty_layer": false}, )"
    R"({"created": "2026-11-21T20:23:55.12Z", "created_by": "CMD", "empty_layer": true}], )"
    R"("os": "linux", "rootfs": {"type": "layers", "diff_ids": )"
    R"(["sha256:ed27797b0a6838a3fba0b8fd54b56e74a718ce3a743d7316c1f52c31c150f725"]}})";
constexpr std::string_view kBySkopeo =
    R"({"created":"2026-11-21T20:23:55.12Z","architecture":"amd64","os":"linux",)"
    R"("config":{"Env":["PATH=/usr/bin"],"Cmd":["sh","-c","a \u0026\u0026 b \u003cc\u003e"],)"
    R"("Labels":{"x":"é\u003c\u003e\u0026"}},"rootfs":{"type":"layers","diff_ids":)"
    R"(["sha256:ed27797b0a6838a3fba0b8fd54b56e74a718ce3a743d7316c1f52c31c150f725"]},)"
    R"("history":[{"created":"2026-11-21T20:23:55.1Z","created_by":"/bin/sh -c #(nop) COPY a"},)"
    R"({"created":"2026-11-21T20:23:55.12Z","created_by":"CMD","empty_layer":true}]})";

TEST(ConfigFingerprint, SurvivesARecordedRecompression) {
  const auto docker = ParseConfig(kByDocker);
  const auto skopeo = ParseConfig(kBySkopeo);
  ASSERT_TRUE(docker) << docker.error().message();
  ASSERT_TRUE(skopeo) << skopeo.error().message();
  EXPECT_EQ(docker->fingerprint, skopeo->fingerprint);
  EXPECT_EQ(docker->diff_ids, skopeo->diff_ids);
  EXPECT_EQ(docker->labels, (Pairs{{"x", "é<>&"}}));
  EXPECT_EQ(docker->platform, "linux/amd64");
  EXPECT_EQ(docker->created, "2026-11-21T20:23:55.120000000Z");
}

// Stored in estates: a change of it would part images from their origins.
TEST(ConfigFingerprint, IsWhatItAlwaysWas) {
  const auto config = ParseConfig(kBySkopeo);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->fingerprint.ToString(),
            "sha256:d14cfaae8e899a7ed969840cc472e2ce484dc7614f6db59bc1c5a7a953cb7977");
}

struct FingerprintCase {
  std::string_view name, one, other;
  bool same;
};
constexpr FingerprintCase kFingerprints[] = {
    {"order_of_keys", R"({"os":"linux","created":"x"})", R"({"created":"x","os":"linux"})", true},
    {"null_and_absent", R"({"os":"linux","config":null})", R"({"os":"linux"})", true},
    {"order_within_labels", R"({"config":{"Labels":{"a":"1","b":"2"}}})",
     R"({"config":{"Labels":{"b":"2","a":"1"}}})", true},
    {"zeros_of_a_time", R"({"created":"2026-01-01T00:00:00.500Z"})",
     R"({"created":"2026-01-01T00:00:00.5Z"})", true},
    {"only_zeros_of_a_time", R"({"created":"2026-01-01T00:00:00.000Z"})",
     R"({"created":"2026-01-01T00:00:00Z"})", true},
    {"who_made_it", R"({"os":"linux","author":"a"})", R"({"os":"linux","docker_version":"1"})",
     true},
    {"one_label", R"({"config":{"Labels":{"a":"1"}}})", R"({"config":{"Labels":{"a":"2"}}})",
     false},
    {"a_label_without_text", R"({"config":{"Labels":{"a":""}}})", R"({"config":{"Labels":{}}})",
     false},
    {"the_command", R"({"config":{"Cmd":["a","b"]}})", R"({"config":{"Cmd":["b","a"]}})", false},
    {"the_command_s_bounds", R"({"config":{"Cmd":["a b"]}})", R"({"config":{"Cmd":["a","b"]}})",
     false},
    {"a_volume", R"({"config":{"Volumes":{"/v":{}}}})", R"({"config":{}})", false},
    {"the_user", R"({"config":{"User":"1"}})", R"({"config":{"User":"0"}})", false},
    {"the_platform", R"({"os":"linux","architecture":"amd64"})",
     R"({"os":"linux","architecture":"arm64"})", false},
    {"the_variant", R"({"architecture":"arm","variant":"v6"})",
     R"({"architecture":"arm","variant":"v7"})", false},
    {"created", R"({"created":"2026-01-01T00:00:00Z"})", R"({"created":"2026-01-01T00:00:01Z"})",
     false},
    {"the_history", R"({"history":[{"created_by":"a"}]})", R"({"history":[{"created_by":"b"}]})",
     false},
    {"an_empty_layer", R"({"history":[{"created_by":"a","empty_layer":true}]})",
     R"({"history":[{"created_by":"a"}]})", false},
    {"a_member_of_another_place", R"({"config":{"created":"a"}})", R"({"created":"a"})", false},
};
class ConfigFingerprintOf : public testing::TestWithParam<FingerprintCase> {};
TEST_P(ConfigFingerprintOf, KeepsApartOnlyWhatDiffers) {
  const auto one = ParseConfig(GetParam().one);
  const auto other = ParseConfig(GetParam().other);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->fingerprint == other->fingerprint, GetParam().same);
}
INSTANTIATE_TEST_SUITE_P(Cases, ConfigFingerprintOf, testing::ValuesIn(kFingerprints),
                         [](const auto& each) { return std::string(each.param.name); });

RC_GTEST_PROP(ConfigFingerprint, DoesNotDependOnTheOrderOfMembers, ()) {
  std::vector<std::string> members = {R"("os":"linux")",
                                      R"("architecture":"arm")",
                                      R"("variant":"v7")",
                                      R"("created":"2026-11-21T20:23:55Z")",
                                      R"("history":[{"comment":"c","created_by":"b"}])",
                                      R"("config":{"Env":["A=1"],"Labels":{"a":"b"}})",
                                      R"("rootfs":{"type":"layers"})",
                                      R"("author":null)"};
  const auto text = [&] {
    std::string joined;
    for (const std::string& member : members) joined += Cat({joined.empty() ? "{" : ",", member});
    return joined + "}";
  };
  const auto before = ParseConfig(text());
  RC_ASSERT(before.has_value());
  const auto order =
      *rc::gen::container<std::vector<int>>(members.size(), rc::gen::arbitrary<int>());
  std::vector<std::pair<int, std::string>> shuffled;
  for (std::size_t i = 0; i < members.size(); ++i) shuffled.emplace_back(order[i], members[i]);
  std::ranges::sort(shuffled);
  for (std::size_t i = 0; i < members.size(); ++i) members[i] = shuffled[i].second;
  RC_ASSERT(ParseConfig(text())->fingerprint == before->fingerprint);
}

struct BadConfig {
  std::string_view name, text;
};
constexpr BadConfig kBadConfigs[] = {
    {"not_json", "x"},
    {"not_an_object", "[]"},
    {"config_not_an_object", R"({"config":[]})"},
    {"rootfs_not_an_object", R"({"rootfs":"layers"})"},
    {"label_not_text", R"({"config":{"Labels":{"a":1}}})"},
    {"os_not_text", R"({"os":7})"},
    {"diff_ids_not_a_list", R"({"rootfs":{"diff_ids":"sha256:"}})"},
    {"diff_id_too_short", R"({"rootfs":{"diff_ids":["sha256:00"]}})"},
    {"diff_id_not_text", R"({"rootfs":{"diff_ids":[7]}})"},
    {"duplicate_key", R"({"os":"linux","os":"windows"})"},
};
class ParseConfigRefuses : public testing::TestWithParam<BadConfig> {};
TEST_P(ParseConfigRefuses, WhatIsNoConfig) {
  const auto config = ParseConfig(GetParam().text);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code(), Errc::kInputRefused);
  EXPECT_TRUE(config.error().message().starts_with("config")) << config.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, ParseConfigRefuses, testing::ValuesIn(kBadConfigs),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ParseConfig, HoldsItsLimits) {
  const std::string digest = "\"sha256:" + std::string(64, 'a') + "\"";
  const std::string two = Cat({R"({"rootfs":{"diff_ids":[)", digest, ",", digest, "]}}"});
  EXPECT_TRUE(ParseConfig(two));
  EXPECT_EQ(ParseConfig(two, {.max_layers = 1}).error().code(), Errc::kResourceExhausted);
  EXPECT_EQ(ParseConfig(two, {.max_config_bytes = 10}).error().code(), Errc::kResourceExhausted);
  EXPECT_FALSE(ParseConfig(two, {.max_depth = 2}));
}

}  // namespace
}  // namespace hullmark::oci
