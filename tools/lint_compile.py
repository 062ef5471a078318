#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that need a compiler: every header alone, and clang-tidy on what changed.

What passed is remembered in build/, by the hash of the file, of all it includes from the tree, and of the check."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import lint_source as source

JOBS = int(os.environ.get("HM_LINT_JOBS", "2"))
HEADER_COMMAND = ["g++", "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Werror", "-Isrc", "-Itests", "-DFMT_HEADER_ONLY",
                  '-DHM_VERSION="0"', "-x", "c++", "-"]


class Passed:
    """The remembered hashes of one check."""

    def __init__(self, name):
        self.path = source.ROOT / "build" / f"lint-{name}.passed"
        self.hashes = set(self.path.read_text().split()) if self.path.exists() else set()

    def add(self, value):
        self.hashes.add(value)
        self.path.parent.mkdir(exist_ok=True)
        with open(self.path, "a", encoding="ascii") as out:
            out.write(value + "\n")


def hash_of(path, check):
    total = hashlib.sha256(check.encode())
    for name, code in sorted(source.closure(path).items()):
        total.update(f"{name}\0{len(code)}\0{code}".encode())
    return total.hexdigest()


def run_all(name, check, paths, command_of):
    """Runs a command for each path that has not passed as it is; prints what failed."""
    passed = Passed(name)
    waiting = {path: hash_of(path, check) for path in paths}
    waiting = {path: value for path, value in waiting.items() if value not in passed.hashes}
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        def one(path):
            command, text = command_of(path)
            done = subprocess.run(command, cwd=source.ROOT, input=text, capture_output=True, text=True, check=False)
            return path, done
        for path, done in pool.map(one, sorted(waiting)):
            if done.returncode == 0:
                passed.add(waiting[path])
            else:
                failed += 1
                print(f"== {path}\n{done.stdout}{done.stderr}", flush=True)
    print(f"{name}: {len(paths)} files, {len(waiting)} looked at, {failed} failed")
    return 1 if failed else 0


def check_headers():
    headers = [path for path in source.tree_files() if path.endswith(".h")]
    version = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True).stdout
    # Twice: the second must change nothing.
    return run_all("headers", version + " ".join(HEADER_COMMAND), headers,
                   lambda path: (HEADER_COMMAND, f'#include "{path}"\n#include "{path}"\n'))


def compile_database():
    """The folder of the newest build that has one."""
    found = [folder for folder in (source.ROOT / "build").glob("*/compile_commands.json")
             if not folder.parent.name.startswith("fuzz")]
    named = os.environ.get("HULLMARK_BUILD")
    if named and os.path.exists(os.path.join(named, "compile_commands.json")):
        return named
    dev = source.ROOT / "build/dev/compile_commands.json"
    if dev in found:
        return str(dev.parent)
    if not found:
        sys.exit("tidy: no compile_commands.json under build/; run `cmake --preset dev` first")
    return str(max(found, key=lambda path: path.stat().st_mtime).parent)


def changed_since(base):
    """Sources that differ from `base`, committed or not; with a header, its own source."""
    listed = subprocess.run(["git", "diff", "--name-only", "--diff-filter=d", base], cwd=source.ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    fresh = subprocess.run(["git", "ls-files", "--others", "--exclude-standard"], cwd=source.ROOT, check=True,
                           capture_output=True, text=True).stdout.split("\n")
    changed = {path[:-2] + ".cpp" if path.endswith(".h") else path for path in listed + fresh}
    return {path for path in changed if path.endswith(".cpp") and (source.ROOT / path).exists()}


def check_tidy(base):
    build = compile_database()
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        built = {os.path.relpath(entry["file"], source.ROOT) for entry in json.load(file)}
    changed = changed_since(base)
    for path in sorted(changed - built):
        print(f"tidy: {path} is not in {build}; configure again to have it looked at")
    check = (source.ROOT / ".clang-tidy").read_text() + pathlib.Path(__file__).read_text()
    # The commands are g++'s: flags that clang does not know, and what it alone complains of (cmake/libraries.cmake).
    command = ["clang-tidy-19", "--quiet", "-p", build] + [
        f"--extra-arg=-Wno-{warning}" for warning in (
            "unknown-warning-option", "unused-result", "deprecated-declarations", "sign-conversion")]
    return run_all("tidy", check, sorted(changed & built), lambda path: (command + [path], None))


def main():
    if sys.argv[1:2] == ["headers"]:
        return check_headers()
    if sys.argv[1:2] == ["tidy"] and len(sys.argv) == 3:
        return check_tidy(sys.argv[2])
    sys.exit("usage: lint_compile.py headers | tidy BASE")


if __name__ == "__main__":
    sys.exit(main())
