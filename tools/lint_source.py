# SPDX-License-Identifier: Apache-2.0
"""What the checks of tools/lint share: the tree's files, the rooms, and C++ without comments and strings."""
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tree_files(root=ROOT):
    """Paths of all files that are or would be committed, relative to `root`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True).stdout
    return sorted(path for path in set(listed.split("\0")) if path and (root / path).is_file())


def is_cpp(path):
    return path.endswith((".cpp", ".h"))


class Room:
    def __init__(self, name, folder, arrows, libraries):
        self.name, self.folder, self.arrows, self.libraries = name, folder, arrows, libraries


def read_rooms(text):
    """The rows of tools/rooms.txt, by name."""
    rooms = {}
    for line in text.splitlines():
        if not re.match(r"[a-z]", line):
            continue
        name, folder, arrows, libraries = line.split()
        listed = [[] if column == "-" else column.split(",") for column in (arrows, libraries)]
        rooms[name] = Room(name, folder, *listed)
    return rooms


def reachable(rooms, name):
    """The rooms that `name` may include, itself among them: arrows carry on."""
    seen, waiting = set(), [name]
    while waiting:
        room = waiting.pop()
        if room not in seen:
            seen.add(room)
            waiting += rooms[room].arrows
    return seen


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'", re.S)


def blank(code, keep_strings=False):
    """`code` with comments, strings and characters blanked; lines stay where they are."""
    def replace(match):
        text = match.group()
        if keep_strings and not text.startswith("/"):
            return text
        body = re.sub(r"[^\n]", " ", text)
        return body if text.startswith("/") else '"' + body[1:-1] + '"' if len(body) > 1 else body
    return TOKEN.sub(replace, code)


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def includes(code):
    """(line, quoted or not, path) of every #include."""
    for match in INCLUDE.finditer(blank(code, keep_strings=True)):
        yield code.count("\n", 0, match.start(1)) + 1, match.group(1) == '"', match.group(2)


def closure(path, root=ROOT, seen=None):
    """The project files that `path` includes, itself first."""
    seen = {} if seen is None else seen
    if path in seen:
        return seen
    try:
        code = (root / path).read_text(errors="replace")
    except OSError:
        return seen
    seen[path] = code
    for _, quoted, included in includes(code):
        if quoted:
            for folder in ("src", os.path.dirname(path), "tests"):
                candidate = os.path.normpath(os.path.join(folder, included))
                if (root / candidate).is_file():
                    closure(candidate, root, seen)
                    break
    return seen
