#!/usr/bin/env python3
"""Walks the wide saved problems with every predictor, and fills the tables and draws the pictures of docs/predictors.md.

    cargo build --release -p thoth -p thoth-operations -p thoth-resolution --bin thoth --example predictors --example toy
    scripts/predictors.py                                   # five seeds of a second each: about five minutes
    scripts/predictors.py --seconds 0.1 --seeds 2 --check   # prints the tables only

What is told of several runs is their median and, behind it, the least and the most. Seconds are those of the processor, so that other work does not count. What depends on the machine all the same is told as a
ratio to the random walk, which does nothing but walk.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from search_cost import fill, grouped

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PROBLEMS = ROOT / "tests" / "problems"
YARDSTICK = "random-walk"
RELOCKS = ("django-relock", "jupyter-relock-security")
"""Locks to renew: here the cheapest release of everything is not the best stack, as it is of a problem without a lock."""
SHOWN = ("annealing", "mcts", "td", "sampling", YARDSTICK)
"""Those drawn; the others are close to one of them."""
COLOURS = dict(zip(SHOWN, ("#c0504d", "#3a7fc1", "#4c9a4c", "#c98a1b", "#888888")))
WIDTH, HEIGHT = 860, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 170, 20, 50
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333; }
  .axis { stroke: #999; fill: none; }
  .grid { stroke: #ddd; }
  .line { fill: none; stroke-width: 1.8; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .axis { stroke: #888; }
    .grid { stroke: #444; }
  }
"""
MOMENTS = 60
"""How many moments of a second a line is drawn through."""

ORIGINAL = {
    "5x20 0": ("97, mean 18", "5, mean 1 to 3", "9, mean 0.8"),
    "15x40 0": ("600, mean 39", "15, mean 2", "29, mean 0.9"),
    "15x40 0.02": ("5,700 to 7,500, mean 28 to 32", "15, mean 2 to 3", "30, mean 1"),
    "15x40 0.1": ("7,700 to 16,000, mean 7 to 9", "16, mean 2", "30, mean 1 to 2"),
    "15x40 0.3": ("2,500 to 5,900, mean 4 to 9", "80, mean 1 to 4", "32, mean 1 to 2"),
}
"""The predictors of the original on the toy: temporal difference as deployed, tree search, latest. By size and likelihood."""


def lines(command: list[str]) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"$ {' '.join(command)}\n{done.stderr}")
    return done.stdout.splitlines()


def closed(run: dict, score: float, typical: float) -> float:
    """How much of the way from a typical random stack to the optimum a score is."""
    way = run["optimum"] - typical
    return max(0.0, 1.0 - abs(run["optimum"] - score) / way) if way > 0 else 1.0


def typicals(runs: list[dict]) -> dict[str, float]:
    """By problem: what the random walk scores on average."""
    found = defaultdict(list)
    for run in runs:
        if run["predictor"] == YARDSTICK:
            found[run["problem"]] += [point[2] for point in run["history"]]
    return {problem: statistics.fmean(scores) for problem, scores in found.items()}


def table(runs: list[dict], typical: dict[str, float]) -> str:
    pace = {}
    for (problem, predictor), same in grouped(runs, lambda run: (run["problem"], run["predictor"])).items():
        pace[problem, predictor] = statistics.median(run["stacks"] / run["seconds"] for run in same)
    out = ["| predictor | optimum reached | way closed | at worst | stacks, × random walk | first stack at choice |", "|---|---|---|---|---|---|"]
    rows = []
    for predictor, same in grouped(runs, lambda run: run["predictor"]).items():
        ways = [closed(run, run["score"], typical[run["problem"]]) for run in same]
        paces = [run["stacks"] / run["seconds"] / pace[run["problem"], YARDSTICK] for run in same]
        firsts = [run["first"] for run in same]
        optimal = sum(run["optimal"] for run in same)
        cells = [f"{optimal} of {len(same)}", share(statistics.median(ways)), share(min(ways)), ranged(paces, ".2f"), f"{min(firsts)} to {max(firsts)}"]
        rows.append((-optimal, -statistics.fmean(ways), f"| `{predictor}` | " + " | ".join(cells) + " |"))
    return "\n".join(out + [row for *_, row in sorted(rows)])


def ranged(numbers: list[float], form: str) -> str:
    """The median, and the least and the most where they differ."""
    middle, least, most = (f"{number:{form}}" for number in (statistics.median(numbers), min(numbers), max(numbers)))
    return middle if least == most else f"{middle} ({least} to {most})"


def share(number: float) -> str:
    """A percentage that says 100 only of all."""
    return "100 %" if number >= 1 else f"{min(number * 100, 99.999):.3f}".rstrip("0").rstrip(".") + " %"


def problem_table(runs: list[dict]) -> str:
    out = ["| problem | packages | releases to walk | releases of the best stack | random walk, stacks a second | optimum reached by |", "|---|---|---|---|---|---|"]
    for problem, same in grouped(runs, lambda run: run["problem"]).items():
        one = same[0]
        pace = ranged([run["stacks"] / run["seconds"] for run in same if run["predictor"] == YARDSTICK], ",.0f")
        found = []
        for name, some in grouped(same, lambda run: run["predictor"]).items():
            reached = sum(run["optimal"] for run in some)
            found += [name if reached == len(some) else f"{name} ({reached} of {len(some)})"] if reached else []
        sizes = next((run["stack"] for run in same if run["optimal"]), one["stack"])
        out.append(f"| {problem} | {one['packages']} | {one['releases']:,} | {sizes} | {pace} | {', '.join(found)} |")
    return "\n".join(out)


def drawing(runs: list[dict], typical: dict[str, float], seconds: float) -> str:
    """What is left of the way to the optimum over time, in powers of ten."""
    low = -6

    def across(moment: float) -> float:
        return LEFT + moment * (WIDTH - LEFT - RIGHT)

    def up(left: float) -> float:
        power = max(math.log10(left), low) if left > 0 else low
        return TOP + power / low * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>What is left of the way to the optimum, over time</title>",
        f"<style>{STYLE}</style>",
    ]
    for power in range(low, 1):
        y = up(10.0**power)
        name = "none" if power == low else f"{10.0 ** power:g}"
        out.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{name}</text>')
    for moment in (0, 0.25, 0.5, 0.75, 1):
        x = across(moment)
        out.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{moment * seconds:g} s</text>')
    out.append(f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    out.append(f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle">processor time; up: what is left of the way, mean</text>')
    for place, predictor in enumerate(SHOWN):
        same = [run for run in runs if run["predictor"] == predictor]
        spots = []
        for step in range(MOMENTS + 1):
            moment = step / MOMENTS
            left = statistics.fmean(1 - closed(run, best(run, moment, typical), typical[run["problem"]]) for run in same)
            spots.append(f"{across(moment):.1f},{up(left):.1f}")
        colour, y = COLOURS[predictor], TOP + 20 + place * 22
        out.append(f'<polyline class="line" stroke="{colour}" points="{" ".join(spots)}"/>')
        out.append(f'<line class="line" stroke="{colour}" x1="{WIDTH - RIGHT + 16}" y1="{y - 4}" x2="{WIDTH - RIGHT + 40}" y2="{y - 4}"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 48}" y="{y}">{predictor}</text>')
    return "\n".join([*out, "</svg>", ""])


def best(run: dict, moment: float, typical: dict[str, float]) -> float:
    """The score of the best stack at a moment; before the first, that of a typical one."""
    until = [point[3] for point in run["history"] if point[1] <= moment]
    return run["score"] if moment >= 1 else until[-1] if until else typical[run["problem"]]


def toy_table(told: list[str]) -> str:
    out = ["| toy | `td` | `mcts` | `latest` | `random-walk` | the original's temporal difference | its tree search | its latest |", "|---|---|---|---|---|---|---|---|"]
    header, *rows = [line.split() for line in told]
    runs = [dict(zip(header, row)) for row in rows]
    for (toy, invalid), same in grouped(runs, lambda run: (run["toy"], run["invalid"])).items():
        ours = {run["predictor"]: f"{run['first']}, mean {run['mean']}".replace("..", " to ") for run in same}
        cells = [ours[name] for name in ("td", "mcts", "latest", YARDSTICK)] + list(ORIGINAL[f"{toy} {invalid}"])
        out.append(f"| {toy.replace('x', ' × ')}, {float(invalid):.0%} | " + " | ".join(cells) + " |")
    return "\n".join(out)


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem", nargs="*", type=Path, help="saved problems [default: the wide ones and two locks to renew]")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each run [default: %(default)s]")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each predictor [default: %(default)s]")
    parser.add_argument("--check", action="store_true", help="print the tables and leave the documents alone")
    options = parser.parse_args()
    problems = options.problem or [*(PROBLEMS / f"{name}.thoth" for name in RELOCKS), *sorted((PROBLEMS / "wide").glob("*.thoth"))]
    walked = lines([str(target / "examples" / "predictors"), str(options.seconds), str(options.seeds), *map(str, problems)])
    runs = [json.loads(line) for line in walked]
    runs = [run for run in runs if run["score"] is not None]
    typical = typicals(runs)
    tables = {"reached": table(runs, typical), "problems": problem_table(runs), "toy": toy_table(lines([str(target / "examples" / "toy")]))}
    if options.check:
        print("\n\n".join(tables.values()))
        return 0
    page = (DOCS / "predictors.md").read_text()
    for name, text in tables.items():
        page = fill(page, name, text)
    (DOCS / "predictors.md").write_text(page)
    (DOCS / "predictors.svg").write_text(drawing(runs, typical, options.seconds))
    picture = DOCS / "predictors-annealing.svg"
    walk = ["--predictor", "annealing", "--limit", "100000", "--plot", str(picture), "--offline", "--no-config", "-q"]
    lines([str(target / "thoth"), "replay", str(PROBLEMS / "django-relock.thoth"), *walk])
    return 0


if __name__ == "__main__":
    sys.exit(main())
