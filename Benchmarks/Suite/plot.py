"""Plots as SVG: no script, readable on light and on dark ground."""

import math
from xml.sax.saxutils import escape

import figures

STYLE = """\
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 14px; }
.soft { fill: #59636e; font-size: 11px; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.a { --ink: #0969da; } .b { --ink: #bc4c00; } .c { --ink: #1a7f37; } .d { --ink: #8250df; } .e { --ink: #59636e; }
.line { stroke: var(--ink); stroke-width: 2; fill: none; }
.fill { fill: var(--ink); stroke: none; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; } .soft { fill: #9198a1; } .grid { stroke: #3d444d; }
.a { --ink: #4493f8; } .b { --ink: #f0883e; } .c { --ink: #3fb950; } .d { --ink: #ab7df8; } .e { --ink: #9198a1; }
}
</style>"""
INKS = "abcde"


def _document(width, height, title, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" aria-label="{escape(title, {chr(34): "&quot;"})}">\n{STYLE}\n'
            f'<text class="title" x="12" y="22">{escape(title)}</text>\n' + "\n".join(parts) + "\n</svg>\n")


class _Axis:
    """A logarithmic axis of whole decades, or of parts of one where the values need no more."""

    def __init__(self, values, begin, end):
        low, high = min(values), max(values)
        steps = (1, 2, 5) if high / low < 300 else (1,)
        marks = [step * 10.0 ** power for power in range(math.floor(math.log10(low)) - 1,
                                                          math.ceil(math.log10(high)) + 2) for step in steps]
        self.low = max(mark for mark in marks if mark <= low * 1.0001)
        self.high = min(mark for mark in marks if mark >= high * 0.9999)
        if self.low == self.high:
            self.high = min(mark for mark in marks if mark > self.high)
        self.marks = [mark for mark in marks if self.low <= mark <= self.high]
        self.begin, self.end = begin, end

    def at(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(self.begin + share * (self.end - self.begin), 1)


def _mark(value):
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def ranges(title, unit, rows):
    """Each row: label, median, 90th and 99th percentile. The first one is the floor."""
    if not rows:
        return None
    left, width, step, top = 210, 760, 26, 56
    axis = _Axis([value for _, *values in rows for value in values], left, width - 60)
    bottom = top + step * len(rows)
    parts = [f'<text class="soft" x="12" y="40">{escape(unit)}, logarithmic: dot the median, line to the 90th '
             'percentile, bar the 99th</text>']
    for mark in axis.marks:
        x = axis.at(mark)
        parts.append(f'<line class="grid" x1="{x}" y1="{top - 6}" x2="{x}" y2="{bottom}"/>'
                     f'<text class="soft" x="{x}" y="{bottom + 16}" text-anchor="middle">{_mark(mark)}</text>')
    for number, (label, middle, p90, p99) in enumerate(rows):
        y = top + step * number + step // 2 - 3
        ink = "e" if label.startswith("floor") else "a" if label.startswith("touchmon") else "b"
        a, b, c = axis.at(middle), axis.at(p90), axis.at(p99)
        parts.append(
            f'<g class="{ink}"><text x="{left - 10}" y="{y + 4}" text-anchor="end">{escape(label)}</text>'
            f'<line class="line" x1="{a}" y1="{y}" x2="{b}" y2="{y}"/>'
            f'<line class="line" x1="{c}" y1="{y - 5}" x2="{c}" y2="{y + 5}"/>'
            f'<circle class="fill" cx="{a}" cy="{y}" r="4.5"/>'
            f'<text class="soft" x="{max(a, b, c) + 8}" y="{y + 4}">{figures.number(middle)}</text></g>')
    return _document(width, bottom + 30, title, parts)


def growth(title, x_unit, y_unit, series):
    """Each of the series: label, sizes, values. Both axes logarithmic."""
    series = [(label, [(size, value) for size, value in zip(sizes, values) if value and value > 0])
              for label, sizes, values in series]
    series = [(label, points) for label, points in series if points]
    if not series:
        return None
    width, height, left, right, top, bottom = 760, 360, 70, 590, 56, 310
    x_axis = _Axis([size for _, points in series for size, _ in points], left, right)
    y_axis = _Axis([value for _, points in series for _, value in points], bottom, top)
    parts = [f'<text class="soft" x="12" y="40">{escape(y_unit)} over {escape(x_unit)}, both logarithmic</text>']
    for mark in x_axis.marks:
        x = x_axis.at(mark)
        parts.append(f'<line class="grid" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>'
                     f'<text class="soft" x="{x}" y="{bottom + 16}" text-anchor="middle">{_mark(mark)}</text>')
    for mark in y_axis.marks:
        y = y_axis.at(mark)
        parts.append(f'<line class="grid" x1="{left}" y1="{y}" x2="{right}" y2="{y}"/>'
                     f'<text class="soft" x="{left - 6}" y="{y + 4}" text-anchor="end">{_mark(mark)}</text>')
    for number, (label, points) in enumerate(series):
        ink = INKS[number % len(INKS)]
        places = [(x_axis.at(size), y_axis.at(value)) for size, value in points]
        path = " ".join(f"{x},{y}" for x, y in places)
        exponent = figures.exponent(*zip(*points))
        slope = "" if exponent is None else f" ({exponent:.2f})"
        y = top + 14 + 20 * number
        parts.append(
            f'<g class="{ink}"><polyline class="line" points="{path}"/>'
            + "".join(f'<circle class="fill" cx="{x}" cy="{y}" r="3.5"/>' for x, y in places)
            + f'<circle class="fill" cx="{right + 16}" cy="{y - 4}" r="4.5"/>'
            f'<text class="soft" x="{right + 26}" y="{y}">{escape(label + slope)}</text></g>')
    return _document(width, height, title, parts)
