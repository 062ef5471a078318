// SPDX-License-Identifier: Apache-2.0
#include "base/codec/image_reference.h"

#include <gtest/gtest.h>

#include <ostream>

namespace hullmark::codec {
namespace {

constexpr std::string_view kDigest =
    "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
constexpr std::string_view kHex =
    "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

std::string WithDigest(std::string_view name) {
  return std::string(name) + "@" + std::string(kDigest);
}

struct GoodCase {
  std::string name;
  std::string text;
  std::string host, path, tag;
  bool digest = false;
};
std::ostream& operator<<(std::ostream& out, const GoodCase& c) { return out << c.text; }

class GoodReference : public testing::TestWithParam<GoodCase> {};

TEST_P(GoodReference, IsReadAndWrittenBack) {
  const GoodCase& c = GetParam();
  const Result<ImageReference> got = ImageReference::Parse(c.text);
  ASSERT_TRUE(got.has_value()) << got.error().message();
  EXPECT_EQ(got->host, c.host);
  EXPECT_EQ(got->path, c.path);
  EXPECT_EQ(got->tag, c.tag);
  EXPECT_EQ(got->digest.has_value(), c.digest);
  const Result<ImageReference> again = ImageReference::Parse(got->ToString());
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(again->ToString(), got->ToString());
}

INSTANTIATE_TEST_SUITE_P(
    Cases, GoodReference,
    testing::Values(
        GoodCase{"official", "nginx", "docker.io", "library/nginx", ""},
        GoodCase{"official_tag", "nginx:1.27-alpine", "docker.io", "library/nginx", "1.27-alpine"},
        GoodCase{"official_digest", WithDigest("nginx"), "docker.io", "library/nginx", "", true},
        GoodCase{"tag_and_digest", WithDigest("nginx:1.27"), "docker.io", "library/nginx", "1.27",
                 true},
        GoodCase{"user", "grafana/grafana:11", "docker.io", "grafana/grafana", "11"},
        GoodCase{"hub_spelled_out", "docker.io/nginx", "docker.io", "library/nginx", ""},
        GoodCase{"hub_library", "docker.io/library/nginx", "docker.io", "library/nginx", ""},
        GoodCase{"hub_old_name", "index.docker.io/grafana/grafana", "docker.io", "grafana/grafana",
                 ""},
        GoodCase{"host_dot", "ghcr.io/acme/shop:v1", "ghcr.io", "acme/shop", "v1"},
        GoodCase{"host_port", "registry:5000/shop:v1", "registry:5000", "shop", "v1"},
        GoodCase{"host_port_no_tag", "registry:5000/shop", "registry:5000", "shop", ""},
        GoodCase{"localhost", "localhost/shop", "localhost", "shop", ""},
        GoodCase{"ipv4_port", "127.0.0.1:5000/a/b:c", "127.0.0.1:5000", "a/b", "c"},
        GoodCase{"ipv6", "[::1]/shop:v1", "[::1]", "shop", "v1"},
        GoodCase{"ipv6_port", WithDigest("[2001:db8::1]:5000/shop"), "[2001:db8::1]:5000", "shop",
                 "", true},
        GoodCase{"host_upper", "GHCR.io/acme/shop", "ghcr.io", "acme/shop", ""},
        GoodCase{"first_is_no_host", "registry/shop", "docker.io", "registry/shop", ""},
        GoodCase{"name_and_port_is_tag", "registry:5000", "docker.io", "library/registry", "5000"},
        GoodCase{"separators", "a.io/a-b/c__d/e_f/g.h/i---j", "a.io", "a-b/c__d/e_f/g.h/i---j", ""},
        GoodCase{"tag_capitals", "a.io/b:_V1.0-RC", "a.io", "b", "_V1.0-RC"},
        GoodCase{"tag_longest", "a.io/b:" + std::string(128, 'x'), "a.io", "b",
                 std::string(128, 'x')},
        GoodCase{"path_longest", "a.io/" + std::string(255, 'x'), "a.io", std::string(255, 'x'),
                 ""},
        GoodCase{"hex_with_host", "a.io/" + std::string(kHex), "a.io", std::string(kHex), ""},
        GoodCase{"kind_node", WithDigest("docker.io/kindest/kindnetd:v20230511-dc714da8"),
                 "docker.io", "kindest/kindnetd", "v20230511-dc714da8", true}),
    [](const auto& row) { return row.param.name; });

struct BadCase {
  std::string name;
  std::string text;
};
std::ostream& operator<<(std::ostream& out, const BadCase& c) { return out << c.text; }

class BadReference : public testing::TestWithParam<BadCase> {};

TEST_P(BadReference, IsRefused) {
  const Result<ImageReference> got = ImageReference::Parse(GetParam().text);
  ASSERT_FALSE(got.has_value()) << got->ToString();
  EXPECT_EQ(got.error().code(), Errc::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadReference,
    testing::Values(
        BadCase{"empty", ""}, BadCase{"blank", " nginx"}, BadCase{"newline", "nginx\n"},
        BadCase{"upper_path", "ghcr.io/Acme/shop"}, BadCase{"upper_name", "Nginx"},
        BadCase{"scheme", "https://ghcr.io/acme/shop"}, BadCase{"empty_tag", "nginx:"},
        BadCase{"tag_dot", "nginx:.1"}, BadCase{"tag_dash", "nginx:-1"},
        BadCase{"tag_plus", "nginx:1+2"}, BadCase{"tag_too_long", "nginx:" + std::string(129, 'x')},
        BadCase{"empty_digest", "nginx@"}, BadCase{"short_digest", "nginx@sha256:00"},
        BadCase{"other_algorithm", "nginx@sha512:" + std::string(128, '0')},
        BadCase{"upper_digest", "nginx@sha256:" + std::string(64, 'A')},
        BadCase{"two_digests", WithDigest(WithDigest("nginx"))},
        BadCase{"empty_component", "ghcr.io/acme//shop"},
        BadCase{"ends_with_slash", "ghcr.io/acme/"}, BadCase{"starts_with_slash", "/acme/shop"},
        BadCase{"separator_first", "a.io/-b"}, BadCase{"separator_last", "a.io/b_"},
        BadCase{"two_dots", "a.io/b..c"}, BadCase{"three_underscores", "a.io/b___c"},
        BadCase{"mixed_separators", "a.io/b_-c"}, BadCase{"port_zero", "a.io:0/b"},
        BadCase{"port_too_big", "a.io:65536/b"}, BadCase{"port_empty", "a.io:/b"},
        BadCase{"port_sign", "a.io:+1/b"}, BadCase{"host_dash", "-a.io/b"},
        BadCase{"host_empty_label", "a..io/b"}, BadCase{"host_underscore", "a_b.io/c"},
        BadCase{"ipv6_open", "[::1/b"}, BadCase{"ipv6_bad", "[::g]/b"},
        BadCase{"ipv6_tail", "[::1]x/b"}, BadCase{"ipv6_zone", "[fe80::1%eth0]/b"},
        BadCase{"ipv6_nul", std::string("[::1\0]/b", 8)},
        BadCase{"path_too_long", "a.io/" + std::string(256, 'x')},
        BadCase{"host_too_long", std::string(254, 'a') + ".io/b"},
        BadCase{"label_too_long", std::string(64, 'a') + ".io/b"},
        BadCase{"all_too_long", "a.io/" + std::string(2000, 'x')},
        BadCase{"image_id", std::string(kHex)}, BadCase{"bare_digest", std::string(kDigest)},
        BadCase{"host_only_upper", "Registry/shop"}, BadCase{"nul", std::string("ng\0nx", 5)},
        BadCase{"not_ascii", "ngïnx"}),
    [](const auto& row) { return row.param.name; });

struct RuntimeCase {
  std::string name;
  std::string text;
  bool digest = false;
  std::string repository = {};
};
std::ostream& operator<<(std::ostream& out, const RuntimeCase& c) { return out << c.text; }

class RuntimeId : public testing::TestWithParam<RuntimeCase> {};

TEST_P(RuntimeId, GivesDigestAndHint) {
  const RuntimeCase& c = GetParam();
  const Result<RuntimeImageId> got = ParseRuntimeImageId(c.text);
  ASSERT_TRUE(got.has_value()) << got.error().message();
  ASSERT_EQ(got->digest.has_value(), c.digest);
  if (c.digest) {
    EXPECT_EQ(got->digest->ToString(), kDigest);
  }
  EXPECT_EQ(got->repository, c.repository);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RuntimeId,
    testing::Values(
        RuntimeCase{"not_pulled", ""}, RuntimeCase{"scheme_only", "docker://"},
        RuntimeCase{"containerd", WithDigest("ghcr.io/acme/shop"), true, "ghcr.io/acme/shop"},
        RuntimeCase{"tag_and_digest", WithDigest("docker.io/kindest/kindnetd:v1"), true,
                    "docker.io/kindest/kindnetd"},
        RuntimeCase{"side_loaded", WithDigest("docker.io/library/import-2023-03-30"), true,
                    "docker.io/library/import-2023-03-30"},
        RuntimeCase{"bare_digest", std::string(kDigest), true, ""},
        RuntimeCase{"bare_hex", std::string(kHex), true, ""},
        RuntimeCase{"pullable", "docker-pullable://" + WithDigest("nginx"), true,
                    "docker.io/library/nginx"},
        RuntimeCase{"docker_id", "docker://" + std::string(kDigest), true, ""},
        RuntimeCase{"docker_hex", "docker://" + std::string(kHex), true, ""},
        RuntimeCase{"containerd_scheme", "containerd://" + std::string(kDigest), true, ""},
        RuntimeCase{"crio_scheme", "cri-o://" + std::string(kHex), true, ""},
        RuntimeCase{"crio_pair", WithDigest("quay.io:443/openshift/origin"), true,
                    "quay.io:443/openshift/origin"},
        RuntimeCase{"no_repository", WithDigest("<none>"), true, ""},
        RuntimeCase{"tag_only", "nginx:1.27", false, "docker.io/library/nginx"}),
    [](const auto& row) { return row.param.name; });

TEST(RuntimeIdRefused, WhenItIsNoForm) {
  for (const std::string_view text :
       {"sha256:00", "docker://<none>", "nginx@sha256:00", " ", "docker-pullable://docker://x y"}) {
    const Result<RuntimeImageId> got = ParseRuntimeImageId(text);
    ASSERT_FALSE(got.has_value()) << text;
    EXPECT_EQ(got.error().code(), Errc::kInputRefused);
  }
}

}  // namespace
}  // namespace hullmark::codec
