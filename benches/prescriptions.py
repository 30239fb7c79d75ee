#!/usr/bin/env python3
"""What a collection of prescriptions costs a run that has everything stored.

Each project is resolved with and without the collection, in turn and in changing order, from one knowledge base with no network
(`--offline`), after a run that stored everything. Whole processes are measured: time of the CPU (user and system) and on the wall; the
figure of a state is the median of its runs, and what is told is the ratio of the two. The first load of the collection is
measured as well, into an empty knowledge base.

    cargo build --release
    benches/prescriptions.py CORPUS scripts/projects/*.in                 # CORPUS: a folder or an archive
    benches/prescriptions.py CORPUS --index-url http://127.0.0.1:18777/simple/ scripts/projects/jupyter.in
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

THOTH = Path(__file__).parent.parent / "target/release/thoth"


def run(command: list[str]) -> tuple[float, float]:
    """Seconds of CPU and on the wall; a run that fails otherwise than by its verdict ends the measurement."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{said.decode(errors='replace')}")
    return used.ru_utime + used.ru_stime, wall


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="a folder or an archive of prescriptions")
    parser.add_argument("projects", type=Path, nargs="+", help="requirements files")
    parser.add_argument("--thoth", type=Path, default=THOTH)
    parser.add_argument("--index-url", help="the index of the first runs")
    parser.add_argument("--advisories", help="the advisories, as folder, archive or URL [default: Thoth's own]")
    parser.add_argument("--exclude-newer", default="2024-10-01", help="the date of all runs [default: %(default)s]")
    parser.add_argument("--runs", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        common = [str(args.thoth), "advise", "--cache-dir", f"{folder}/cache", "-o", f"{folder}/lock.txt", "--upgrade", "-q"]
        common += ["--python-version", "3.11", "--python-platform", "linux", "--exclude-newer", args.exclude_newer]
        common += ["--index-url", args.index_url] if args.index_url else []
        common += ["--advisories", args.advisories] if args.advisories else []
        with_corpus = ["--prescriptions", str(args.corpus.resolve())]
        empty = [str(args.thoth), "pipeline", "show", "--cache-dir", f"{folder}/empty", "--python-version", "3.11"]
        cpu, wall = run([*empty, "--python-platform", "linux", *with_corpus, "-r", str(args.projects[0])])
        print(f"first load: {cpu * 1000:.0f} ms of CPU, {wall * 1000:.0f} ms")
        print(f"{'project':20} {'without':>17} {'with':>17}  ratio (CPU, wall)")
        ratios: list[float] = []
        for project in args.projects:
            command = [*common, "-r", str(project)]
            states = {"without": command, "with": [*command, *with_corpus]}
            for state in states.values():
                run(state)
            measured: dict[str, list[tuple[float, float]]] = {name: [] for name in states}
            for turn in range(args.runs):
                names = list(states) if turn % 2 == 0 else list(states)[::-1]
                for name in names:
                    measured[name].append(run([*states[name], "--offline"]))
            middle = {
                name: tuple(statistics.median(column) * 1000 for column in zip(*all_runs))
                for name, all_runs in measured.items()
            }
            (cpu, wall), (more_cpu, more_wall) = middle["without"], middle["with"]
            ratios.append(more_cpu / cpu)
            print(
                f"{project.stem:20} {cpu:7.1f} {wall:7.1f} ms {more_cpu:7.1f} {more_wall:7.1f} ms"
                f"  {more_cpu / cpu:.3f} {more_wall / wall:.3f}",
                flush=True,
            )
        print(f"median ratio of CPU: {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main()
