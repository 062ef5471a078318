// SPDX-License-Identifier: Apache-2.0
//
// Gives a fuzz target every file of its corpus: what ordinary builds run instead of libFuzzer.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1], error)) {
    paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);
  if (paths.empty()) {
    std::fprintf(stderr, "%s: no corpus; a target without inputs tests nothing\n", argv[1]);
    return 1;
  }
  for (const std::string& path : paths) {
    const hullmark::Result<std::string> bytes = hullmark::ReadFile(path, 64 << 20);
    if (!bytes) {
      std::fprintf(stderr, "%s\n", bytes.error().message().c_str());
      return 1;
    }
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);  // the last line names the input that ended the process
    // A copy on the heap of exactly that size, so that sanitizers see reads beyond its end.
    const std::vector<std::uint8_t> copy(bytes->begin(), bytes->end());
    LLVMFuzzerTestOneInput(copy.data(), copy.size());
  }
  std::printf("%zu inputs\n", paths.size());
  return 0;
}
