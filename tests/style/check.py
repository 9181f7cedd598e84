#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that no compiler checks: who may include whom, licence lines, width, marks of
unfinished work, paths of one machine, lengths of functions and files.

check.py [ROOT] prints each breach as path:line: sentence and a table of lengths; exit status 1 if
there is any breach.
"""
import os
import re
import statistics
import subprocess
import sys

import budgets

STAGES = ["base", "cpu", "context", "spec", "shape", "layout", "kernel", "lower", "exec", "api"]
ONLY_IN = {  # an outside header, and the one place that may know it
    "libxsmm.h": "src/kernel/dot/xsmm.c",
    "pthreadpool.h": r"src/context/pool\.c|tests/bench/native/.*",
    "spng.h": "(src/cli|docs/examples)/.*",
    "immintrin.h": "src/(cpu|kernel)/.*",
    "check.h": "tests/.*",
}
CODE = (".c", ".h", ".def")
SCRIPT = (".sh", ".py", ".cmake", ".in", "CMakeLists.txt", ".ci/run")
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|^\s*#\s*if\s+0\b")
PLACES = re.compile(r"(?<![\w.}])/(wo" r"rk|ro" r"ot|ho" r"me|t" r"mp)/")
GENERATED = re.compile(r"^(LICENSE|docs/images/.*\.svg|tests/bench/.*\.csv|tests/golden/.*)$")


def files(root):
    """Paths of the project's text files, ignored ones left out."""
    command = ["git", "-C", root, "ls-files", "-z", "-c", "-o", "--exclude-standard"]
    listed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    for path in sorted(set(listed.split("\0"))):
        full = os.path.join(root, path)
        if path and os.path.isfile(full) and not path.endswith((".png", ".npy", ".npz", ".bin")):
            with open(full, encoding="utf-8") as file:
                yield path, file.read()


def licence(path, lines):
    """The licence line stands first, or second below #! or a line of the format."""
    if path.endswith(CODE):
        if not lines[0].startswith("/* SPDX-License-Identifier: Apache-2.0 */"):
            yield 1, "the first line must be the SPDX licence comment"
    elif path.endswith(SCRIPT):
        if not any(line.startswith("# SPDX-License-Identifier: Apache-2.0") for line in lines[:2]):
            yield 1, "the SPDX licence comment is missing"


def words(path, lines):
    """Width, marks, places."""
    if GENERATED.match(path):
        return
    for number, line in enumerate(lines, 1):
        if len(line) > 100 and not path.endswith(".md"):
            yield number, f"{len(line)} columns, 100 are allowed"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        if MARKS.search(line):
            yield number, "a mark of unfinished work"
        if PLACES.search(line):
            yield number, "a path of one machine"


def allowed(folder, header):
    """Whether src/FOLDER may include "HEADER" (written from src, or beside the file)."""
    if "/" not in header or folder == "":
        return True
    stage = header.split("/")[0]
    if stage == folder:
        return True
    if folder == "cli":
        return False
    if folder == "text":
        return stage in ("base", "kernel") or header in ("context/context.h", "shape/shape.h")
    if stage not in STAGES or folder not in STAGES:
        return False
    interface = stage == "base" or header == f"{stage}/{stage}.h"
    return interface and STAGES.index(stage) < STAGES.index(folder)


def includes(path, lines):
    """A stage knows the interfaces of the stages before it, and nothing else."""
    part = path.split("/")
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not match or not path.endswith(CODE):
            continue
        quote, header = match.groups()
        place = ONLY_IN.get(header)
        if place and not re.fullmatch(place, path):
            yield number, f"{header} may be included in {place} only"
        if part[0] == "src" and quote == '"' and not header.startswith("lax/"):
            folder = part[1] if len(part) > 2 else ""
            own = os.path.normpath(os.path.join(os.path.dirname(path), header))
            if ".." in header and not own.startswith(f"src/{folder}/"):
                yield number, f"{header} leaves src/{folder}"
            elif ".." not in header and not allowed(folder, header):
                yield number, f"src/{folder} must not include {header}"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    breaches = 0
    functions = []
    for path, text in files(root):
        lines = text.split("\n")
        found = list(licence(path, lines)) + list(words(path, lines)) + list(includes(path, lines))
        if path.endswith(CODE):
            own = budgets.functions(text)
            found += budgets.breaches(path, lines, own)
            functions += [(f.length, path) for f in own if path.startswith("src/")]
        breaches += len(found)
        for number, sentence in found:
            print(f"{path}:{number}: {sentence}")
    if functions:
        lengths = sorted(length for length, _ in functions)
        median, tenth = statistics.median(lengths), lengths[len(lengths) * 9 // 10]
        print(f"src: {len(lengths)} functions, median {median} lines, 90 % have at most {tenth}")
        breaches += (median > 10) + (tenth > 40)
    print(f"style: {breaches} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
