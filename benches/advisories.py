#!/usr/bin/env python3
"""How long does the first load of an advisory archive take, and what does a later run spend on it?

The first load is `thoth db update` on an empty knowledge base. What a later run spends is a difference of whole processes:
the same offline resolution with the archive and with a single record about nothing, in turn. It is of type `latest`, which is blind to
advisories, so that both choose alike.

    benches/advisories.py ARCHIVE [--runs 15]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def timed(command: list[str]) -> float:
    """Milliseconds of a run that has to succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = (time.perf_counter() - started) * 1000
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return spent


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, help="records as folder, .zip, .tar.gz or .tar.zst")
    parser.add_argument("--runs", type=int, default=15, help="of each kind [default: %(default)s]")
    parser.add_argument("--project", type=Path, default=ROOT / "examples" / "webapp" / "requirements.in")
    parser.add_argument("--thoth", default=str(target / "release" / "thoth"))
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="thoth-bench-") as temporary:
        folder = Path(temporary)
        nothing = folder / "nothing.json"
        affected = {"package": {"ecosystem": "PyPI", "name": "nobody-has-this"}, "versions": ["1"]}
        nothing.write_text(json.dumps({"id": "EXAMPLE-1", "modified": "2026-01-01T00:00:00Z", "affected": [affected]}))
        first = []
        for run in range(5):
            cache = ["--cache-dir", str(folder / f"first-{run}")]
            first.append(timed([options.thoth, "db", "update", "--advisories", str(options.archive), "--quiet", *cache]))
        print(f"first load: median {statistics.median(first):.0f} ms of a whole process, 5 runs on empty knowledge bases")

        advise = [options.thoth, "advise", "-r", str(options.project), "-o", str(folder / "requirements.txt"), "--quiet"]
        advise += ["--no-progress", "--upgrade", "-t", "latest", "--python", sys.executable]
        kinds = {}
        for name, source in (("with", options.archive), ("without", nothing)):
            kinds[name] = [*advise, "--advisories", str(source), "--cache-dir", str(folder / name)]
            timed(kinds[name])
        spent: dict[str, list[float]] = {"with": [], "without": []}
        for _ in range(options.runs):
            for name, command in kinds.items():
                spent[name].append(timed([*command, "--offline"]))
        for kind, of in (("median", statistics.median), ("least", min)):
            with_archive, without = of(spent["with"]), of(spent["without"])
            print(
                f"later run, offline, {kind} of {options.runs} in turn: {with_archive:.1f} ms with, {without:.1f} ms without, "
                f"so {with_archive - without:.1f} ms on the archive"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
