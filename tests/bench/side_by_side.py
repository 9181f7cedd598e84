#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times rows of layers.csv with `lax bench` and with another library's benchmark, in turn.

usage: side_by_side.py LAX PEER [--rounds 3] [--budget 0.2] [--core 0] [--match REGEX] [--csv OUT]

LAX is the command; PEER a command line with {name} for the row, which prints a csv line whose
columns are named by a header and hold ms_min (the peers' harnesses of the project print such).
The two run one after the other on the same core, ROUNDS times; the ratio of a row is the median of
peer / ours over the rounds, so that a machine whose speed drifts does not favour either. Rows: the
forward, channels-last, tier-1 layers with at least 8 input channels a group that a dense matrix
lowering is for. The last line is the geometric mean.
"""
import argparse
import csv
import io
import math
import os
import re
import shlex
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_DENSE = re.compile(r"dw|huge|1d-k4096")


def rows():
    """Names of the rows that brgemm was built for."""
    with open(os.path.join(HERE, "layers.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            per_group = int(row["Cin"]) // int(row["groups"])
            if (row["direction"] == "fwd" and row["tier"] == "1" and row["layout"].endswith("C")
                    and per_group >= 8 and not NOT_DENSE.search(row["class"])):
                yield row["name"]


def milliseconds(command, core):
    """ms_min of the one row that a benchmark prints."""
    text = subprocess.run(["taskset", "-c", str(core)] + command, capture_output=True, text=True,
                          check=False).stdout
    lines = [line for line in text.splitlines() if "," in line]
    for row in csv.DictReader(io.StringIO("\n".join(lines))):
        if row.get("ms_min") and re.match(r"[0-9.]+$", row["ms_min"]):
            return float(row["ms_min"]), row.get("lowering", "")
    return None, ""


def measure(name, options):
    """Medians over the rounds: our time, the peer's, their ratio, our lowering."""
    ours = [options.lax, "bench", "--csv", os.path.join(HERE, "layers.csv"), "--only", name,
            "--budget", str(options.budget), "--format", "csv"]
    peer = shlex.split(options.peer.replace("{name}", name))
    pairs, lowering = [], ""
    for _ in range(options.rounds):
        mine, lowering = milliseconds(ours, options.core)
        theirs, _ = milliseconds(peer, options.core)
        if mine and theirs:
            pairs.append((mine, theirs, theirs / mine))
    medians = [statistics.median(p[i] for p in pairs) for i in range(3)] if pairs else None
    return medians and medians + [lowering]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lax")
    parser.add_argument("peer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=0.2)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--match", default="")
    parser.add_argument("--csv")
    options = parser.parse_args()
    table, ratios = [], []
    print(f"{'row':28s} {'ours ms':>10s} {'peer ms':>10s} {'ratio':>7s}  lowering")
    for name in rows():
        if not re.search(options.match, name):
            continue
        result = measure(name, options)
        if result is None:
            print(f"{name:28s} not measured")
            continue
        table.append([name] + result)
        ratios.append(result[2])
        print(f"{name:28s} {result[0]:10.4f} {result[1]:10.4f} {result[2]:7.2f}  {result[3]}",
              flush=True)
    if options.csv:
        with open(options.csv, "w", encoding="utf-8", newline="") as file:
            heading = ["name", "ours_ms", "peer_ms", "ratio", "lowering"]
            csv.writer(file).writerows([heading] + table)
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean of {len(ratios)} rows: {mean:.3f}x the peer")


if __name__ == "__main__":
    main()
