#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Registry sync of 2,000 tags (--quick: 200), cold and unchanged: one JSON object a row.  Needs docker-registry."""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("HULLMARK_BIN", ROOT / "build" / "release" / "bin"))

if __name__ == "__main__":
    program = str(BIN / "registry_sync")
    os.execv(program, [program, "200" if "--quick" in sys.argv[1:] else "2000"])
