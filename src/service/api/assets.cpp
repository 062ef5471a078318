// SPDX-License-Identifier: Apache-2.0
#include "service/api/assets.h"

// g++ 12 has no #embed: the assembler takes the file in.  HM_OPENAPI_FILE is its path, set by the
// build.
__asm__(
    ".section .rodata\n"
    ".global hullmark_openapi_begin\n"
    "hullmark_openapi_begin:\n"
    ".incbin \"" HM_OPENAPI_FILE
    "\"\n"
    ".global hullmark_openapi_end\n"
    "hullmark_openapi_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char
    hullmark_openapi_begin[];  // NOLINT(readability-identifier-naming): an assembler label
extern const char hullmark_openapi_end[];  // NOLINT(readability-identifier-naming)
}

namespace hullmark::api {

std::string_view OpenApiDocument() { return {hullmark_openapi_begin, hullmark_openapi_end}; }

}  // namespace hullmark::api
