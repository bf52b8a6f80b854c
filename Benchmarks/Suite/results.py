"""What a scenario found, and how it is written down: text, Markdown, JSON, SVG."""

import dataclasses
import json
import os

import figures

LEGEND = """\
A *ratio* is the median (or another quantile) of one divided by that of the floor, both measured side by \
side in one run. The floor is there twice, as two processes of one program: the *noise* is how far the \
two lie apart, and stands beside each ratio. Within 3 % a ratio counts as it is; above it, only what would \
be the same with the noise against it is claimed, and the rest is *no claim*. An *exponent* is the slope of \
cost over size, both logarithmic, by least squares over 1×, 10× and 100×: 0 does not grow, 1 is proportional.
"""


@dataclasses.dataclass
class Table:
    title: str
    columns: list
    rows: list  # of strings


@dataclasses.dataclass
class Result:
    """Of one scenario. `plots` is SVG by a name of its own."""
    name: str
    title: str
    what: str = ""
    tables: list = dataclasses.field(default_factory=list)
    claims: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)
    plots: dict = dataclasses.field(default_factory=dict)
    seconds: float = 0
    load: float = 0

    def table(self, title, columns, rows):
        self.tables.append(Table(title, columns, [[str(cell) for cell in row] for row in rows]))

    def claim(self, what, value, limit, **more):
        self.claims.append(figures.Claim(what, value, limit, **more))

    def growth(self, what, sizes, values):
        """Prints the exponent; returns it."""
        exponent = figures.exponent(sizes, values)
        steps = ", ".join(f"{size:,}" for size in sizes)
        shown = "–" if exponent is None else f"{exponent:.2f}"
        self.notes.append(f"Growth of {what} over {steps}: exponent {shown}.")
        return exponent


def as_text(result):
    lines = [f"== {result.title}", result.what, ""]
    for table in result.tables:
        lines += [table.title] if table.title else []
        rows = [table.columns, *table.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(table.columns))]
        for row in rows:
            lines.append("  " + "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
        lines.append("")
    lines += [f"  {note}" for note in result.notes]
    lines += [f"  {claim.verdict:12} {claim.sentence()}" for claim in result.claims]
    return "\n".join(lines) + f"\n  ({result.seconds:.0f} s)\n"


def as_data(result):
    data = dataclasses.asdict(result)
    del data["plots"]
    for claim, found in zip(result.claims, data["claims"]):
        found["verdict"], found["sentence"] = claim.verdict, claim.sentence()
    data["plots"] = sorted(result.plots)
    return data


def write(directory, result, machine, is_quick):
    os.makedirs(directory, exist_ok=True)
    data = {"machine": machine, "quick": is_quick, **as_data(result)}
    with open(f"{directory}/{result.name}.json", "w") as file:
        json.dump(data, file, indent=1, ensure_ascii=False)
        file.write("\n")
    for name, svg in result.plots.items():
        with open(f"{directory}/{name}.svg", "w") as file:
            file.write(svg)


def _cells(row):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def write_page(directory, order):
    """README.md, of all the scenarios whose results are there: also of earlier runs."""
    os.makedirs(directory, exist_ok=True)
    found = []
    for name in order:
        try:
            with open(f"{directory}/{name}.json") as file:
                found.append(json.load(file))
        except FileNotFoundError:
            continue
    lines = ["# What was measured", "", "Written by `make bench`. How to read it: "
             "[docs/performance.md](../../docs/performance.md).", "", LEGEND]
    lines += [f"Measured on {machine}." for machine in sorted({data["machine"] for data in found})]
    if not found:
        lines.append("Nothing has been measured yet.")
    if any(data["quick"] for data in found):
        lines.append("\nSome of it in a quick run, with small sizes and few rounds: it tells that the suite "
                     "works, and not how fast anything is.")
    lines += ["", "## Goals", "", _cells(["", "found", "goal", "noise", ""]), _cells(["---"] * 5)] if found else []
    for data in found:
        for claim in data["claims"]:
            noise = "" if claim["noise"] is None else f"{100 * claim['noise']:.1f} %"
            bound = "≥" if claim["at_least"] else "≤"
            lines.append(_cells([
                claim["what"], f"{figures.number(claim['value'])} {claim['unit']}",
                f"{bound} {figures.number(claim['limit'])}", noise, claim["verdict"]]))
    for data in found:
        lines += ["", f"## {data['title']}", "", data["what"]]
        for table in data["tables"]:
            lines += ["", f"**{table['title']}**"] if table["title"] else []
            lines += ["", _cells(table["columns"]), _cells(["---"] + ["---:"] * (len(table["columns"]) - 1))]
            lines += [_cells(row) for row in table["rows"]]
        for plot in data["plots"]:
            lines += ["", f"![{data['title']}]({plot}.svg)"]
        if data["notes"]:
            lines += [""] + [f"- {note}" for note in data["notes"]]
        lines += ["", f"Took {data['seconds']:.0f} s; {data['load']:.1f} other processes wanted to run in the "
                  "minute before, on average."]
    with open(f"{directory}/README.md", "w") as file:
        file.write("\n".join(lines) + "\n")
