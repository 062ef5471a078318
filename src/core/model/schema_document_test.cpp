// SPDX-License-Identifier: Apache-2.0
//
// docs/formats/schema.md is made from the tables here; UPDATE_GOLDEN=1 rewrites it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "core/model/schema.h"

namespace hullmark::model {
namespace {

std::string Code(std::string_view text) { return Cat({"`", text, "`"}); }

template <class Items, class NameOf>
std::string Joined(const Items& items, NameOf name_of) {
  std::string out;
  for (const auto& item : items) out += Cat({out.empty() ? "" : ", ", name_of(item)});
  return out;
}

std::string Render() {
  std::string out =
      Cat({"<!-- Made from src/core/model/schema_*.cpp by schema_document_test.cpp: change the "
           "tables, then run the test "
           "with UPDATE_GOLDEN=1. -->\n# Schema\n\nWhat an estate can hold. Property names follow "
           "OpenTelemetry semantic "
           "conventions ",
           kSemanticConventionsVersion,
           " where they exist.\nHow it is said on the wire: "
           "[observation.md](observation.md).\n\n## Kinds\n\n"
           "| kind | for people | key | alias |\n|---|---|---|---|\n"});
  for (const KindInfo& info : Kinds()) {
    out += Cat({"| ", info.name, " | ", info.display, " | ", Code(info.key_format), " | ",
                info.alias_format.empty() ? "none" : Code(info.alias_format), " |\n"});
  }
  out +=
      "\n## Edges\n\nA `Digest` may stand wherever an `Image` or `ImageIndex` may.\n\n"
      "| edge | for people | from → to |\n|---|---|---|\n";
  for (const EdgeInfo& info : Edges()) {
    out += Cat({"| ", info.name, info.derived ? " (computed, no source writes it)" : "", " | ",
                info.forward, " / ", info.backward, " | ",
                Joined(info.ends,
                       [](const EdgeEnds& ends) {
                         return Cat({InfoOf(ends.from).name, " → ", InfoOf(ends.to).name});
                       }),
                " |\n"});
  }
  constexpr std::string_view kTypes[] = {"string", "integer", "boolean", "time", "list of strings"};
  out +=
      "\n## Properties\n\nA *shared identifier* serves look-up and the joins of origin; it never "
      "makes two "
      "entities one.\n\n| property | for people | type | |\n|---|---|---|---|\n";
  for (const PropertyInfo& info : Properties()) {
    out += Cat({"| ", Code(info.name), " | ", info.display, " | ",
                kTypes[static_cast<std::size_t>(info.type)], " | ",
                info.shared_identifier ? "shared identifier" : "", " |\n"});
  }
  out +=
      "\n## What each kind of source may write\n\nAn edge may be written by a source that may "
      "write both the edge "
      "and the kind it starts from.\n\n| source | kinds | edges |\n|---|---|---|\n";
  for (const SourceKindInfo& info : SourceKinds()) {
    out += Cat(
        {"| ", Code(info.name), info.server_only ? " (only the server makes these)" : "", " | ",
         Joined(info.entities, [](EntityKind kind) { return std::string(InfoOf(kind).name); }),
         " | ", Joined(info.edges, [](EdgeKind kind) { return std::string(InfoOf(kind).name); }),
         " |\n"});
  }
  return out;
}

TEST(SchemaDocument, IsWhatTheTablesSay) {
  const auto path =
      std::filesystem::path(__FILE__).parent_path() / "../../../docs/formats/schema.md";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << Render();
  std::ifstream in(path);
  ASSERT_TRUE(in) << path;
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(in), {}}), Render())
      << "run with UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace hullmark::model
