# SPDX-License-Identifier: Apache-2.0
"""What side_by_side.py prints and writes: lines, a summary, CSV, a Markdown table."""
import csv

from side import rows, svg

FIELDS = ["name", "class", "layout", "dtype", "threads", "mode", "isa", "peer", "version", "pairs",
          "ms", "ms_median", "peer_ms", "peer_ms_median", "ratio25", "ratio50", "ratio", "percent",
          "peak", "difference", "lowering", "plan_us", "workspace", "tags", "note", "error"]
NUMBERS = {"pairs", "ms", "ms_median", "peer_ms", "peer_ms_median", "ratio25", "ratio50", "ratio",
           "percent", "peak", "difference", "plan_us", "workspace"}
LOST = 0.97
# groups of a summary: title, and the words that a row must have
GROUPS = [("dense, channels last", "dense last"), ("dense, channels first", "dense first"),
          ("one or three input channels", "few"), ("large weights, batch 1", "heavy"),
          ("transposed", "tconv"), ("data gradients", "bwd_d"), ("weight gradients", "bwd_w"),
          ("windows", "window"), ("scatters", "scatter")]
# what two correct results may differ by, of the largest value
TOLERANCE = {"f64": 1e-11, "f32": 1e-4, "f16": 2e-3, "bf16": 2e-2}
VERSIONS = {}


def record(row, peer, answer, options):
    """One row with one peer."""
    layout = "channels last" if row.channels_last else "channels first"
    made = {"name": row.name, "class": row.kind, "layout": layout, "dtype": row.dtype,
            "threads": options["threads"], "mode": options["mode"], "isa": options["isa"],
            "peer": peer, "version": VERSIONS.get(peer, ""), "tags": " ".join(row.tags())}
    made.update({field: answer[field] for field in FIELDS if field in answer})
    if "ms" in answer and row.valid and row.dtype in TOLERANCE:
        rate = row.valid / answer["ms"] * 1e-6
        made["percent"] = 100 * rate / (answer["peak"] * options["threads"])
    return made


def machine(known, peer, answer):
    """Peaks are the best that any worker saw."""
    VERSIONS[peer] = answer.get("version", answer.get("error", "?"))
    return {name: max(known.get(name, 0), answer.get(name, 0)) for name in ("f32", "f64", "copy")}


def machine_line(facts, options):
    """What heads a run."""
    peers = ", ".join(f"{peer} {VERSIONS[peer]}" for peer in options["peers"])
    return (f"{peers}; {options['mode']}, {options['dtype']}, {options['threads']} thread(s) from "
            f"core {options['core']}\npeaks of one core: f32 {facts['f32']:.1f} Gflop/s, f64 "
            f"{facts['f64']:.1f} Gflop/s, copy {facts['copy']:.1f} GB/s read and written")


def heading(peers):
    """Columns of line()."""
    theirs = "".join(f"{peer[:10]:>11} {'ratio':>6}" for peer in peers)
    return f"{'name':21} {'ours ms':>9}{theirs} {'row':>6} {'% peak':>6}  lowering"


def row_ratio(found):
    """Against the fastest peer; None where no peer can."""
    ratios = [one["ratio"] for one in found if "ratio" in one]
    return min(ratios) if ratios else None


def wrong(one):
    """Whether the two results are not the same."""
    return one.get("difference", 0) > TOLERANCE.get(one["dtype"], 0)


def line(found):
    """A row on the terminal; what a peer cannot is said below it."""
    best = [one for one in found if "ms" in one]
    if not best:
        return "\n".join(f"{one['name']:21} {one['peer']}: {one.get('error')}" for one in found)
    least = min(best, key=lambda one: one["ms"])
    text = f"{least['name']:21} {least['ms']:9.4g}"
    for one in found:
        text += (f"{one['peer_ms']:11.4g} {one['ratio']:6.3f}" if "ms" in one
                 else f"{'-':>11} {'-':>6}")
    percent = f"{least['percent']:6.1f}" if "percent" in least else f"{'':6}"
    text += f" {row_ratio(found):6.3f} {percent}  {least['lowering']}"
    for one in found:
        if "error" in one:
            text += f"\n    {one['peer']}: {one['error']}"
        elif wrong(one):
            text += f"\n    {one['peer']}: VALUES DIFFER by {one['difference']:.2g} of the largest"
    return text


def by_row(records):
    """Records of each row together, in their order."""
    groups = {}
    for one in records:
        groups.setdefault((one["name"], one["layout"], one["dtype"], one["mode"]), []).append(one)
    return list(groups.values())


def geomean_line(title, values):
    """One line of the summary."""
    return f"{title}: geomean {rows.geomean(values):.3f} of {len(values)} rows"


def large_line(records):
    """The percent of peak of the rows that are judged by it."""
    shares = {}
    for one in records:
        if "large" in one["tags"].split() and "percent" in one:
            shares[one["name"]] = max(one["percent"], shares.get(one["name"], 0))
    if not shares:
        return []
    least = min(shares, key=shares.get)
    mean = sum(shares.values()) / len(shares)
    return [f"dense from 0.1 GMAC and 32 channels: {shares[least]:.1f} % of peak at least "
            f"({least}), {mean:.1f} % on average of {len(shares)} rows"]


def summary(records):
    """Geometric means by peer and by group, and what is lost."""
    text = []
    for peer in dict.fromkeys(one["peer"] for one in records):
        own = [one["ratio"] for one in records if one["peer"] == peer and "ratio" in one]
        text.append(geomean_line(f"against {peer}", own))
    known = [(row_ratio(found), found[0]) for found in by_row(records)]
    known = [(ratio, one) for ratio, one in known if ratio is not None]
    lost = sorted((ratio, one["name"]) for ratio, one in known if ratio < LOST)
    text.append(geomean_line("against the fastest", [ratio for ratio, _ in known]))
    for title, words in GROUPS:
        own = [ratio for ratio, one in known if set(words.split()) <= set(one["tags"].split())]
        if own and len(own) < len(known):
            text.append(geomean_line(f"  {title}", own))
    text += large_line(records)
    text.append(f"lost (below {LOST}): {len(lost)}")
    text += [f"  {name} {ratio:.3f}" for ratio, name in lost]
    return "\n".join(text)


def write_csv(path, facts, records):
    """Every figure; the peaks stand in a comment in front."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write("# " + ",".join(f"{name}={value:.2f}" for name, value in facts.items()) + "\n")
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for one in records:
            writer.writerow({name: f"{value:.6g}" if isinstance(value, float) else value
                             for name, value in one.items()})


def read_csv(paths):
    """What write_csv() wrote, of several runs together."""
    facts, records = {}, []
    for path in paths:
        with open(path, newline="", encoding="utf-8") as file:
            head = dict(part.split("=") for part in file.readline()[2:].strip().split(","))
            facts = {name: max(facts.get(name, 0), float(value)) for name, value in head.items()}
            for cells in csv.DictReader(file):
                records.append({name: float(value) if name in NUMBERS else value
                                for name, value in cells.items() if value != ""})
    return facts, records


def cell(one):
    """A peer's milliseconds and ratio, or why there are none."""
    if "ratio" not in one:
        return "-"
    return f"{one['peer_ms']:.4g} ({one['ratio']:.2f})" + (" values differ" if wrong(one) else "")


def markdown(facts, records):
    """A table: our time, each peer's time (ratio), the row's ratio, percent of peak."""
    peers = list(dict.fromkeys(one["peer"] for one in records))
    versions = {one["peer"]: one.get("version", "") for one in records}
    text = ["Peaks of one core in the same run: f32 {f32:.1f} Gflop/s, f64 {f64:.1f} Gflop/s, copy "
            "{copy:.1f} GB/s.\n".format(**facts)]
    heads = [f"{peer} {versions[peer]}" for peer in peers]
    text.append("| row | ms | " + " | ".join(heads) + " | ratio | % of peak | lowering |")
    text.append("|---" * (5 + len(peers)) + "|")
    text += [markdown_row(found, peers) for found in by_row(records)]
    text.append("\n```\n" + summary(records) + "\n```\n")
    return "\n".join(text)


def write_markdown(path, facts, records):
    """The table as a file."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(markdown(facts, records))


def markdown_row(found, peers):
    """One line of the table; lost rows are bold."""
    own = {one["peer"]: one for one in found}
    measured = [one for one in found if "ms" in one]
    cells = [cell(own.get(peer, {"dtype": "f32"})) for peer in peers]
    if not measured:
        return f"| {found[0]['name']} | - | " + " | ".join(cells) + " | - | - | - |"
    least, ratio = min(measured, key=lambda one: one["ms"]), row_ratio(found)
    shown = f"**{ratio:.2f}**" if ratio < LOST else f"{ratio:.2f}"
    percent = f"{least['percent']:.0f}" if "percent" in least else ""
    return (f"| {least['name']} | {least['ms']:.4g} | " + " | ".join(cells) +
            f" | {shown} | {percent} | {least['lowering']} |")


def write_svg(path, records):
    """The plot of the same rows."""
    bars = []
    for found in by_row(records):
        measured = [one for one in found if "ms" in one]
        if measured:
            least = min(measured, key=lambda one: one["ms"])
            bars.append((least["name"], row_ratio(found), least.get("percent")))
    with open(path, "w", encoding="utf-8") as file:
        file.write(svg.plot(bars))
