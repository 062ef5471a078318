#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges ctest's JUnit reports.

skips.py REPORT ALLOWED    fails when a test was skipped that ALLOWED does not name (one name or glob a line).
skips.py --total REPORT…   prints the closing line: N passed, N failed, N skipped.
"""
import fnmatch
import pathlib
import sys
import xml.etree.ElementTree as ET


def cases(report):
    for case in ET.parse(report).getroot().iter("testcase"):
        if case.find("failure") is not None or case.get("status") == "fail":
            yield case.get("name"), "failed"
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            yield case.get("name"), "skipped"
        else:
            yield case.get("name"), "passed"


def total(reports):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for report in reports:
        for _, outcome in cases(report):
            counts[outcome] += 1
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


def main(arguments):
    if arguments[:1] == ["--total"]:
        return total(arguments[1:])
    report, allowed_file = arguments
    lines = pathlib.Path(allowed_file).read_text().splitlines()
    allowed = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    bad = [name for name, outcome in cases(report)
           if outcome == "skipped" and not any(fnmatch.fnmatchcase(name, glob) for glob in allowed)]
    for name in bad:
        print(f"skipped, and tests/allowed_skips does not name it: {name}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
