#!/usr/bin/env python3
"""Are the findings of `thoth-indicators` those of Bandit, and how much sooner?

Installs Bandit into a virtual environment, gets wheels with pip, unpacks them, runs both over the same files and prints:
agreement both ways by rule, every difference, the ratio of processor time on one core, how it scales, and the memory.

    cargo build --release -p thoth-indicators --example scan_folder
    benches/bandit.py --releases scripts/projects/{jupyter,fastapi}.in     # the wheels of all that these lead to
    benches/bandit.py --folders DIR...                                      # folders that are there already
    benches/bandit.py --fixtures                                            # Bandit against the marks in the fixtures of the rules

Python 3.12 or newer has to run it: before, literal pieces of f-strings had the place of the whole string, and Bandit runs
on the syntax tree of the Python that runs it. Asks the index that pip is configured for, so it is no part of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCAN = ROOT / "target" / "release" / "examples" / "scan_folder"
FIXTURES = ROOT / "crates" / "indicators" / "tests" / "rules"
BANDIT = "bandit==1.9.4"

Place = tuple[str, str, int]
Grade = tuple[str, str, int]


@dataclass
class Run:
    """What a scanner found, and what it took."""

    found: Counter[Place]
    grades: dict[Place, Grade]
    skipped: set[str]
    cpu: float
    wall: float
    memory: int
    bytes: int = 0


def timed(command: list[str], output: Path) -> tuple[float, float, int, str]:
    """Runs a command; its processor and wall time in seconds, greatest memory in bytes, and what it complained of."""
    with output.open("wb") as out, tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=complaints)
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        complaints.seek(0)
        said = complaints.read().decode(errors="replace")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, said


def run_bandit(python: Path, folders: list[Path], work: Path) -> Run:
    """Bandit over folders, with every check."""
    output = work / "bandit.json"
    command = [str(python), "-m", "bandit", "-q", "-r", *map(str, folders), "-f", "json"]
    cpu, wall, memory, _ = timed(command, output)
    report = json.loads(output.read_text())
    found: Counter[Place] = Counter()
    grades: dict[Place, Grade] = {}
    for one in report["results"]:
        place = (one["test_id"], one["filename"], one["line_number"])
        found[place] += 1
        grades[place] = (one["issue_severity"], one["issue_confidence"], one["issue_cwe"].get("id", 0))
    return Run(found, grades, {one["filename"] for one in report["errors"]}, cpu, wall, memory)


def run_thoth(scan: Path, folders: list[Path], work: Path, threads: int, rules: str = "--bandit") -> Run:
    """Our analysis over the same folders, with Bandit's rules or, without `rules`, with all."""
    output = work / f"thoth-{threads}.jsonl"
    cpu, wall, memory, said = timed([str(scan), "--threads", str(threads), *rules.split(), *map(str, folders)], output)
    summary = json.loads(said.strip().splitlines()[-1])
    found: Counter[Place] = Counter()
    grades: dict[Place, Grade] = {}
    skipped = set()
    for line in output.read_text().splitlines():
        one = json.loads(line)
        if not one["path"].endswith(".py"):
            continue  # Bandit looks at no others
        if one["rule"].startswith("B"):
            place = (one["rule"], one["path"], one["line"])
            found[place] += 1
            grades[place] = (one["severity"], one["confidence"], one["cwe"] or 0)
        elif one["rule"] in ("A001", "A002", "A003"):
            skipped.add(one["path"])
    return Run(found, grades, skipped, cpu, wall, memory, summary["bytes"])


def soonest(runs: Iterable[Run]) -> Run:
    """The run that was disturbed least."""
    return min(runs, key=lambda run: run.wall)


def installed_bandit(work: Path) -> Path:
    """A Python that has Bandit."""
    folder = work / "venv"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", BANDIT], check=True)
    return python


def unpacked(python: Path, releases: list[Path], work: Path) -> list[Path]:
    """The wheels of all that lists of requirements lead to, each in a folder."""
    wheels = work / "wheels"
    if not wheels.exists():
        lists = [word for path in releases for word in ("-r", str(path))]
        command = [python, "-m", "pip", "download", "-q", "--only-binary=:all:", "-d", wheels, *lists]
        subprocess.run(command, check=True)
    folders = []
    for wheel in sorted(wheels.glob("*.whl")):
        folder = work / "unpacked" / wheel.stem
        if not folder.exists():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)
        folders.append(folder)
    return folders


def compare(bandit: Run, thoth: Run) -> None:
    """Prints agreement by rule, and every difference."""
    common = bandit.found & thoth.found
    rules = sorted({place[0] for place in bandit.found | thoth.found})
    print(f"{'rule':<6}{'bandit':>8}{'thoth':>8}{'common':>8}")
    for rule in rules:
        row = [sum(n for place, n in side.items() if place[0] == rule) for side in (bandit.found, thoth.found, common)]
        print(f"{rule:<6}{row[0]:>8}{row[1]:>8}{row[2]:>8}{'' if row[0] == row[1] == row[2] else '   *'}")
    both, theirs, ours = common.total(), bandit.found.total(), thoth.found.total()
    print(f"\nof Bandit's {theirs} findings, {both} are ours: {100 * both / max(theirs, 1):.3f} %")
    print(f"of our {ours} findings, {both} are Bandit's: {100 * both / max(ours, 1):.3f} %")
    other = [place for place in common if bandit.grades[place] != thoth.grades[place]]
    print(f"severity, confidence or CWE differ in {len(other)}")
    for side, run, than in (("Bandit", bandit, thoth), ("Thoth", thoth, bandit)):
        for rule, path, line in sorted((run.found - than.found).elements()):
            print(f"  only {side}: {rule} {path}:{line}")
    for path in sorted(bandit.skipped ^ thoth.skipped):
        print(f"  only {'Bandit' if path in bandit.skipped else 'Thoth'} cannot read {path}")


def speed(runs: dict[str, Run]) -> None:
    """Prints what each took, and how often it goes into the first."""
    megabytes = max(run.bytes for run in runs.values()) / 1e6
    first = next(iter(runs.values()))
    print(f"\n{megabytes:.1f} MB of Python")
    print(f"{'':<24}{'CPU s':>8}{'wall s':>8}{'MB/s':>8}{'memory MB':>11}{'times':>7}")
    for name, run in runs.items():
        row = f"{run.cpu:>8.2f}{run.wall:>8.2f}{megabytes / run.cpu:>8.2f}{run.memory / 1e6:>11.0f}"
        print(f"{name:<24}{row}{first.cpu / run.cpu:>7.0f}")


def check_fixtures(python: Path, work: Path) -> int:
    """Holds the marks in the fixtures against Bandit; the number of rules that differ."""
    run = run_bandit(python, [FIXTURES], work)
    wrong = 0
    for path in sorted(FIXTURES.glob("*.py")):
        marks = {
            (line, *mark.split())
            for line, text in enumerate(path.read_text().splitlines(), 1)
            for mark in re.findall(r"#! (\w+ \w+)", text)
        }
        own = {(p[2], *run.grades[p][:2]) for p in run.found if p[0] == path.stem and Path(p[1]) == path}
        if marks != own:
            wrong += 1
            print(f"{path.stem}: only marked {sorted(marks - own)}, only Bandit {sorted(own - marks)}")
    print(f"{wrong} fixtures differ from Bandit")
    return wrong


def main() -> int:
    """Reads the arguments and does as they say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=Path, nargs="+", default=[], help="requirements whose wheels are scanned, with those they need")
    parser.add_argument("--folders", type=Path, nargs="+", default=[], help="folders to scan")
    parser.add_argument("--fixtures", action="store_true", help="hold the fixtures of the rules against Bandit")
    parser.add_argument("--scan", type=Path, default=SCAN, help="the built example scan_folder")
    parser.add_argument("--times", type=int, default=3, help="runs of ours, of which the soonest counts (default 3)")
    parser.add_argument("--work", type=Path, help="a folder for what is downloaded, kept; else a temporary one")
    arguments = parser.parse_args()
    if sys.version_info < (3, 12):
        parser.error("Python 3.12 or newer has to run this")
    with tempfile.TemporaryDirectory() as temporary:
        work = (arguments.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        python = installed_bandit(work)
        if arguments.fixtures:
            return min(check_fixtures(python, work), 1)
        folders = [folder.resolve() for folder in arguments.folders]
        if arguments.releases:
            folders += unpacked(python, arguments.releases, work)
        if not folders:
            parser.error("say --releases, --folders or --fixtures")
        print(f"{len(folders)} folders")
        cores = os.cpu_count() or 1
        one = soonest(run_thoth(arguments.scan, folders, work, 1) for _ in range(arguments.times))
        all_cores = soonest(run_thoth(arguments.scan, folders, work, cores) for _ in range(arguments.times))
        all_rules = soonest(run_thoth(arguments.scan, folders, work, 1, "") for _ in range(arguments.times))
        bandit = run_bandit(python, folders, work)
        compare(bandit, one)
        speed({"Bandit": bandit, "Thoth, one thread": one, f"Thoth, {cores} threads": all_cores, "Thoth, all its rules": all_rules})
        print(f"{cores} threads are {one.wall / all_cores.wall:.2f} times one")
    return 0


if __name__ == "__main__":
    sys.exit(main())
