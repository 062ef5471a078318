#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layer check: #include lines against tools/rooms.txt.

A file includes its own room and what its arrows reach; a third-party header stands only in .cpp files of rooms that own
its library.  lint_test.py proves that what is forbidden is caught."""
import posixpath
import re
import sys

import lint_source as source

# The first pattern that fits an angle include decides which library it belongs to.
LIBRARIES = [
    (r"boost/unordered/", "boost-containers"),
    (r"boost/", "boost"),
    (r"fmt/", "fmt"),
    (r"(g(test|mock)|rapidcheck)[/.]", "testing"),
    (r"benchmark/", "benchmark"),
    (r"openssl/", "openssl"),
    (r"cjose/", "cjose"),
    (r"jansson\.h$", "jansson"),
    (r"libfyaml\.h$", "fyaml"),
    (r"simdjson\.h$", "simdjson"),
    (r"curl/", "curl"),
    (r"sqlite3\.h$", "sqlite"),
    (r"spdlog/", "spdlog"),
    (r"prometheus/", "prometheus"),
    (r"CLI/", "cli11"),
    (r"zlib\.h$", "zlib"),
]
SYSTEM = re.compile(
    r"[a-z0-9_]+$"  # the C++ standard library
    r"|(sys|netinet|arpa|linux)/[a-z0-9_]+\.h$"
    r"|(cxxabi|dirent|dlfcn|errno|fcntl|grp|ifaddrs|netdb|nss|poll|pthread|pty|pwd|sched|signal|spawn|stdint|stdio|stdlib"
    r"|string|strings|syslog|termios|time|unistd|wait)\.h$")

IN_HEADERS = {"boost-containers"}  # containers as members
FOR_TESTS = re.compile(r"^(tests|bench)/|_test\.(cpp|h)$|_fixture\.h$")


def room_of(rooms, path):
    """The room whose folder `path` stands in, directly."""
    folder = path.rpartition("/")[0]
    for room in rooms.values():
        if room.folder == folder:
            return room
    return None


def library_of(include):
    for pattern, library in LIBRARIES:
        if re.match(pattern, include):
            return library
    return None if SYSTEM.match(include) else "unknown"


def check_library(room, path, include):
    """What is wrong with `path` including the third-party (or system) header `include`; None when nothing is."""
    library = library_of(include)
    if library is None:
        return None
    if library == "unknown":
        return f"<{include}> belongs to no library that tools/lint_layers.py knows; add it there and to tools/dependencies.txt"
    if library == "testing":
        return None if FOR_TESTS.search(path) else f"<{include}> stands outside *_test.cpp and *_fixture.h files"
    if path.endswith(".h") and library not in IN_HEADERS:
        return f"<{include}> ({library}) stands in a header; only .cpp files include third-party headers"
    if room is None:  # tests/, bench/ and fuzz/ wire what they need
        return None
    if library == "benchmark":
        return f"<{include}> stands outside bench/"
    if library == "fmt" or library in room.libraries:
        return None
    return f"<{include}>: the room {room.name} does not own the library {library} (tools/rooms.txt)"


def check_file(rooms, path, code, exists):
    """Yields (line, complaint).  `exists(path)` says whether the tree has a file."""
    room = room_of(rooms, path)
    in_rooms = path.startswith(("src/", "apps/"))
    if in_rooms and room is None:
        yield 1, "stands in a folder that is no room of tools/rooms.txt"
        return
    allowed = source.reachable(rooms, room.name) if room else set(rooms)
    for line, quoted, include in source.includes(code):
        if not quoted:
            complaint = check_library(room, path, include)
            if complaint:
                yield line, complaint
            continue
        target = "src/" + include
        if not exists(target):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), include))
            if path.startswith("src/"):
                yield line, f'"{include}" is no path from src/'
            elif not exists(beside) and not exists("tests/" + include):
                yield line, f'"{include}" is not in the tree'
            continue
        other = room_of(rooms, target)
        if other is None:
            yield line, f'"{include}" stands in no room'
        elif other.name not in allowed:
            yield line, (f"the room {room.name} may not include {other.name} ({include}); "
                         "a new arrow in tools/rooms.txt needs a decision in docs/adr/")


def check_table(rooms):
    """Yields complaints about the table itself."""
    for room in rooms.values():
        for arrow in room.arrows:
            if arrow not in rooms:
                yield f"tools/rooms.txt: {room.name} points at {arrow}, which is no room"
                return
    for room in rooms.values():
        for arrow in room.arrows:
            if room.name in source.reachable(rooms, arrow):
                yield f"tools/rooms.txt: {room.name} and {arrow} point at each other in a circle"


def main():
    rooms = source.read_rooms((source.ROOT / "tools/rooms.txt").read_text())
    complaints = list(check_table(rooms))
    files = source.tree_files()
    known = set(files)
    for path in [] if complaints else filter(source.is_cpp, files):
        code = (source.ROOT / path).read_text(errors="replace")
        complaints += [f"{path}:{line}: {what}" for line, what in check_file(rooms, path, code, known.__contains__)]
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
