#!/usr/bin/env python3
"""What the search costs on real problems: those under tests/problems, replayed by a release binary.

Times are of the processor, and the least of some runs, so that what else the machine does counts little. `proof` is the search that
finds the stack and proves it (or that there is none), without making candidates of pages; `others` are the searches after
it: the one blind to advisories that tells what was avoided, and what is tried for the report. `process` is the whole
run with both, start-up, unpacking, and the report. `MB` is the most memory the process ever held.

    cargo build --release
    benches/search.py                       # all
    benches/search.py FILE... --runs 5      # some
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEARCHED = re.compile(r"searched ([\d.]+) ms in (\d+) steps?: (\d+) packages?, (\d+) candidates?, (\d+) reads?, (\d+) cores?, (\d+) visits")
AIM_MS, WORST_MS, MOST_MB = 100, 2000, 300
"""Nearly all searches are to end within the first, each within the second; no process is to hold more than the third."""


@dataclass
class Row:
    """What was measured of one problem; times in milliseconds."""

    name: str
    kind: str = ""
    releases: int = 0
    steps: int = 0
    packages: int = 0
    candidates: int = 0
    reads: int = 0
    cores: int = 0
    visits: int = 0
    megabytes: float = 0
    proofs: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    processes: list[float] = field(default_factory=list)

    @property
    def proof(self) -> float:
        return min(self.proofs)


def measure(thoth: str, problem: Path, runs: int) -> Row:
    row = Row(problem.stem)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "THOTH_", "RUST_LOG"))}
    for _ in range(runs):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            command = [thoth, "replay", str(problem), "--format", "json", "-v", "--offline", "--no-config"]
            process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=env | {"NO_COLOR": "1"})
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            said, talk = out.read().decode(), err.read().decode()
        searches = SEARCHED.findall(talk)
        if process.returncode not in (0, 1) or not said:
            raise SystemExit(f"{problem}: exit {process.returncode}\n{talk[-2000:]}")
        # A contradiction between requirements needs no search.
        first, *others = searches or [["0"] * 7]
        row.steps, row.packages, row.candidates, row.reads, row.cores, row.visits = map(int, first[1:])
        row.proofs.append(float(first[0]))
        row.others.append(sum(float(other[0]) for other in others))
        row.processes.append((usage.ru_utime + usage.ru_stime) * 1000)
        # Linux counts in kilobytes, macOS in bytes.
        row.megabytes = max(row.megabytes, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
        report = json.loads(said)
        row.kind = report["recommendation"]
        row.releases = len(report.get("releases") or [])
    return row


def table(rows: list[Row]) -> str:
    lines = [
        f"{'problem':<26}{'type':<10}{'releases':>9}{'packages':>9}{'candidates':>11}{'reads':>7}{'steps':>6}{'cores':>6}{'visits':>10}"
        f"{'proof, ms':>11}{'others':>9}{'process':>9}{'MB':>6}"
    ]
    for row in rows:
        lines.append(
            f"{row.name:<26}{row.kind:<10}{row.releases or '-':>9}{row.packages:>9}{row.candidates:>11}{row.reads:>7}{row.steps:>6}"
            f"{row.cores:>6}{row.visits:>10}{row.proof:>11.1f}{min(row.others):>9.1f}{min(row.processes):>9.0f}{row.megabytes:>6.0f}"
        )
    return "\n".join(lines)


def summary(rows: list[Row]) -> str:
    proofs = [row.proof for row in rows]
    within = sum(proof < AIM_MS for proof in proofs)
    worst = max(rows, key=lambda row: row.proof)
    largest = max(rows, key=lambda row: row.megabytes)
    mean = math.exp(statistics.fmean(math.log(max(proof, 0.1)) for proof in proofs))
    return "\n".join(
        [
            f"{len(rows)} problems, {within} ({within / len(rows):.0%}) proved within {AIM_MS} ms; aim 95%",
            f"worst {worst.proof:.0f} ms ({worst.name}); aim {WORST_MS} ms",
            f"most memory {largest.megabytes:.0f} MB ({largest.name}); aim {MOST_MB} MB",
            f"geometric mean {mean:.1f} ms, median {statistics.median(proofs):.1f} ms",
        ]
    )


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem", nargs="*", type=Path, help="saved problems [default: all under tests/problems]")
    parser.add_argument("--thoth", default=str(target / "release" / "thoth"), help="the binary [default: %(default)s]")
    parser.add_argument("--runs", type=int, default=3, help="of each problem [default: %(default)s]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured")
    options = parser.parse_args()
    if not Path(options.thoth).exists():
        parser.error(f"{options.thoth} is not there: `cargo build --release` first, or say --thoth")
    problems = options.problem or sorted((ROOT / "tests" / "problems").glob("*.thoth"))
    rows = sorted((measure(options.thoth, problem, options.runs) for problem in problems), key=lambda row: row.releases)
    print(table(rows))
    print(f"\n{summary(rows)}\nload at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
