#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times liblax and its peers on the rows of a file, in turns, in one process a peer, on one pinned
core (or --threads of them), like with like:

    python3 tests/bench/side_by_side.py --peers onednn,jax --tier 1

The first run installs the peers under build/peers. A row's ratio is the 75th percentile of its
paired ratios theirs / ours (above 1 we are faster, below 0.97 the row is lost), against the fastest
peer. README.md says what the modes and peers are.
"""
import argparse
import json
import os
import select
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from side import install, report, rows  # noqa: E402

BENCH = os.path.dirname(os.path.abspath(__file__))
DEFAULT_PEERS = {("layers", "plain"): "onednn,jax",
                 ("layers", "prepacked"): "onednn,onnxruntime,openvino,xnnpack",
                 ("windows", "plain"): "onednn,jax,onnxruntime,openvino,xnnpack,scipy"}


class Worker:
    """The process of one peer. It is started when it is first asked, and again after a row that
    took too long or killed it."""

    def __init__(self, peer, options):
        self.peer, self.options, self.process = peer, options, None

    def start(self):
        """side/worker.py in the peers' environment."""
        told = dict(self.options, peer=self.peer, folder=install.FOLDER)
        self.process = subprocess.Popen(
            [install.PYTHON, os.path.join(BENCH, "side", "worker.py"), json.dumps(told)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log(), text=True,
            env=install.variables(self.peer, self.options))

    def log(self):
        """Where the peer's own chatter goes."""
        return open(os.path.join(install.FOLDER, f"{self.peer}.log"), "a", encoding="utf-8")

    def ask(self, request, limit):
        """The answer, or an error that says what happened."""
        if self.process is None:
            self.start()
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        if not select.select([self.process.stdout], [], [], limit)[0]:
            self.stop()
            return {"error": f"more than {limit:g} s"}
        line = self.process.stdout.readline()
        if not line:
            status = self.stop()
            return {"error": f"ended with status {status} (see build/peers/{self.peer}.log)"}
        return json.loads(line)

    def stop(self):
        """Ends the process; its status."""
        if self.process is None:
            return 0
        self.process.kill()
        status = self.process.wait()
        self.process = None
        return status


def parser():
    """The options."""
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", default="layers", help="layers, windows, or a file like them")
    p.add_argument("--peers", default="", help="comma-separated: " + ", ".join(install.PACKAGES))
    p.add_argument("--self", default="", metavar="NAME=VALUE,...",
                   help="what differs in the peer `self`: library, threads, isa, lowering, mode, "
                        "layout, dtype")
    p.add_argument("--only", default="", help="these rows, comma-separated")
    p.add_argument("--tier", type=int, default=0)
    p.add_argument("--class", default="", help="rows whose class holds one of these words")
    p.add_argument("--family", default="", choices=["", "dense", "dense-nhwc", "dense-nchw", "fwd",
                                                    "grad", "tconv"])
    p.add_argument("--mode", default="plain", choices=["plain", "prepacked"])
    p.add_argument("--dtype", default="f32", choices=list(rows.CONVOLUTION_TYPES))
    p.add_argument("--layout", default="", choices=["", "nhwc", "nchw"])
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--clock", default="wall", choices=["wall", "cpu"],
                   help="cpu: this process's time, for one thread on a core that others use too")
    p.add_argument("--core", type=int, default=-1, help="the first core; default: the last ones")
    p.add_argument("--isa", default="", choices=["", "scalar", "avx2", "avx512", "amx"],
                   help="limit of ours and of oneDNN")
    p.add_argument("--lowering", default="", help="forces ours")
    p.add_argument("--library", default="", help="liblax.so; default: build/release")
    p.add_argument("--budget", type=float, default=0.5, help="seconds a row and peer")
    p.add_argument("--limit", type=float, default=60, help="seconds until a row is given up")
    p.add_argument("--csv", default="", help="writes every figure")
    p.add_argument("--markdown", default="", help="writes a table")
    p.add_argument("--svg", default="", help="draws the ratios and the percent of peak")
    p.add_argument("--from", default="", metavar="CSV",
                   help="measures nothing: table and plot of an earlier --csv (several: comma)")
    return p


def settings():
    """The options as a dictionary, defaults filled in."""
    o = vars(parser().parse_args())
    if o["rows"] in ("layers", "windows"):
        o["rows"] = os.path.join(BENCH, o["rows"] + ".csv")
    kind = "windows" if "window" in os.path.basename(o["rows"]) else "layers"
    o["peers"] = (o["peers"] or DEFAULT_PEERS.get((kind, o["mode"]), "onednn")).split(",")
    o["library"] = os.path.abspath(
        o["library"] or os.path.join(install.ROOT, "build", "release", "liblax.so.0"))
    if o["core"] < 0:
        o["core"] = max(os.sched_getaffinity(0)) + 1 - o["threads"]
    return o


def measure_row(row, options, workers):
    """The row with every peer, as a list of dictionaries."""
    request = {"name": row.name, "csv": options["rows"], "dtype": options["dtype"],
               "layout": options["layout"]}
    found = []
    for peer, worker in workers.items():
        answer = worker.ask(request, options["limit"] + options["budget"])
        found.append(report.record(row, peer, answer, options))
    return found


def measure(options):
    """Every row; prints a line as soon as it is there."""
    chosen = [rows.variant(row, options["dtype"], options["layout"])
              for row in rows.select(rows.read(options["rows"]), options)]
    if not chosen:
        sys.exit("no such row")
    install.ready(options["peers"])
    workers = {peer: Worker(peer, options) for peer in options["peers"]}
    machine = {}
    for peer, worker in workers.items():
        answer = worker.ask({"name": "peaks"}, 120)
        machine = report.machine(machine, peer, answer)
    print(report.machine_line(machine, options))
    print(report.heading(options["peers"]))
    records = []
    for row in chosen:
        found = measure_row(row, options, workers)
        print(report.line(found), flush=True)
        records += found
    for worker in workers.values():
        worker.stop()
    return machine, records


def main():
    """Measures, or reads, and writes what was asked for."""
    options = settings()
    if options["from"]:
        machine, records = report.read_csv(options["from"].split(","))
    else:
        machine, records = measure(options)
    print(report.summary(records))
    if options["csv"]:
        report.write_csv(options["csv"], machine, records)
    if options["markdown"]:
        report.write_markdown(options["markdown"], machine, records)
    if options["svg"]:
        report.write_svg(options["svg"], records)


if __name__ == "__main__":
    main()
