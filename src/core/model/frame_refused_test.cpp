// SPDX-License-Identifier: Apache-2.0
//
// Every way a frame or a record can be wrong: the error names the record, the place and the mend.
#include <gtest/gtest.h>

#include <string>

#include "core/model/frame.h"

namespace hullmark::model {
namespace {

#define HM_DIGEST "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct Case {
  std::string_view name;
  std::string_view source_kind;  // of the frame the line stands in; empty: the line stands alone
  std::string_view line;
  std::string_view says;
};

const Case kCases[] = {
    // Lines.
    {"not_json", "import", "{\"entity\":", "record 2: "},
    {"two_values", "import", "{} {}", "record 2: "},
    {"duplicate_key", "import", R"({"end":{"count":0,"count":0}})", "record 2: "},
    {"not_utf8", "import", "{\"entity\":{\"kind\":\"Pod\",\"key\":\"\xff\"}}", "record 2: "},
    {"deep", "import", "[[[[[[[[[[1]]]]]]]]]]", "record 2: "},
    {"array", "import", "[]", "record 2: $: not an object; write {…}"},
    {"number", "import", "1", "record 2: "},
    {"nothing", "import", "{}",
     "record 2: $: 0 members; write exactly one of begin, entity, edge, unchanged, end"},
    {"two", "import", R"({"end":{"count":0},"edge":{}})", "record 2: $: 2 members"},
    {"unknown_line", "import", R"({"entitty":{}})",
     R"(record 2: $: unknown member "entitty"; did you mean "entity"?)"},
    {"empty_member", "import", R"({"":{}})",
     R"(record 2: $: unknown member ""; it is one of begin entity)"},
    // Frames.
    {"no_begin", "", R"({"end":{"count":0}})",
     "record 1: $.end: outside a frame; write a `begin` first"},
    {"entity_alone", "", R"({"entity":{"kind":"Pod","key":"p"}})",
     "record 1: $.entity: outside a frame"},
    {"begin_twice", "import",
     R"({"begin":{"version":1,"source":"s","source_kind":"import","extent":"e","sequence":1,"observed_at":"2026-11-21T10:00:00Z","complete":true}})",
     "record 2: $.begin: the frame before has no `end`; end it first"},
    {"count", "import", R"({"end":{"count":1}})",
     "record 2: $.end.count: 1, but the frame has 0 records; send those that are missing, or "
     "correct the count"},
    {"count_negative", "import", R"({"end":{"count":-1}})", "record 2: $.end.count: not a count"},
    {"count_missing", "import", R"({"end":{}})",
     R"(record 2: $.end: member "count" is missing; add it)"},
    {"end_stranger", "import", R"({"end":{"count":0,"x":1}})",
     R"(record 2: $.end: unknown member "x")"},
    {"version", "",
     R"({"begin":{"version":2,"source":"s","source_kind":"import","extent":"e","sequence":1,"observed_at":"2026-11-21T10:00:00Z","complete":true}})",
     "record 1: $.begin.version: not a version this program reads; write 1"},
    {"no_complete", "",
     R"({"begin":{"version":1,"source":"s","source_kind":"import","extent":"e","sequence":1,"observed_at":"2026-11-21T10:00:00Z"}})",
     R"(record 1: $.begin: member "complete" is missing; add it)"},
    {"complete_text", "",
     R"({"begin":{"version":1,"source":"s","source_kind":"import","extent":"e","sequence":1,"observed_at":"2026-11-21T10:00:00Z","complete":"yes"}})",
     "record 1: $.begin.complete: not a flag; write true or false"},
    {"observed_at", "",
     R"({"begin":{"version":1,"source":"s","source_kind":"import","extent":"e","sequence":1,"observed_at":"yesterday","complete":true}})",
     R"(record 1: $.begin.observed_at: "yesterday" is not a time; write it as 2026-11-21T10:00:00Z)"},
    {"sequence_zero", "",
     R"({"begin":{"version":1,"source":"s","source_kind":"import","extent":"e","sequence":0,"observed_at":"2026-11-21T10:00:00Z","complete":true}})",
     "record 1: $.begin.sequence: 0; count from 1"},
    {"sequence_text", "",
     R"({"begin":{"version":1,"source":"s","source_kind":"import","extent":"e","sequence":"1","observed_at":"2026-11-21T10:00:00Z","complete":true}})",
     "record 1: $.begin.sequence: not a count"},
    {"source_kind", "",
     R"({"begin":{"version":1,"source":"s","source_kind":"registri","extent":"e","sequence":1,"observed_at":"2026-11-21T10:00:00Z","complete":true}})",
     R"(record 1: $.begin.source_kind: unknown kind of source "registri"; did you mean "registry"?)"},
    {"source_empty", "",
     R"({"begin":{"version":1,"source":"","source_kind":"import","extent":"e","sequence":1,"observed_at":"2026-11-21T10:00:00Z","complete":true}})",
     "record 1: $.begin.source: empty; give it a value"},
    {"extent_control", "",
     R"({"begin":{"version":1,"source":"s","source_kind":"import","extent":"\u001b[2J","sequence":1,"observed_at":"2026-11-21T10:00:00Z","complete":true}})",
     "record 1: $.begin.extent: "},
    // Entities.
    {"kind_missing", "import", R"({"entity":{"key":"p"}})",
     R"(record 2: $.entity: member "kind" is missing; add it)"},
    {"kind_unknown", "import", R"({"entity":{"kind":"Pods","key":"p"}})",
     R"(record 2: $.entity.kind: unknown kind "Pods"; did you mean "Pod"?)"},
    {"kind_number", "import", R"({"entity":{"kind":18,"key":"p"}})",
     "record 2: $.entity.kind: not a string"},
    {"key_null", "import", R"({"entity":{"kind":"Pod","key":null}})",
     "record 2: $.entity.key: not a string"},
    {"key_empty", "import", R"({"entity":{"kind":"Pod","key":""}})",
     "record 2: $.entity.key: empty"},
    {"key_control", "import", R"({"entity":{"kind":"Pod","key":"a\nb"}})",
     "record 2: $.entity.key: "},
    {"entity_stranger", "import", R"({"entity":{"kind":"Pod","key":"p","propertys":{}}})",
     R"(record 2: $.entity: unknown member "propertys"; did you mean "properties"?)"},
    {"digest_upper", "import",
     R"({"entity":{"kind":"Image","key":"sha256:AAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}})",
     "is not a digest; write sha256: and 64 lower-case hex characters"},
    {"digest_bare", "import", R"({"entity":{"kind":"ImageIndex","key":"latest"}})",
     R"(record 2: $.entity.key: "latest" is not a digest)"},
    {"commit_short", "import", R"({"entity":{"kind":"Commit","key":"github.com#1@abc"}})",
     R"(record 2: $.entity.key: "github.com#1@abc" is not a commit; write <repository key>@<full sha)"},
    {"commit_bare", "import",
     R"({"entity":{"kind":"Commit","key":"@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}})",
     "is not a commit"},
    {"names_text", "import", R"({"entity":{"kind":"Pod","key":"p","names":"n"}})",
     "record 2: $.entity.names: not a list"},
    {"names_item", "import", R"({"entity":{"kind":"Pod","key":"p","names":["n",1]}})",
     "record 2: $.entity.names[1]: not a string"},
    {"names_empty", "import", R"({"entity":{"kind":"Pod","key":"p","names":[""]}})",
     "record 2: $.entity.names[0]: empty"},
    {"names_of_image", "import",
     R"({"entity":{"kind":"Image","key":")" HM_DIGEST R"(","names":["n"]}})",
     "record 2: $.entity.names: Image is named by its key alone; leave `names` out"},
    {"name_like_an_id", "import",
     R"({"entity":{"kind":"CodeRepository","key":"github.com#666","names":["github.com#101"]}})",
     R"(record 2: $.entity.names[0]: "github.com#101" has the form of an id)"},
    {"names_many", "import",
     R"({"entity":{"kind":"Pod","key":"p","names":["a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a"]}})",
     "record 2: $.entity.names: more than 16 names"},
    {"not_of_this_source", "registry", R"({"entity":{"kind":"Pod","key":"p"}})",
     "record 2: $.entity.kind: a source of kind registry may not state Pod; leave it out"},
    // Properties.
    {"properties_list", "import", R"({"entity":{"kind":"Pod","key":"p","properties":[]}})",
     "record 2: $.entity.properties: not an object"},
    {"property_unknown", "import",
     R"({"entity":{"kind":"Pod","key":"p","properties":{"k8s.pod.fase":"x"}}})",
     R"(record 2: $.entity.properties: unknown property "k8s.pod.fase"; did you mean "k8s.pod.phase"?)"},
    {"property_string", "import", R"({"entity":{"kind":"Pod","key":"p","properties":{"name":1}}})",
     "record 2: $.entity.properties[\"name\"]: not a string"},
    {"property_int", "import",
     R"({"entity":{"kind":"Pod","key":"p","properties":{"oci.image.size":1.5}}})",
     "record 2: $.entity.properties[\"oci.image.size\"]: not an integer"},
    {"property_bool", "import",
     R"({"entity":{"kind":"Pod","key":"p","properties":{"oci.layer.checked":1}}})",
     "record 2: $.entity.properties[\"oci.layer.checked\"]: not a flag"},
    {"property_time", "import",
     R"({"entity":{"kind":"Pod","key":"p","properties":{"oci.image.created":"2026"}}})",
     R"(record 2: $.entity.properties["oci.image.created"]: "2026" is not a time)"},
    {"property_strings", "import",
     R"({"entity":{"kind":"Pod","key":"p","properties":{"k8s.labels":["a",{}]}}})",
     "record 2: $.entity.properties[\"k8s.labels\"][1]: not a string"},
    // Edges.
    {"edge_unknown", "import", R"({"edge":{"kind":"TAGED","from":{},"to":{}}})",
     R"(record 2: $.edge.kind: unknown edge "TAGED"; did you mean "TAGGED"?)"},
    {"edge_no_to", "import", R"({"edge":{"kind":"TAGGED","from":{"kind":"Tag","key":"t"}}})",
     R"(record 2: $.edge: member "to" is missing; add it)"},
    {"edge_from_kind", "import",
     R"({"edge":{"kind":"TAGGED","from":{"kind":"Tagg","key":"t"},"to":{}}})",
     R"(record 2: $.edge.from.kind: unknown kind "Tagg"; did you mean "Tag"?)"},
    {"edge_to_key", "import",
     R"({"edge":{"kind":"TAGGED","from":{"kind":"Tag","key":"t"},"to":{"kind":"Image"}}})",
     R"(record 2: $.edge.to: member "key" is missing; add it)"},
    {"edge_to_digest", "import",
     R"({"edge":{"kind":"TAGGED","from":{"kind":"Tag","key":"t"},"to":{"kind":"Image","key":"sha256:1"}}})",
     R"(record 2: $.edge.to.key: "sha256:1" is not a digest)"},
    {"edge_from_end", "import",
     R"({"edge":{"kind":"TAGGED","from":{"kind":"Pod","key":"t"},"to":{"kind":"Image","key":")" HM_DIGEST
     R"("}}})",
     "record 2: $.edge.from.kind: TAGGED may not lead from Pod to Image; it leads from Tag to "
     "Image, Tag to ImageIndex"},
    {"edge_to_end", "import",
     R"({"edge":{"kind":"TAGGED","from":{"kind":"Tag","key":"t"},"to":{"kind":"Pod","key":"p"}}})",
     "record 2: $.edge.to.kind: TAGGED may not lead from Tag to Pod"},
    {"edge_derived", "import",
     R"({"edge":{"kind":"PUSHED_BY","from":{"kind":"Image","key":")" HM_DIGEST
     R"("},"to":{"kind":"CodeRepository","key":"r"}}})",
     "record 2: $.edge.kind: PUSHED_BY is computed by the server; leave it out"},
    {"push_by_import", "import",
     R"({"edge":{"kind":"PUSHED","from":{"kind":"Job","key":"j"},"to":{"kind":"Image","key":")" HM_DIGEST
     R"("}}})",
     "record 2: $.edge.kind: a source of kind import may not state PUSHED of Job; leave it out"},
    {"contains_of_another", "kubernetes",
     R"({"edge":{"kind":"CONTAINS","from":{"kind":"CodeOrganization","key":"o"},"to":{"kind":"CodeRepository","key":"r"}}})",
     "record 2: $.edge.kind: a source of kind kubernetes may not state CONTAINS of "
     "CodeOrganization"},
    {"qualifier", "import",
     R"({"edge":{"kind":"RUNS_ON","from":{"kind":"Pod","key":"p"},"to":{"kind":"Node","key":"n"},"qualifier":"\u0007"}})",
     "record 2: $.edge.qualifier: "},
    {"qualifier_list", "import",
     R"({"edge":{"kind":"RUNS_ON","from":{"kind":"Pod","key":"p"},"to":{"kind":"Node","key":"n"},"qualifier":[]}})",
     "record 2: $.edge.qualifier: not a string"},
    // Unchanged.
    {"unchanged_stranger", "import", R"({"unchanged":{"kind":"Pod","key":"p","names":[]}})",
     R"(record 2: $.unchanged: unknown member "names"; it is one of kind key)"},
    {"unchanged_source", "scm", R"({"unchanged":{"kind":"Pod","key":"p"}})",
     "record 2: $.unchanged.kind: a source of kind scm may not state Pod"},
    // The end of the input.
    {"no_end", "import", "",
     "record 2: the input is over and the frame has no `end`; write {\"end\":{\"count\":0}} after "
     "its last record"},
};

class FrameRefused : public testing::TestWithParam<Case> {};

TEST_P(FrameRefused, SaysWhereWhatAndTheMend) {
  const Case& c = GetParam();
  std::string text;
  if (!c.source_kind.empty()) {
    text = R"({"begin":{"version":1,"source":"s","source_kind":")" + std::string(c.source_kind) +
           R"(","extent":"e","sequence":1,"observed_at":"2026-11-21T10:00:00Z","complete":true}})" +
           "\n";
  }
  text += c.line;
  if (!c.line.empty()) text += '\n';
  FrameReader reader([](Observation) -> Status {
    ADD_FAILURE() << "a bad frame was handed over";
    return {};
  });
  Status status = reader.Feed(text);
  if (status) status = reader.Finish();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Errc::kInputRefused);
  EXPECT_NE(status.error().message().find(c.says), std::string::npos) << status.error().message();
}
INSTANTIATE_TEST_SUITE_P(Cases, FrameRefused, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

// What only a struct can have wrong: the JSON form cannot say it.
TEST(RecordRefused, InCode) {
  const auto says = [](const Record& record, const ObservationLimits& limits = {}) {
    const Status status = CheckRecord(record, SourceKind::kImport, limits);
    return status ? std::string() : status.error().message();
  };
  EntityRecord pod{EntityKind::kPod, "p", {}, {}};
  EXPECT_EQ(says(pod), "");
  pod.properties.Set(PropertyId::kImageSize, std::string("5"));
  EXPECT_EQ(says(pod), "$.entity.properties[\"oci.image.size\"]: wrong type; give an integer");
  pod.properties = {};
  pod.properties.Set(PropertyId::kName, std::string("a\0b", 3));
  EXPECT_EQ(says(pod), "$.entity.properties[\"name\"]: has a NUL character; leave it out");
  pod.properties.Set(PropertyId::kName, std::string("\xc3"));
  EXPECT_EQ(says(pod), "$.entity.properties[\"name\"]: not valid UTF-8; encode it as UTF-8");
  pod.properties.Set(PropertyId::kName, std::string("12345"));
  EXPECT_EQ(says(pod, {.max_value_bytes = 5}), "");
  EXPECT_EQ(says(pod, {.max_value_bytes = 4}),
            "$.entity.properties[\"name\"]: longer than 4 bytes; leave it out or shorten it");
  pod.properties = {};
  pod.properties.Set(PropertyId::kK8sLabels, std::vector<std::string>(5));
  EXPECT_NE(says(pod, {.max_value_bytes = 4}), "");
  EXPECT_NE(says(EntityRecord{EntityKind::kPod, "\xff", {}, {}}), "");
  EXPECT_NE(says(EntityRecord{static_cast<EntityKind>(200), "k", {}, {}}), "");
  EXPECT_NE(says(EdgeRecord{static_cast<EdgeKind>(200), {}, {}, "", {}}), "");
}

}  // namespace
}  // namespace hullmark::model
