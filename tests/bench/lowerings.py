#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rewrites lowerings.csv: the lowering that the library in build/release plans for each row of
layers.csv and windows.csv (f32, plain, one thread) at each instruction-set level of this machine.
Cells of levels that this machine lacks stay. The suite `lowerings` compares the table.

    python3 tests/bench/lowerings.py [--library PATH]
"""
import argparse
import csv
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from side import install, native, rows  # noqa: E402

BENCH = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(BENCH, "lowerings.csv")
NEEDED = {"scalar": [], "avx2": ["avx2", "fma", "f16c"],
          "avx512": ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"]}


def levels():
    """Levels that this machine has."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = next((line for line in file if line.startswith("flags")), "").split()
    return [level for level, needed in NEEDED.items() if set(needed) <= set(flags)]


def kept():
    """The table as it is, by name."""
    if not os.path.exists(TABLE):
        return {}
    with open(TABLE, newline="", encoding="utf-8") as file:
        return {cells["name"]: cells for cells in csv.DictReader(file)}


def planned(pair, library, text, level):
    """The lowering of one problem."""
    request = native.Request(library.encode(), text.encode(), None, 1, native.ISAS[level], 0)
    report = native.Report()
    handle = pair.pair_open(request, report)
    if not handle:
        sys.exit(f"{text}: {report.error.decode()}")
    pair.pair_close(handle)
    return report.lowering.decode()


def main():
    """Plans every row at every level."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", default=f"{install.ROOT}/build/release/liblax.so.0")
    library = os.path.abspath(parser.parse_args().library)
    os.makedirs(install.FOLDER, exist_ok=True)
    install.compiled("self")
    pair, old, here = native.load_pair(install.FOLDER), kept(), levels()
    every = [row for name in ("layers", "windows") for row in rows.read(f"{BENCH}/{name}.csv")]
    with open(TABLE, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", *NEEDED, "text"])
        for row in every:
            text = " ".join(row.text().split())
            cells = [planned(pair, library, text, level) if level in here
                     else old.get(row.name, {}).get(level, "") for level in NEEDED]
            writer.writerow([row.name, *cells, text])


if __name__ == "__main__":
    main()
