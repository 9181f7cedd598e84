#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what docs/performance.md shows, and writes tables and plots there:

    python3 tests/bench/performance.py                  # everything, hours
    python3 tests/bench/performance.py plain windows    # these runs
    python3 tests/bench/performance.py --render         # from the figures of earlier runs

Figures go to build/performance/RUN.csv, tables between the marks of docs/performance.md, plots to
docs/images/performance_RUN.svg. Options that side_by_side.py knows (--clock, --budget, --limit,
--core, --library) are handed on after --.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from side import install, report  # noqa: E402

BENCH = os.path.dirname(os.path.abspath(__file__))
DOCUMENT = os.path.join(install.ROOT, "docs", "performance.md")
IMAGES = os.path.join(install.ROOT, "docs", "images")
FIGURES = os.path.join(install.ROOT, "build", "performance")

RUNS = {
    "plain": "",
    "prepacked": "--mode prepacked",
    "windows": "--rows windows",
    "nchw": "--family dense-nhwc --layout nchw --peers self --self layout=nhwc",
    "jax": "--family dense --peers jax",
    "f64": "--family dense --dtype f64 --peers jax",
    "avx2": "--family dense --isa avx2 --peers onednn",
    "bf16": "--family dense --dtype bf16 --peers self --self dtype=f32",
    "f16": "--family dense --dtype f16 --peers self --self dtype=f32",
    "threads": "--family dense --threads 2 --peers self --self threads=1",
    "window_threads": "--rows windows --threads 2 --peers self --self threads=1",
}
CLIFFS = {
    "cliffs": ["--draws 2000", "--draws 2000 --dtype f64", "--kind window --draws 3000"],
}
PLOTTED = ("plain", "prepacked", "windows")


def figures(run, extension="csv"):
    """Where a run's figures are kept."""
    return os.path.join(FIGURES, f"{run}.{extension}")


def measure(run, more):
    """One run of side_by_side.py."""
    subprocess.run([sys.executable, os.path.join(BENCH, "side_by_side.py"), *RUNS[run].split(),
                    "--csv", figures(run), *more], check=True)


def measure_cliffs(run):
    """Summaries of the random draws, and the worst of each."""
    program = os.path.join(install.ROOT, "build", "release", "lax_cliffs")
    text = ""
    for options in CLIFFS[run]:
        found = subprocess.run([program, "--worst", "5", *options.split()], check=True, text=True,
                               stdout=subprocess.PIPE).stdout
        kept = [line for line in found.split("\n") if not line.startswith("  ")]
        text += f"$ lax_cliffs {options}\n" + "\n".join(kept)
    with open(figures(run, "txt"), "w", encoding="utf-8") as file:
        file.write(text)


def section(run):
    """What stands between the marks of a run; None where it has not been measured."""
    if run in CLIFFS:
        path = figures(run, "txt")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return "```\n" + file.read() + "```\n"
    if not os.path.exists(figures(run)):
        return None
    facts, records = report.read_csv([figures(run)])
    plot = ""
    if run in PLOTTED:
        report.write_svg(os.path.join(IMAGES, f"performance_{run}.svg"), records)
        plot = f"![{run}: ratios and percent of peak](images/performance_{run}.svg)\n\n"
    return plot + report.markdown(facts, records)


def render():
    """Puts every measured section in its place."""
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    for run in [*RUNS, *CLIFFS]:
        made = section(run)
        if made is None:
            continue
        begin, end = f"<!-- begin {run} -->", f"<!-- end {run} -->"
        place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
        text = place.sub(lambda _, new=f"{begin}\n{made}{end}": new, text)
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    """Measures what was named, then renders all that there is."""
    words = sys.argv[1:]
    more = words[words.index("--") + 1:] if "--" in words else []
    named = words[:words.index("--")] if "--" in words else words
    if named != ["--render"]:
        os.makedirs(FIGURES, exist_ok=True)
        unknown = [run for run in named if run not in RUNS and run not in CLIFFS]
        if unknown:
            sys.exit(f"no run {unknown[0]}; there are: {', '.join([*RUNS, *CLIFFS])}")
        for run in named or [*RUNS, *CLIFFS]:
            if run in CLIFFS:
                measure_cliffs(run)
            else:
                measure(run, more)
            render()
    render()


if __name__ == "__main__":
    main()
