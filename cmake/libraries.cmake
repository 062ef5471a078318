# SPDX-License-Identifier: Apache-2.0
#
# Third-party libraries, by the names of tools/rooms.txt: one interface target hm_lib_<name> each.  Debian 12 packages.

function(hm_library_by_name name)
  cmake_parse_arguments(arg "" "" "SHARED;STATIC" ${ARGN})
  add_library(hm_lib_${name} INTERFACE)
  set(names ${arg_SHARED})
  if(HM_STATIC)
    set(names ${arg_STATIC})
  endif()
  foreach(library ${names})
    string(MAKE_C_IDENTIFIER "hm_found_${library}" variable)
    find_library(${variable} NAMES ${library})
    if(${variable})
      target_link_libraries(hm_lib_${name} INTERFACE ${${variable}})
    elseif(NOT HM_STATIC)
      message(FATAL_ERROR "${library} is missing: run tools/install build")
    endif()
  endforeach()
endfunction()

find_package(Threads REQUIRED)
hm_library_by_name(jansson SHARED jansson STATIC libjansson.a)
hm_library_by_name(openssl SHARED ssl crypto STATIC libssl.a libcrypto.a)
hm_library_by_name(cjose SHARED cjose STATIC libcjose.a)
hm_library_by_name(fyaml SHARED fyaml STATIC libfyaml.a)
hm_library_by_name(curl SHARED curl STATIC)
hm_library_by_name(sqlite SHARED sqlite3 STATIC libsqlite3.a)
hm_library_by_name(simdjson SHARED simdjson STATIC)
hm_library_by_name(spdlog SHARED spdlog fmt STATIC)
hm_library_by_name(prometheus SHARED prometheus-cpp-core STATIC)
hm_library_by_name(boost SHARED boost_url STATIC libboost_url.a)
hm_library_by_name(boost-containers)
hm_library_by_name(cli11)
hm_library_by_name(fmt)
target_compile_definitions(hm_lib_spdlog INTERFACE SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB SPDLOG_SHARED_LIB)
target_compile_definitions(hm_lib_boost INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
                                                  BOOST_BEAST_SEPARATE_COMPILATION)
if(HM_SANITIZE STREQUAL "thread")
  # Instrumented code makes g++ 12 see frees of what was never allocated, inside std::expected.
  add_compile_options(-Wno-free-nonheap-object)
  target_compile_definitions(hm_lib_boost INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

# Flags of our own code.
add_library(hm_flags INTERFACE)
target_compile_options(hm_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough -Werror
  -Wno-missing-field-initializers)  # designated initialisers name what differs from the defaults
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees danger inside its own std::string and std::variant at -O2 (gcc bugs 105329, 105562).
  target_compile_options(hm_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
else()
  # clang takes a value that HM_TRY drops for a lost result, libstdc++ 12's stable_sort for a use of what it deprecates,
  # and -Wconversion to be about signs, too.
  target_compile_options(hm_flags INTERFACE -Wno-unused-result -Wno-deprecated-declarations -Wno-sign-conversion)
endif()
target_compile_definitions(hm_flags INTERFACE FMT_HEADER_ONLY HM_VERSION="${HM_VERSION}")
target_include_directories(hm_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(HM_STATIC)
  target_compile_definitions(hm_flags INTERFACE HM_STATIC=1)
endif()
target_link_libraries(hm_flags INTERFACE Threads::Threads)
if(HM_SANITIZE)
  add_compile_options(-fsanitize=${HM_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HM_SANITIZE})
  if(HM_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
