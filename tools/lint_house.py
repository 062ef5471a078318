#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that a look at the text can judge: licence lines, lengths, HM_TRY's places, things never written."""
import re
import sys

import lint_source as source

MAX_LINES = 400
MAX_HEADER_LINES = 150
SPDX = "SPDX-License-Identifier: Apache-2.0"
# Read by people or data, not code: any length.
LONG = re.compile(r"(\.(md|json|yaml|yml|txt|lock|svg|css|html)|LICENSE|NOTICE)$|^(tests/golden|fuzz/corpus)/|package-lock")

# Folders of one machine, fixed names under the shared temporary folder, and marks of an unfinished merge.
MACHINE_PATH = re.compile(r"(?<![\w.:$}/-])/(?:work(?:space|dir)?|builds|home/(?!runner\b)[a-z]\w*|Users/\w+|tmp/[A-Za-z]\w*)/")
CONFLICT = re.compile(r"^(<{7} |>{7} |={7}$)")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def closing(text, position):
    """Where the parenthesis that opens at `position` closes."""
    depth = 0
    for i in range(position, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return len(text) - 1


# What a value is assigned to: names, types, templates; nothing that is a value itself.
TARGET = re.compile(r"[\w:<>,\s*&\[\].()-]+$")


def without_control(statement):
    """`statement` without the `else`, `if (…)`, `for (…)`, `while (…)`, `case …:` or `label:` before it."""
    while True:
        statement = statement.lstrip()
        match = re.match(r"(if|for|while)\b(\s+constexpr)?\s*\(", statement)
        if match:
            end = closing(statement, match.end() - 1)
            if end == len(statement) - 1 and statement[end] != ")":
                return statement  # still inside the parentheses
            statement = statement[end + 1:]
            continue
        match = re.match(r"else\b|case\b[^:]*(::[^:]*)*:(?!:)|\w+\s*:(?!:)", statement)
        if not match:
            return statement.rstrip()
        statement = statement[match.end():]


def is_whole(statement):
    """Whether what stands before HM_TRY in its statement leaves it a whole statement, initialiser or return."""
    statement = without_control(statement)
    if statement in ("", "return"):
        return True
    target = statement[:-1].rstrip()
    return statement.endswith("=") and "=" not in target and target[-1:] not in "!<>+-|&*/%^" and \
        TARGET.match(target) is not None and target.split()[0] != "return"


def check_try(code):
    """Yields (line, complaint) for each HM_TRY that is no whole statement, whole initialiser or return."""
    text = source.blank(code)
    for match in re.finditer(r"\bHM_TRY\s*\(", text):
        if re.search(r"#\s*define\s+$", text[:match.start()]):
            continue
        after = text[closing(text, match.end() - 1) + 1:]
        statement = re.split(r"[;{}]", text[:match.start()])[-1]
        if re.match(r"\s*;", after) is None or not is_whole(statement):
            yield line_of(text, match.start()), ("HM_TRY stands inside a larger expression, where g++ 12 leaks finished "
                                                 "members; name its value first")


def check_cpp(path, code):
    lines = code.splitlines()
    if not lines or lines[0] != "// " + SPDX:
        yield 1, f"the first line wants to be `// {SPDX}`"
    if path.endswith(".h"):
        if "#pragma once" not in lines:
            yield 1, "a header wants `#pragma once`"
        if len(lines) < 3 or lines[1] != "//" or not lines[2].startswith("// "):
            yield 2, "a header wants a comment that says what it offers, after `//`"
    bare = source.blank(code)
    for match in re.finditer(r"\busing\s+namespace\b", bare):
        yield line_of(bare, match.start()), "`using namespace` hides where names come from; use a using-declaration"
    for match in re.finditer(r"\bco_(await|yield|return)\b", bare):
        yield line_of(bare, match.start()), "coroutines are unsafe under g++ 12"
    for match in re.finditer(r"(?<![\w.>:])(TODO|FIXME|XXX)\b(?!\(#\d+\))", code):
        yield line_of(code, match.start()), "an open end names its issue: TODO(#12)"
    yield from check_try(code)


def check_file(path, text):
    """Yields (line, complaint)."""
    count = len(text.splitlines())
    limit = MAX_HEADER_LINES if path.endswith(".h") else MAX_LINES
    if not LONG.search(path) and count > limit:
        yield limit, f"{count} lines, want at most {limit}; split it"
    if source.is_cpp(path):
        yield from check_cpp(path, text)
    elif path.endswith((".py", ".cmake", "CMakeLists.txt")) and SPDX not in "\n".join(text.splitlines()[:2]):
        yield 1, f"one of the first two lines wants to be `# {SPDX}`"
    if path.startswith("fuzz/corpus/") or "/golden/" in path:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield number, f"names a path of one machine: {MACHINE_PATH.search(line).group()}"
        if CONFLICT.match(line):
            yield number, "a mark of an unfinished merge"
        if line != line.rstrip() and not path.endswith(".md"):
            yield number, "blanks at the line's end"
    if text and not text.endswith("\n"):
        yield count, "the last line does not end"


def main():
    complaints = []
    for path in source.tree_files():
        data = (source.ROOT / path).read_bytes()
        if b"\0" in data:
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError:
            if not path.startswith(("fuzz/corpus/", "tests/")):
                complaints.append(f"{path}:1: is not UTF-8")
            continue
        complaints += [f"{path}:{line}: {what}" for line, what in check_file(path, text)]
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
