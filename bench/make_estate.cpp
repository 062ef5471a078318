// SPDX-License-Identifier: Apache-2.0
//
// The sample estate of any size as an observation stream: `make_estate IMAGES` writes NDJSON to
// standard output.  What only the server may say (CI reports) is said as an import there; so runs
// are stated, pushes are not.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/model/frame.h"
#include "core/model/schema.h"
#include "sample/sample.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_estate IMAGES\n");
    return 2;
  }
  namespace model = hullmark::model;
  const auto done = hullmark::sample::GenerateSampleEstate(
      {.now = hullmark::SystemClock().Now(),
       .images = static_cast<std::size_t>(std::atol(argv[1]))},
      [](model::Observation frame) -> hullmark::Status {
        if (frame.header.source_kind == model::SourceKind::kCiReport) {
          frame.header.source_kind = model::SourceKind::kImport;
          std::erase_if(frame.records, [](const model::Record& record) {
            const auto* edge = std::get_if<model::EdgeRecord>(&record);
            if (edge != nullptr) return !model::MayWrite(model::SourceKind::kImport, edge->kind);
            const auto* entity = std::get_if<model::EntityRecord>(&record);
            return entity != nullptr && !model::MayWrite(model::SourceKind::kImport, entity->kind);
          });
        }
        const std::string text = model::WriteFrame(frame);
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
          return hullmark::Fail(hullmark::Errc::kUnavailable, "standard output cannot be written");
        }
        return {};
      });
  if (!done) std::fprintf(stderr, "make_estate: %s\n", done.error().message().c_str());
  return done ? 0 : 1;
}
