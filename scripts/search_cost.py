#!/usr/bin/env python3
"""Draws docs/search-cost.svg and fills the tables of docs/search-cost.md with what was measured.

    cargo bench -p thoth-resolution --bench search -- limit=60 > universes.txt
    benches/search.py --json problems.json
    scripts/search_cost.py universes.txt problems.json

Synthetic universes are lines, a family and a number of versions each, over the packages in them; real problems are points
over the packages that their search looked at. What was stopped is hollow, at the time it was stopped, and no line leads there.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 200, 20, 50
PACKAGES, TIMES = (1, 2000), (0.1, 100_000)
FLOOR = 0.1
"""Less than this, in milliseconds, is drawn as this."""

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333; }
  .axis { stroke: #999; fill: none; }
  .grid { stroke: #ddd; }
  .dense { stroke: #c0504d; fill: #c0504d; }
  .loose { stroke: #3a7fc1; fill: #3a7fc1; }
  .real { stroke: none; fill: #4c9a4c; }
  .line { fill: none; stroke-width: 1.6; }
  .bound { fill: none; stroke-width: 1.6; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .axis { stroke: #888; }
    .grid { stroke: #444; }
    .dense { stroke: #e8837f; fill: #e8837f; }
    .loose { stroke: #76b0e8; fill: #76b0e8; }
    .real { fill: #7fcf7f; }
    .line, .bound { fill: none; }
  }
"""
DASHES = {20: "", 60: "7 4", 200: "2 3"}
"""Of the lines, by versions a package has."""


@dataclass
class Run:
    """One search of a synthetic universe, as the benchmark prints it."""

    family: str
    packages: int
    versions: int
    seed: int
    cores: int
    visits: float
    reads: int
    milliseconds: float
    megabytes: float
    proved: bool


def universes(path: Path) -> list[Run]:
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    header = next((number for number, line in enumerate(lines) if line[:2] == ["family", "universe"]), None)
    if header is None:
        raise SystemExit(f"{path}: no line begins with `family universe`, as the benchmark's table does")
    runs = []
    for line in lines[header + 1 :]:
        row = dict(zip(lines[header], line))
        packages, versions = map(int, row["universe"].split("x"))
        runs.append(
            Run(
                row["family"],
                packages,
                versions,
                int(row["seed"]),
                int(row["cores"]),
                float(row["Mvisits"]),
                int(row["reads"]),
                float(row["ms"]),
                float(row["MB"]),
                row["end"] == "proved",
            )
        )
    return runs


def across(packages: float) -> float:
    low, high = map(math.log10, PACKAGES)
    return LEFT + (math.log10(packages) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def up(milliseconds: float) -> float:
    low, high = map(math.log10, TIMES)
    return HEIGHT - BOTTOM - (math.log10(max(milliseconds, FLOOR)) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def drawing(runs: list[Run], problems: list[dict]) -> str:
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Time to prove the optimum, over the packages looked at</title>",
        f"<style>{STYLE}</style>",
    ]
    for packages in (1, 10, 100, 1000):
        x = across(packages)
        out.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{packages}</text>')
    for milliseconds, label in ((0.1, "0.1 ms"), (1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1000, "1 s"), (10_000, "10 s"), (100_000, "100 s")):
        y = up(milliseconds)
        out.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    out.append(f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">packages looked at</text>')
    for problem in problems:
        x, y = across(max(problem["packages"], 1)), up(min(problem["proofs"]))
        out.append(f'<circle class="real" cx="{x:.1f}" cy="{y:.1f}" r="3.2"><title>{problem["name"]}</title></circle>')
    for (family, versions), chosen in grouped(runs, lambda run: (run.family, run.versions)).items():
        spots = []
        for packages, same in sorted(grouped(chosen, lambda run: run.packages).items()):
            x, y = across(packages), up(math.exp(statistics.fmean(math.log(run.milliseconds) for run in same)))
            # Where one was stopped, nobody knows where the line would go.
            if all(run.proved for run in same):
                spots.append(f"{x:.1f},{y:.1f}")
            for run in same:
                kind = family if run.proved else f"{family} bound"
                out.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{up(run.milliseconds):.1f}" r="2.6"/>')
        out.append(f'<polyline class="{family} line" stroke-dasharray="{DASHES.get(versions, "")}" points="{" ".join(spots)}"/>')
    out.extend(legend(runs))
    return "\n".join([*out, "</svg>", ""])


def legend(runs: list[Run]) -> list[str]:
    out, x, y = [], WIDTH - RIGHT + 20, TOP + 20
    out.append(f'<circle class="real" cx="{x + 14}" cy="{y - 4}" r="3.2"/><text x="{x + 36}" y="{y}">real problems</text>')
    for family, versions in sorted({(run.family, run.versions) for run in runs}):
        y += 24
        out.append(f'<line class="{family} line" stroke-dasharray="{DASHES.get(versions, "")}" x1="{x}" y1="{y - 4}" x2="{x + 28}" y2="{y - 4}"/>')
        out.append(f'<text x="{x + 36}" y="{y}">{family}, {versions} versions</text>')
    if not all(run.proved for run in runs):
        y += 24
        out.append(f'<circle class="axis" cx="{x + 14}" cy="{y - 4}" r="2.6"/><text x="{x + 36}" y="{y}">stopped: a bound</text>')
    return out


def grouped(items, key) -> dict:
    groups = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


def spread(values: list[float], digits: int) -> str:
    low, high = f"{min(values):,.{digits}f}", f"{max(values):,.{digits}f}"
    return low if low == high else f"{low} to {high}"


def universe_table(runs: list[Run]) -> str:
    lines = ["| family | packages × versions | proved | time, s | visits, millions | cores | releases read | memory, MB |", "|---|---|---|---|---|---|---|---|"]
    for (family, packages, versions), same in grouped(runs, lambda run: (run.family, run.packages, run.versions)).items():
        proved = sum(run.proved for run in same)
        times = spread([run.milliseconds / 1000 for run in same], 2)
        visits = spread([run.visits for run in same], 1)
        cores = spread([run.cores for run in same], 0)
        reads = spread([run.reads for run in same], 0)
        memory = spread([run.megabytes for run in same], 1)
        lines.append(f"| {family} | {packages} × {versions} | {proved} of {len(same)} | {times} | {visits} | {cores} | {reads} | {memory} |")
    return "\n".join(lines)


def problem_table(problems: list[dict]) -> str:
    def row(what: str, some: list[dict]) -> str:
        times = sorted(min(problem["proofs"]) for problem in some)
        within = times[min(len(times) - 1, math.ceil(0.95 * len(times)) - 1)]
        memory = max(problem["megabytes"] for problem in some)
        return f"| {what} | {len(some)} | {statistics.median(times):.1f} | {within:.0f} | {times[-1]:.0f} | {memory:.0f} |"

    sizes = [("1 to 30 releases", 1, 30), ("31 to 100 releases", 31, 100), ("more than 100 releases", 101, sys.maxsize), ("no stack", 0, 0)]
    lines = ["| problems | how many | median, ms | 95 % within, ms | worst, ms | memory of the process, MB |", "|---|---|---|---|---|---|"]
    for what, low, high in sizes:
        if some := [problem for problem in problems if low <= problem["releases"] <= high]:
            lines.append(row(what, some))
    return "\n".join([*lines, row("all", problems)])


def fill(page: str, name: str, text: str) -> str:
    """The page with a text between the two comments of a name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if begin not in page or end not in page:
        raise SystemExit(f"the page: `{begin}` and `{end}` say where the table belongs, and are not both there")
    return page[: page.index(begin) + len(begin)] + f"\n{text}\n" + page[page.index(end) :]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("universes", type=Path, help="what the benchmark printed")
    parser.add_argument("problems", type=Path, help="what benches/search.py wrote")
    options = parser.parse_args()
    runs, problems = universes(options.universes), json.loads(options.problems.read_text())
    page = (DOCS / "search-cost.md").read_text()
    page = fill(page, "universes", universe_table(runs))
    page = fill(page, "problems", problem_table(problems))
    (DOCS / "search-cost.md").write_text(page)
    (DOCS / "search-cost.svg").write_text(drawing(runs, problems))
    return 0


if __name__ == "__main__":
    sys.exit(main())
