#!/usr/bin/env python3
"""Measures how findings are spread over well-known packages; draws docs/scan-points.svg and fills docs/scan-points.md.

    pip download --no-deps --only-binary :all: -d wheels requests flask numpy ...
    scripts/scan_points.py --thoth target/release/thoth wheels/*.whl

Only packages of the list of the most downloaded ones count, each once, in the newest version that is there. The formula is
that of crates/resolution/src/pipeline/scanned/density.rs.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from search_cost import fill

ROOT = Path(__file__).resolve().parent.parent
POPULAR = ROOT / "crates/indicators/src/hostile/popular.txt"
PAGE, PICTURE = ROOT / "docs/scan-points.md", ROOT / "docs/scan-points.svg"
SEVERITY = {"LOW": 1, "MEDIUM": 10, "HIGH": 100}
CONFIDENCE = {"LOW": 0.1, "MEDIUM": 0.5, "HIGH": 1.0}
USUAL, STEP, MOST, LEAST_LINES = 16, 10, 50, 5000
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 420, 60, 130, 20, 50
LOWEST, HIGHEST = 0.5, 2000.0
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333; }
  .axis { stroke: #999; fill: none; }
  .grid { stroke: #ddd; }
  .ours { fill: #3a7fc1; }
  .original { fill: #c0504d; }
  .key { stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .axis { stroke: #888; }
    .grid { stroke: #444; }
    .ours { fill: #76b0e8; }
    .original { fill: #e8837f; }
  }
"""


@dataclass
class Release:
    """One release with what its findings weigh."""

    name: str
    version: str
    code: int
    findings: int
    weight: float
    everything: float
    """The weight with B101, as the original counted."""

    @property
    def density(self) -> float:
        return self.weight * 1000 / max(self.code, LEAST_LINES)

    @property
    def points(self) -> int:
        """What it would lose if the others of its package were as they should be."""
        return min(MOST, STEP * max(0, int(self.density // USUAL).bit_length() - 1))

    @property
    def original(self) -> float:
        """The score of the original's SecurityIndicatorStep, from 0 to -0.5."""
        return 0.5 * max(-1.0, -((self.everything / max(1, self.code)) ** 2) / 1000)


def measured(document: dict) -> list[Release]:
    popular = set(POPULAR.read_text().split("\n"))
    newest: dict[str, Release] = {}
    for artifact in document["artifacts"]:
        if artifact["package"] not in popular:
            continue
        found = [one for one in artifact["findings"] if one["rule"].startswith("B")]
        weight = {one["rule"]: 0.0 for one in found}
        for one in found:
            weight[one["rule"]] += SEVERITY[one["severity"]] * CONFIDENCE[one["confidence"]]
        everything = sum(weight.values())
        release = Release(
            artifact["package"],
            artifact["version"],
            artifact["lines_by_language"].get("Python", {}).get("code", 0),
            sum(one["rule"] != "B101" for one in found),
            everything - weight.get("B101", 0.0),
            everything,
        )
        known = newest.get(release.name)
        if known is None or numbers(release.version) > numbers(known.version):
            newest[release.name] = release
    return sorted(newest.values(), key=lambda one: (one.density, one.name))


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def tables(releases: list[Release]) -> str:
    count = len(releases)
    lines = [f"| density | of {count} packages | at most | for example |", "|---|---|---|---|"]

    def row(some: list[Release], low: int, high: str, most: str) -> str:
        names = ", ".join(f"{one.name} {one.version} ({one.density:.0f})" for one in some[-4:])
        return f"| {low} {high} | {len(some)} ({100 * len(some) / count:.0f} %) | {most} | {names} |"

    lines.append(row([one for one in releases if one.density < USUAL], 0, f"to {USUAL}", "not compared"))
    for step in range(0, MOST + 1, STEP):
        low = USUAL * 2 ** (step // STEP)
        some = [one for one in releases if one.density >= USUAL and one.points == step]
        lines.append(row(some, low, f"to {2 * low}" if step < MOST else "and more", f"{step} points"))
    at = lambda share: releases[min(count - 1, int(share * count))].density  # noqa: E731
    shares = ", ".join(f"{at(share):.1f} at {100 * share:.0f} %" for share in (0.25, 0.5, 0.75, 0.9, 0.95))
    original = sorted(one.original for one in releases)
    lines += [
        "",
        f"Density by share of packages: {shares}; the most is {releases[-1].density:.0f}.",
        "",
        f"The original's score of the same packages, of 0.5 it could take away: {-original[0]:.1g} at most, "
        f"{-original[len(original) // 20]:.1g} at 95 %, {-original[len(original) // 2]:.1g} in the middle.",
    ]
    return "\n".join(lines)


def picture(releases: list[Release]) -> str:
    inner, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(place: float) -> float:
        return LEFT + inner * place / max(1, len(releases) - 1)

    def y(density: float) -> float:
        share = math.log(max(density, LOWEST) / LOWEST) / math.log(HIGHEST / LOWEST)
        return TOP + high * (1 - share)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><style>{STYLE}</style>']
    for step in range(0, MOST + 1, STEP):
        level = y(USUAL * 2 ** (step // STEP))
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{level:.1f}" x2="{WIDTH - RIGHT}" y2="{level:.1f}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 6}" y="{level + 4:.1f}">{f"{step} points" if step else "compared"}</text>')
    for density in (1, 10, 100, 1000):
        parts.append(f'<text x="{LEFT - 8}" y="{y(density) + 4:.1f}" text-anchor="end">{density}</text>')
    for place, one in enumerate(releases):
        parts.append(f'<circle class="ours" cx="{x(place):.1f}" cy="{y(one.density):.1f}" r="2.4"/>')
        flat = TOP + high * (1 + one.original / 0.5)
        parts.append(f'<circle class="original" cx="{x(place):.1f}" cy="{flat:.1f}" r="1.4"/>')
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{TOP + high}H{WIDTH - RIGHT}"/>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 14}">{len(releases)} packages, by density of findings</text>')
    parts.append(f'<circle class="ours key" cx="{WIDTH - 320}" cy="{HEIGHT - 18}" r="4"/>')
    parts.append(f'<text x="{WIDTH - 310}" y="{HEIGHT - 14}">density (left)</text>')
    parts.append(f'<circle class="original key" cx="{WIDTH - 200}" cy="{HEIGHT - 18}" r="4"/>')
    parts.append(f'<text x="{WIDTH - 190}" y="{HEIGHT - 14}">the original: 0 of 0.5</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", nargs="*", type=Path)
    parser.add_argument("--thoth", default="thoth", help="the binary")
    parser.add_argument("--json", type=Path, help="what `thoth scan --format json` said, instead of wheels")
    arguments = parser.parse_args()
    if arguments.json:
        text = arguments.json.read_text()
    else:
        command = [arguments.thoth, "scan", *map(str, arguments.wheels), "--format", "json", "--exit-zero"]
        text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    releases = measured(json.loads(text))
    if len(releases) < 100:
        sys.exit(f"{len(releases)} of the most downloaded packages are too few to calibrate by")
    PICTURE.write_text(picture(releases))
    PAGE.write_text(fill(PAGE.read_text(), "measured", tables(releases)))


if __name__ == "__main__":
    main()
