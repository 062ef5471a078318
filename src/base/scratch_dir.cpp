// SPDX-License-Identifier: Apache-2.0
#include "base/scratch_dir.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/check.h"
#include "base/text.h"

namespace hullmark {

ScratchDir::ScratchDir() {
  const char* parent = std::getenv("TMPDIR");
  path_ = Cat({parent != nullptr && *parent != '\0' ? parent : "/tmp", "/hullmark-XXXXXX"});
  HM_CHECK(mkdtemp(path_.data()) != nullptr, "a scratch folder can be made (see TMPDIR)");
}

ScratchDir::~ScratchDir() {
  std::error_code ignored;  // a leftover scratch folder harms nobody
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchDir::Of(std::string_view name) const { return Cat({path_, "/", name}); }

}  // namespace hullmark
