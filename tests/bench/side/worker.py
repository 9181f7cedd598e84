# SPDX-License-Identifier: Apache-2.0
"""The process that measures pairs with one peer: it is pinned before anything starts threads,
reads one request a line (JSON) and answers with one line. side_by_side.py ends it when a row takes
too long, and starts another."""
import importlib
import json
import os
import statistics
import sys

COPY_NBYTES = 64 << 20
MOST_PAIRS = 20000


def pin(options):
    """Pools read the affinity when they start."""
    cores = range(options["core"], options["core"] + options["threads"])
    os.sched_setaffinity(0, set(cores))


def open_peer(options):
    """The peer's object: version(), and open(row, inputs, result, options)."""
    name = options["peer"]
    if name in ("onednn", "xnnpack"):
        return importlib.import_module("side.peer_native").Native(options["folder"], name)
    return importlib.import_module(f"side.peer_{name}").Peer(options)


def quantile(values, share):
    """Between neighbours linearly."""
    values = sorted(values)
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def summary(times):
    """Milliseconds and paired ratios (theirs / ours: above 1 we are faster)."""
    mine, theirs = ([pair[side] * 1e3 for pair in times] for side in (0, 1))
    ratios = [b / a for a, b in times]
    return {"pairs": len(times), "ms": min(mine), "ms_median": statistics.median(mine),
            "peer_ms": min(theirs), "peer_ms_median": statistics.median(theirs),
            "ratio25": quantile(ratios, 0.25), "ratio50": quantile(ratios, 0.5),
            "ratio": quantile(ratios, 0.75)}


class Worker:
    """What stays from row to row."""

    def __init__(self, options):
        from side import data, native
        self.native, self.data, self.options = native, data, options
        self.pair = native.load_pair(options["folder"])
        self.peer = open_peer(options)

    def peaks_isa(self):
        """The level whose peak counts; 0 is this machine's."""
        return min(self.native.ISAS[self.options["isa"]], 3)

    def measure(self, row):
        """One pair of sides, measured."""
        inputs, result = self.data.of_row(row)
        theirs = self.data.empty(result.shape, row.inputs_and_result()[1][1])
        mine = self.native.ours(self.pair, row, inputs, result, self.options)
        peer = self.peer.open(row, inputs, theirs, self.options)
        self.native.run_once(mine)
        self.native.run_once(peer)
        how = self.native.Measure(self.options["budget"], MOST_PAIRS,
                                  64 if row.dtype == "f64" else 32, self.peaks_isa(),
                                  self.options["clock"] == "cpu")
        answer = summary(self.native.alternate(self.pair, mine, peer, how))
        answer["peak"] = how.peak
        answer["difference"] = self.data.difference(mine.result(), peer.result())
        answer["note"] = peer.note
        for side in (mine, peer):
            if side.keep:
                side.keep[-1]()
        return answer | mine.facts

    def answer(self, request):
        """A row, or the peaks and the peer's version."""
        from side import rows
        if request["name"] == "peaks":
            isa = self.peaks_isa()
            return {"version": self.peer.version(), "f32": self.pair.peaks_fma(32, isa, 0.2),
                    "f64": self.pair.peaks_fma(64, isa, 0.2),
                    "copy": self.pair.peaks_copy(COPY_NBYTES, 0.4)}
        every = {row.name: row for row in rows.read(request["csv"])}
        row = rows.variant(every[request["name"]], request["dtype"], request["layout"])
        try:
            return self.measure(row)
        except self.native.Cannot as reason:
            return {"error": str(reason)}


def main():
    """Serves requests until standard input ends."""
    options = json.loads(sys.argv[1])
    pin(options)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a peer prints is no answer
    worker = Worker(options)
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:  # a peer's refusal may be of any type: the row says it
            answer = {"error": f"{type(error).__name__}: {error}".split("\n")[0]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    main()
