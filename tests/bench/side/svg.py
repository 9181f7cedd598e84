# SPDX-License-Identifier: Apache-2.0
"""The plot: a line a row, on the left the ratio to the fastest peer on a logarithmic axis around 1,
on the right the percent of the multiply-add peak. Plain SVG, readable on white and on black."""
import math

LINE, TOP, NAME, RATIO, PERCENT, GAP = 16, 44, 170, 420, 220, 30
WIN, LOSS, PEAK, TEXT, GRID = "#2a7f4f", "#c0392b", "#3b6ea8", "#666666", "#99999955"


def text(x, y, words, anchor="start"):
    """One label."""
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{TEXT}" '
            f'font-size="11" font-family="sans-serif">{words}</text>')


def bar(x, y, width, color):
    """One bar; a negative width goes to the left."""
    left = x + min(width, 0)
    return (f'<rect x="{left:.1f}" y="{y + 3}" width="{max(abs(width), 1):.1f}" '
            f'height="{LINE - 6}" fill="{color}"/>')


def rule(x, height):
    """A vertical line."""
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - 8}" stroke="{GRID}"/>'


def scale(bars):
    """x of a ratio: powers of two, wide enough for every row."""
    logs = [math.log2(ratio) for _, ratio, _ in bars]
    low, high = min(-1, math.floor(min(logs))), max(1, math.ceil(max(logs)))
    step = RATIO / (high - low)
    return (lambda ratio: NAME + (math.log2(ratio) - low) * step), range(low, high + 1)


def plot(bars):
    """bars: (name, ratio, percent of peak or None)."""
    height, right = TOP + LINE * len(bars) + 16, NAME + RATIO + GAP
    place, powers = scale(bars)
    body = [text(NAME, 16, "speed against the fastest peer"), text(right, 16, "percent of peak")]
    for power in powers:
        body += [rule(place(2.0 ** power), height),
                 text(place(2.0 ** power), 36, f"{2.0 ** power:g}x", "middle")]
    for share in (0, 25, 50, 75, 100):
        body += [rule(right + PERCENT * share / 100, height),
                 text(right + PERCENT * share / 100, 36, share, "middle")]
    for i, (name, ratio, percent) in enumerate(bars):
        y = TOP + LINE * i
        body.append(text(NAME - 8, y + 12, name, "end"))
        body.append(bar(place(1), y, place(ratio) - place(1), WIN if ratio >= 0.97 else LOSS))
        if percent is not None:
            body.append(bar(right, y, PERCENT * min(percent, 100) / 100, PEAK))
    width = right + PERCENT + 30
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}">\n' + "\n".join(body) + "\n</svg>\n")
